import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { delayMs } from './backoff.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const SPREAD_MS = 30_000;

describe('delayMs', () => {
  it.each<[attempt: number, shortest: number, longest: number]>([
    [0, 0, SPREAD_MS],
    [1, 1_000, 2_000],
    [2, 1_000, 4_000],
    [3, 1_000, 8_000],
    [8, 1_000, 256_000],
    [9, 1_000, 300_000],
    [10, 1_000, 300_000],
    [1_000_000, 1_000, 300_000],
  ])('try %i: from %i to %i ms, evenly', (attempt, shortest, longest) => {
    expect(delayMs(attempt, 0, SPREAD_MS)).toBe(shortest);
    expect(delayMs(attempt, 0.5, SPREAD_MS)).toBe((shortest + longest) / 2);
    fc.assert(
      fc.property(random, (chance) => {
        const delay = delayMs(attempt, chance, SPREAD_MS);
        expect(delay).toBeGreaterThanOrEqual(shortest);
        expect(delay).toBeLessThanOrEqual(longest);
      }),
    );
  });

  it('only the first wait depends on the spread', () => {
    expect(delayMs(0, 0.5, 100)).toBe(50);
    expect(delayMs(4, 0.5, 100)).toBe(delayMs(4, 0.5, SPREAD_MS));
  });
});
