import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { HURRY, SESSION_IDLE_MS, SESSION_LIFE_MS, intervalsAt, paced, timesAt } from './times.ts';

describe('paced', () => {
  it.each([
    ['an hour is a minute', HOUR_MS, MINUTE_MS],
    ['ten minutes are ten seconds', 10 * MINUTE_MS, 10 * SECOND_MS],
    ['a minute is a second', MINUTE_MS, SECOND_MS],
    ['less than a minute is a second too', 10 * SECOND_MS, SECOND_MS],
    ['what takes no time takes none', 0, 0],
  ])('in a hurry %s', (_name, ms, expected) => {
    expect(paced({ divisor: HURRY }, ms)).toBe(expected);
  });

  it('without hurry nothing changes', () => {
    fc.assert(fc.property(fc.nat(), (ms) => paced({ divisor: 1 }, ms) === ms));
  });

  it('keeps what is longer at least as long, in whole milliseconds', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 2, max: 1_000 }), (one, other, divisor) => {
        const [short, long] = [Math.min(one, other), Math.max(one, other)];
        expect(paced({ divisor }, short)).toBeLessThanOrEqual(paced({ divisor }, long));
        expect(Number.isInteger(paced({ divisor }, long))).toBe(true);
      }),
    );
  });
});

describe('a hurry', () => {
  it('divides every time that the server waits', () => {
    const [calm, hurried] = [{ divisor: 1 }, { divisor: HURRY }].map((pace) => {
      const { slaPace, ...waits } = timesAt(pace);
      expect(slaPace).toBe(pace);
      return waits;
    });
    const atLeastOne = (ms: number) => Math.max(1_000, ms / HURRY);
    expect(Object.values(hurried ?? {})).toEqual(Object.values(calm ?? {}).map(atLeastOne));
  });

  it('divides the rhythm of agents, but no less than a second', () => {
    expect(intervalsAt({ divisor: HURRY }, 1)).toEqual({
      fast: SECOND_MS,
      minute: SECOND_MS,
      slow: 15 * SECOND_MS,
      daily: DAY_MS / HURRY,
      batch: SECOND_MS,
      digest: 10 * SECOND_MS,
      reconnectSpread: SECOND_MS,
    });
  });
});

it.each([
  ['one device', 1, SECOND_MS],
  ['a fleet of 500, in whole milliseconds as an agent takes them,', 500, 1_667],
  ['a fleet of 3,000', 3_000, 10 * SECOND_MS],
  ['a fleet of 100,000', 100_000, 30 * SECOND_MS],
])('%s comes back spread over time', (_name, devices, spreadMs) => {
  expect(intervalsAt({ divisor: 1 }, devices).reconnectSpread).toBe(spreadMs);
});

it('a person stays signed in for half an hour without doing anything, and for half a day at most', () => {
  expect([SESSION_IDLE_MS, SESSION_LIFE_MS]).toEqual([HOUR_MS / 2, DAY_MS / 2]);
});
