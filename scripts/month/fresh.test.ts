// The first week of a fleet that is new here, by the real rules and the real writer. `npm run month -- --fresh` plays 6,000 devices.
import { expect, it } from 'vitest';

import { BESIDE_MOST, freshPlan, freshScore } from './fresh.ts';
import { playMonth } from './run.ts';
import { verdictOn } from './score.ts';

it(
  '300 new devices with much wrong already make at most one ticket a site, beside what may not wait',
  { timeout: 120_000 },
  async () => {
    const plan = freshPlan({ devices: 300, seed: 1 });
    const history = await playMonth(plan, () => undefined);
    const { known, shown, tickets, ...score } = freshScore(plan, history);
    expect(score.beside_most_of_a_site, score.besideRules.join(', ')).toBeLessThanOrEqual(BESIDE_MOST);
    const { wanted, missed } = verdictOn(plan, history);
    expect(missed).toEqual([]);
    expect(wanted).toBeGreaterThan(0);
    expect(tickets).toBeGreaterThanOrEqual(wanted);
    // all the same it is seen, and waits
    expect(known).toBeGreaterThan(300);
    expect(shown).toBeGreaterThan(known * 0.8);
  },
);
