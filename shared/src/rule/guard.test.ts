// Whether a value that is beyond its threshold matters: the guards of a clause, at their borders.
import { describe, expect, it } from 'vitest';

import { DAY_MS } from '../time.ts';
import type { CompiledClause } from './compile.ts';
import { isGuarded } from './guard.ts';
import { MISSING, type View, createRing } from './window.ts';

const EVERY_MS = 10;

/** Readings of what is free, in step, the last of them now. */
const free = (values: readonly number[], { startMs = 0, from = 0 } = {}): View => {
  const window = createRing(10, 2);
  for (const [index, value] of values.entries()) window.push(startMs + index * EVERY_MS, [95, value]);
  return { window, everyMs: EVERY_MS, from, at: startMs + (values.length - 1) * EVERY_MS };
};

const isTrue = (view: View, ...guards: CompiledClause['guards']) =>
  isGuarded({ column: 0, sign: 1, fireAt: 90, clearAt: 80, guards }, view);

describe('a guard', () => {
  it('that is not there keeps nothing back', () => {
    expect(isTrue(free([]))).toBe(true);
  });

  it.each([
    [49, true],
    [50, false],
    [MISSING, false],
  ])('on a bound of 50: %d', (value, expected) => {
    expect(isTrue(free([value]), { column: 1, below: 50 })).toBe(expected);
  });

  const FALLING = [50, 40, 30, 20, 10] as const; // by 10 each 10 ms: used up 10 ms from the last
  it.each<{ name: string; view: View; withinMs?: number; is: boolean }>([
    { name: 'used up just in time', view: free(FALLING), withinMs: 10, is: true },
    { name: 'used up just too late', view: free(FALLING), withinMs: 9, is: false },
    { name: 'fewer than five readings', view: free([40, 30, 20, 10]), is: false },
    { name: 'five, the first of them the first that counts', view: free(FALLING, { from: 0 }), is: true },
    { name: 'five, one of them from before a gap', view: free(FALLING, { from: 1 }), is: false },
    { name: 'too slow', view: free([504, 503, 502, 501, 500]), is: false },
    { name: 'it grows', view: free([10, 20, 30, 40, 50]), is: false },
    { name: 'it stands still', view: free([0, 0, 0, 0, 0]), is: false },
    { name: 'some readings are missing', view: free([50, MISSING, 40, 30, MISSING, 20, 10]), is: true },
    { name: 'the newest is missing', view: free([...FALLING, MISSING]), is: false },
    { name: 'after a year of uptime', view: free(FALLING, { startMs: 365 * DAY_MS }), withinMs: 10, is: true },
    { name: 'too late after a year of uptime', view: free(FALLING, { startMs: 365 * DAY_MS }), withinMs: 9, is: false },
  ])('on being used up, by the slope: $name', ({ view, withinMs = 100, is }) => {
    expect(isTrue(view, { column: 1, exhaustedWithinMs: withinMs })).toBe(is);
  });

  it('of readings all at one moment has no slope', () => {
    const window = createRing(10, 2);
    for (const value of FALLING) window.push(7, [95, value]);
    expect(isTrue({ window, everyMs: EVERY_MS, from: 0, at: 7 }, { column: 1, exhaustedWithinMs: 100 })).toBe(false);
  });

  it('any one will do', () => {
    const either = [
      { column: 1, below: 5 },
      { column: 1, exhaustedWithinMs: 100 },
    ] as const;
    expect([free([4]), free(FALLING), free([10])].map((view) => isTrue(view, ...either))).toEqual([true, true, false]);
  });
});
