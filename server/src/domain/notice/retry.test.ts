import { HOUR_MS } from '@fettle/shared/time';
import { assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { timesAt } from '../times.ts';
import { retryIn } from './retry.ts';

const times = timesAt({ divisor: 1 });
const PASSING = { isLasting: false, retryAfterMs: null };

describe('the next attempt', () => {
  it.each([
    [1, 0, 5_000],
    [1, 1, 10_000],
    [2, 1, 20_000],
    [9, 1, 2_560_000],
    [11, 1, HOUR_MS],
    [12, 1, undefined],
  ])('after %i, with a jitter of %d, is in %s ms', (attempts, jitter, expected) => {
    expect(retryIn(attempts, PASSING, jitter, times)).toBe(expected);
  });

  it('is none where the receiver will never take it', () => {
    expect(retryIn(1, { isLasting: true, retryAfterMs: 1 }, 0, times)).toBeUndefined();
  });

  it('is when the receiver asks for it, within an hour', () => {
    expect(retryIn(1, { isLasting: false, retryAfterMs: 60_000 }, 0, times)).toBe(60_000);
    expect(retryIn(1, { isLasting: false, retryAfterMs: 1e12 }, 0, times)).toBe(HOUR_MS);
  });

  it('is never at once, and never later than an hour', () => {
    assert(
      property(integer({ min: 1, max: 11 }), double({ min: 0, max: 1, noNaN: true }), (attempts, jitter) => {
        const waitMs = retryIn(attempts, PASSING, jitter, times) ?? 0;
        expect(waitMs).toBeGreaterThanOrEqual(times.noticeRetryMs / 2);
        expect(waitMs).toBeLessThanOrEqual(HOUR_MS);
      }),
    );
  });
});
