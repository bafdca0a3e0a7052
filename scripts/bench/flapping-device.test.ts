import { expect, it } from 'vitest';

import { TICKETS_MOST, playFlapping } from './flapping-device.ts';

// a tenth of what `npm run bench:alerts -- --flapping` plays
it('10,000 events of one device within an hour make at most 21 tickets, and one notice of each problem', () => {
  const { problems, ...figures } = playFlapping(10_000);
  expect(problems).toBe(50);
  expect(figures).toMatchObject({ events: 10_000, alerts: problems, flapping: problems, notices: problems });
  expect(figures.tickets).toBeGreaterThan(0);
  expect(figures.tickets).toBeLessThanOrEqual(TICKETS_MOST);
});
