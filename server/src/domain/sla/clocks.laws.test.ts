// Laws of the clocks: what was used is kept, whatever changes after it.
import type { Priority } from '@fettle/shared/api/alert.schema';
import { MINUTE_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { STANDARD } from './calendar.ts';
import { after, clocks, answered, resolved, cleared, waits, continues, reopened } from './clocks-fixture.ts';
import { clocksAt } from './clocks.ts';
import { explain } from './explain.ts';
import { CONTRACT, MONDAY, covered, historyOf } from './fixture.ts';
import type { TicketFact } from './phases.ts';
import type { Contract } from './terms.ts';

const fact = fc.oneof(
  fc.constantFrom<TicketFact>(answered, resolved, cleared, waits, continues, reopened, { is: 'waits', for: 'hold' }),
  fc
    .constantFrom<Priority>('low', 'normal', 'high', 'critical')
    .map((priority): TicketFact => ({ is: 'priority', priority })),
);
const history = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 20_000 }), fact), { maxLength: 12 })
  .map((told) => told.toSorted(([one], [other]) => one - other));
const mixed: Contract = {
  ...CONTRACT,
  terms: [
    { fromMs: 0, value: covered('own') },
    {
      fromMs: after(9_000),
      value: { ...covered('own'), tiers: { ...covered('own').tiers, critical: covered('always').tiers.critical } },
    },
  ],
  calendars: {
    own: [
      { fromMs: 0, value: { ...STANDARD, zone: 'Europe/Berlin' } },
      { fromMs: after(5_000), value: STANDARD },
    ],
  },
};

describe('laws of the clocks', () => {
  it('what is used never falls but by a reopening, and grows no faster than time', () => {
    fc.assert(
      fc.property(
        history,
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        (told, minute, more) => {
          const [one, other] = [minute, minute + more].map((at) => {
            const until = told.filter(([when]) => when <= minute);
            return clocks(at, until, 'normal', mixed);
          });
          for (const name of ['response', 'resolution'] as const) {
            const grown = (other?.[name].usedMs ?? 0) - (one?.[name].usedMs ?? 0);
            expect(grown).toBeGreaterThanOrEqual(0);
            expect(grown).toBeLessThanOrEqual(more * MINUTE_MS);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('no fact changes what was used before it', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 20_000 }), fact, (told, minute, next) => {
        const until = told.filter(([when]) => when <= minute);
        const before = clocks(minute, until, 'normal', mixed);
        const since = clocks(minute, [...until, [minute, next]], 'normal', mixed);
        expect(since.resolution.usedMs).toBe(before.resolution.usedMs);
        if (next.is !== 'reopened') expect(since.response.usedMs).toBe(before.response.usedMs);
      }),
      { numRuns: 100 },
    );
  });

  it('a running clock is breached from the moment when it says it is due, and not before', () => {
    fc.assert(
      fc.property(history, (told) => {
        const last = told.at(-1)?.[0] ?? 0;
        const found = clocks(last, told, 'normal', mixed);
        for (const name of ['response', 'resolution'] as const) {
          const { dueMs, state } = found[name];
          if (state !== 'running' || dueMs === null) continue;
          const [due, before] = [dueMs, dueMs - 1].map(
            (at) => clocks((at - MONDAY) / MINUTE_MS, told, 'normal', mixed)[name].state,
          );
          expect([due, before]).toEqual(['breached', 'running']);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('the explanation has no gap, ends now, and adds up to what the clocks say', () => {
    fc.assert(
      fc.property(history, (told) => {
        const nowMs = after((told.at(-1)?.[0] ?? 0) + 777);
        const phases = historyOf('normal', ...told);
        const { stretches } = explain(phases, mixed, nowMs);
        const found = clocksAt(phases, mixed, nowMs);
        expect([stretches[0]?.fromMs, stretches.at(-1)?.toMs]).toEqual([MONDAY, nowMs]);
        for (const [index, { fromMs }] of stretches.entries())
          if (index > 0) expect(fromMs).toBe(stretches[index - 1]?.toMs);
        expect(stretches.at(-1)?.response.usedMs).toBe(found?.response.usedMs);
        expect(stretches.at(-1)?.resolution.usedMs).toBe(found?.resolution.usedMs);
      }),
      { numRuns: 100 },
    );
  });
});
