// The line that events and changes are judged on: over sleep, restarts, boots, and whatever is done to the clock.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type CalendarMark, advanced, isOld, resumed } from './calendar.ts';

const WALL_MS = 1_800_000_000_000;
const YEAR_MS = 365 * DAY_MS;
const mark: CalendarMark = { lineMs: WALL_MS, uptimeMs: 10 * DAY_MS, wallMs: WALL_MS };

describe('while the machine is up', () => {
  it('it begins at the time of the wall, and goes on with the time since boot', () => {
    const first = advanced(undefined, { uptimeMs: 5, wallMs: WALL_MS });
    expect(first.lineMs).toBe(WALL_MS);
    expect(advanced(first, { uptimeMs: 5 + HOUR_MS, wallMs: WALL_MS + HOUR_MS }).lineMs).toBe(WALL_MS + HOUR_MS);
  });

  it.each([
    ['a year ahead', YEAR_MS],
    ['to 1970', -WALL_MS],
    ['a minute back', -MINUTE_MS],
  ])('a clock that is set %s and back again moves nothing', (_name, byMs) => {
    const set = advanced(mark, { uptimeMs: mark.uptimeMs + HOUR_MS, wallMs: WALL_MS + HOUR_MS + byMs });
    expect(set.lineMs).toBe(WALL_MS + HOUR_MS);
    const back = advanced(set, { uptimeMs: mark.uptimeMs + 2 * HOUR_MS, wallMs: WALL_MS + 2 * HOUR_MS });
    expect(back.lineMs).toBe(WALL_MS + 2 * HOUR_MS);
  });

  it('a restart of the agent is nothing, however long it was stopped', () => {
    expect(resumed(mark, true, { uptimeMs: mark.uptimeMs + 9 * DAY_MS, wallMs: WALL_MS + YEAR_MS }).lineMs).toBe(
      WALL_MS + 9 * DAY_MS,
    );
  });

  it('an uptime that goes back (a machine set back to an older image) stands still', () => {
    expect(resumed(mark, true, { uptimeMs: 0, wallMs: WALL_MS }).lineMs).toBe(WALL_MS);
  });
});

describe('over a boot', () => {
  const UP_MS = 5 * MINUTE_MS;
  const after = (wallMs: number) => resumed(mark, false, { uptimeMs: UP_MS, wallMs }).lineMs - WALL_MS;

  it.each([
    ['off for a night', WALL_MS + 10 * HOUR_MS, 10 * HOUR_MS],
    ['off for a year: that counts for a day', WALL_MS + YEAR_MS, DAY_MS + UP_MS],
    ['a clock that went back: only the time since the boot is sure', WALL_MS - YEAR_MS, UP_MS],
    ['a clock without a battery, at 1970', 0, UP_MS],
    ['a boot that took no time', WALL_MS + UP_MS, UP_MS],
  ])('%s', (_name, wallMs, passedMs) => {
    expect(after(wallMs)).toBe(passedMs);
  });
});

it('never goes back, and gains no more than the true time and a day for each boot', () => {
  const step = fc.record({
    passedMs: fc.integer({ min: 0, max: 3 * DAY_MS }),
    setMs: fc.constantFrom(0, 0, 0, YEAR_MS, -YEAR_MS, -WALL_MS),
    event: fc.constantFrom('beat', 'beat', 'restart', 'boot'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      let [trueMs, bootMs, offsetMs, boots] = [WALL_MS, WALL_MS, 0, 0];
      let line = advanced(undefined, { uptimeMs: 0, wallMs: trueMs });
      for (const { passedMs, setMs, event } of steps) {
        trueMs += passedMs;
        offsetMs += setMs;
        if (event === 'boot') [bootMs, boots] = [trueMs, boots + 1];
        const now = { uptimeMs: trueMs - bootMs, wallMs: Math.max(0, trueMs + offsetMs) };
        const next = event === 'beat' ? advanced(line, now) : resumed(line, event === 'restart', now);
        expect(next.lineMs).toBeGreaterThanOrEqual(line.lineMs);
        expect(next.lineMs).toBeLessThanOrEqual(trueMs + boots * DAY_MS);
        line = next;
      }
    }),
  );
});

it('is kept anew after six hours, and when it never was', () => {
  expect(isOld(undefined, mark)).toBe(true);
  expect(isOld(mark, { ...mark, lineMs: mark.lineMs + 6 * HOUR_MS - 1 })).toBe(false);
  expect(isOld(mark, { ...mark, lineMs: mark.lineMs + 6 * HOUR_MS })).toBe(true);
});
