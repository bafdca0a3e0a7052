import { DAY_MS, SECOND_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NOW } from '../../fixture.ts';
import { clockSetOf, movedWith } from './clock-set.ts';

describe('a clock', () => {
  const last = { wallMs: NOW, steadyMs: 100 };
  const after = (wallMs: number, steadyMs: number) =>
    clockSetOf(last, { wallMs: NOW + wallMs, steadyMs: last.steadyMs + steadyMs });

  it.each([
    ['that goes on is not set', 5_000, 5_000, undefined],
    ['that is corrected by a little is not set', 6_999, 5_000, undefined],
    ['put forward is', 7_000, 5_000, 2_000],
    ['put back is', 3_000, 5_000, -2_000],
    ['put back by a day is', 5_000 - DAY_MS, 5_000, -DAY_MS],
  ])('%s', (_name, wallMs, steadyMs, byMs) => {
    expect(after(wallMs, steadyMs)).toEqual(
      byMs === undefined ? undefined : { byMs, nowMs: NOW + wallMs, withinMs: steadyMs },
    );
  });

  it('that was set leaves every age what it was, of what was noted before and of what was noted since', () => {
    const ages = fc.record({
      byMs: fc.integer({ min: 10 * SECOND_MS, max: 3 * DAY_MS }).chain((by) => fc.constantFrom(by, -by)),
      withinMs: fc.integer({ min: 1, max: 9_999 }),
      ageMs: fc.integer({ min: 0, max: 30 * DAY_MS }),
    });
    fc.assert(
      fc.property(ages, ({ byMs, withinMs, ageMs }) => {
        const nowMs = NOW + withinMs + byMs;
        const set = clockSetOf({ wallMs: NOW, steadyMs: 0 }, { wallMs: nowMs, steadyMs: withinMs });
        if (!set) throw new Error('the clock was not seen to be set');
        // noted by the clock as it is now, or by the one before
        const isSince = ageMs <= withinMs;
        const notedMs = isSince ? nowMs - ageMs : nowMs - byMs - ageMs;
        fc.pre(isSince || notedMs < nowMs - withinMs || notedMs > nowMs); // else nobody can tell by which it was noted
        expect(nowMs - movedWith(set, notedMs)).toBe(ageMs);
      }),
    );
  });
});
