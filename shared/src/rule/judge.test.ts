// The questions one by one, at their borders. Whole traces of real rules are in step.test.ts.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CompiledClause, CompiledLevel } from './compile.ts';
import { breaches, hasCleared, holds, isDecidable, meanOver, recovers } from './judge.ts';
import { MISSING, type View, createRing, newestOf } from './window.ts';

const EVERY_MS = 10;

/** Readings in step, the last of them now. */
const view = (rows: readonly (readonly number[])[], from = Number.NEGATIVE_INFINITY): View => {
  const window = createRing(100, rows[0]?.length ?? 1);
  for (const [index, row] of rows.entries()) window.push(index * EVERY_MS, row);
  return { window, everyMs: EVERY_MS, from, at: (rows.length - 1) * EVERY_MS };
};
const column = (...values: readonly number[]): View => view(values.map((value) => [value]));

const above: CompiledClause = { column: 0, sign: 1, fireAt: 90, clearAt: 80, guards: [] };
const below: CompiledClause = { column: 0, sign: -1, fireAt: 10, clearAt: 20, guards: [] };
const level = (forMs: number, ...any: readonly CompiledClause[]): CompiledLevel => ({ kind: 'threshold', forMs, any });
const bad = (forMs: number, readings: number): CompiledLevel => ({ kind: 'state', forMs, bad: [0, 4], readings });

describe('a threshold', () => {
  it.each<[name: string, clause: CompiledClause, value: number, is: 'bad' | 'neither' | 'good']>([
    ['beyond fireAt', above, 91, 'bad'],
    ['at fireAt', above, 90, 'neither'],
    ['between the two', above, 85, 'neither'],
    ['at clearAt', above, 80, 'neither'],
    ['beyond clearAt', above, 79, 'good'],
    ['below fireAt, where low is bad', below, 9, 'bad'],
    ['at fireAt, where low is bad', below, 10, 'neither'],
    ['above clearAt, where low is bad', below, 21, 'good'],
    ['no reading', above, MISSING, 'neither'],
    ['no reading, where low is bad', below, MISSING, 'neither'],
  ])('%s', (_name, clause, value, is) => {
    expect(breaches(level(0, clause), column(value))).toBe(is === 'bad');
    expect(recovers(level(0, clause), column(value))).toBe(is === 'good');
  });

  it('of a window without readings says nothing', () => {
    const empty = { ...view([]), at: 0 };
    expect(newestOf(empty.window, 0)).toBe(MISSING);
    expect([breaches, holds, recovers].map((ask) => ask(level(0, above), empty))).toEqual([false, false, false]);
    expect(hasCleared(level(0, above), empty, 10)).toBe(false);
    expect(meanOver(empty, 100, 0)).toBeUndefined();
  });
});

describe('held', () => {
  const over = level(100, above);

  it('needs four fifths of the readings that the window could have', () => {
    expect(holds(over, column(...Array.from({ length: 8 }, () => 95)))).toBe(true);
    expect(holds(over, column(...Array.from({ length: 7 }, () => 95)))).toBe(false);
  });

  it('needs four fifths of the readings beyond, and their mean', () => {
    const mostly = (low: number, count: number) =>
      column(...Array.from({ length: 10 }, (_, i) => (i < count ? low : 99)));
    expect(holds(over, mostly(89, 2))).toBe(true);
    expect(holds(over, mostly(89, 3))).toBe(false);
    expect(holds(over, mostly(10, 2))).toBe(false);
  });

  it('needs the newest to be bad', () => {
    expect(holds(over, column(99, 99, 99, 99, 99, 99, 99, 99, 99, 89))).toBe(false);
  });

  it('needs one clause that is bad now and was all the time: not one for each', () => {
    const either = level(100, above, { ...above, column: 1, guards: [{ column: 2, below: 5 }] });
    const before = Array.from({ length: 9 }, () => [99, 1, 4]);
    expect(holds(either, view([...before, [99, 1, 4]]))).toBe(true);
    expect(holds(either, view([...before, [1, 99, 4]]))).toBe(false);
    const guarded = Array.from({ length: 9 }, () => [1, 99, 4]);
    expect(holds(either, view([...guarded, [99, 99, 4]]))).toBe(true);
    expect(holds(either, view([...guarded, [99, 99, 5]]))).toBe(false);
  });

  it('passes over readings that are missing, and those from before a gap', () => {
    const rows = Array.from({ length: 10 }, (_, index) => [index === 3 ? MISSING : 95]);
    expect(holds(over, view(rows))).toBe(true);
    expect(holds(over, view(rows, 30))).toBe(false);
    expect(meanOver(view(rows), 100, 0)).toBe(95);
  });

  it('is decidable when it could have been decided either way', () => {
    expect(isDecidable(over, column(...Array.from({ length: 8 }, () => 1)))).toBe(true);
    expect(isDecidable(over, column(...Array.from({ length: 7 }, () => 1)))).toBe(false);
  });
});

describe('the newest reading alone', () => {
  it('decides where a level asks for no time, and its end for none', () => {
    expect(holds(level(0, above), column(1, 91))).toBe(true);
    expect(holds(level(0, above), column(91, 90))).toBe(false);
    expect(hasCleared(level(0, above), column(91, 79), 0)).toBe(true);
    expect(hasCleared(level(0, above), column(79, 80), 0)).toBe(false);
    expect(hasCleared(level(0, above, { ...above, column: 1 }), view([[79, MISSING]]), 0)).toBe(true);
  });

  it('of a level without a time is over only after the time that its rule keeps', () => {
    expect(hasCleared(level(0, above), column(91, 91, 1, 1), 30)).toBe(false);
    expect(hasCleared(level(0, above), column(91, 1, 1, 1), 30)).toBe(true);
  });

  it('needs its guard', () => {
    const guarded = level(0, { ...above, guards: [{ column: 1, below: 5 }] });
    expect(holds(guarded, view([[91, 4]]))).toBe(true);
    expect(holds(guarded, view([[91, 5]]))).toBe(false);
  });
});

describe('a rhythm that has changed', () => {
  const bads = (count: number, everyMs: number): View => ({
    ...column(...Array.from({ length: count }, () => 95)),
    everyMs,
  });

  it('a few readings from when they were dense are not taken for a long time', () => {
    // six readings of 10 ms each, now one comes each 20 ms: 60 ms of 100 are known
    expect(holds(level(100, above), bads(6, 20))).toBe(false);
    expect(holds(level(100, above), bads(7, 20))).toBe(true);
  });

  it('nor few that are far apart for many', () => {
    const window = createRing(2, 1);
    for (const at of [0, 90]) window.push(at, [95]);
    const ends: View = { window, everyMs: EVERY_MS, from: 0, at: 90 };
    expect([holds, isDecidable].map((ask) => ask(level(100, above), ends))).toEqual([false, false]);
    expect(hasCleared(level(100, { ...above, clearAt: 99 }), ends, 100)).toBe(false);
  });
});

it.each<CompiledLevel>([
  { kind: 'event', forMs: 0, count: 2, withinMs: 100 },
  { kind: 'change', forMs: 0, any: [{ column: 0, atLeast: 20 }] },
])('what happened ($kind) is decided by what is remembered, were it nothing', (lasting) => {
  expect(isDecidable(lasting, { ...view([]), at: 0 })).toBe(true);
});

describe('cleared', () => {
  const sibling: CompiledClause = { ...above, column: 1 };
  const rows = (...row: readonly number[]) => view(Array.from({ length: 10 }, () => row));

  it('never, where the rule does not clear by readings', () => {
    expect(hasCleared(level(100, above), rows(1), null)).toBe(false);
    expect(hasCleared(bad(0, 1), rows(1), null)).toBe(false);
  });

  it('needs every clause, but for a sibling that has no readings', () => {
    const both = level(100, above, sibling);
    expect([rows(1, 1), rows(1, 85), rows(85, 1)].map((seen) => recovers(both, seen))).toEqual([true, false, false]);
    expect(hasCleared(both, rows(1, 1), 100)).toBe(true);
    expect(hasCleared(both, rows(1, 85), 100)).toBe(false);
    expect(hasCleared(both, rows(1, MISSING), 100)).toBe(true);
    expect(hasCleared(both, rows(MISSING, 1), 100)).toBe(false);
    const until = Array.from({ length: 9 }, () => [1, 99]);
    expect(hasCleared(both, view([...until, [1, 1]]), 100)).toBe(false);
  });

  it('needs readings that count: one from before a gap says nothing', () => {
    expect(hasCleared(level(100, above), view([[1]], 5), 100)).toBe(false);
  });

  it('needs nine tenths of the readings, their mean, and the newest', () => {
    const nineOf = (...rest: readonly number[]) =>
      column(...rest, ...Array.from({ length: 10 - rest.length }, () => 1));
    expect(hasCleared(level(100, above), nineOf(85), 100)).toBe(true);
    expect(hasCleared(level(100, above), nineOf(85, 85), 100)).toBe(false);
    expect(hasCleared(level(100, above), nineOf(9_000), 100)).toBe(false);
    expect(hasCleared(level(100, above), column(1, 1, 1, 1, 1, 1, 1, 1, 1, 85), 100)).toBe(false);
  });
});

describe('what is not looked at any more', () => {
  const share = (values: readonly number[], is: (value: number) => boolean) => values.filter(is).length / values.length;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it('changes nothing: as if every reading of the window were looked at', () => {
    let both = 0;
    const value = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 88, max: 99 }) },
      fc.integer({ min: 60, max: 92 }),
    );
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        (values, steps) => {
          const spanMs = steps * EVERY_MS;
          const seen = values.slice(-steps);
          const isCovered = seen.length >= 0.8 * steps;
          const isHeld =
            isCovered && mean(seen) > 90 && share(seen, (one) => one > 90) >= 0.8 && (seen.at(-1) ?? 0) > 90;
          const isOver =
            isCovered && mean(seen) < 95 && share(seen, (one) => one < 95) >= 0.9 && (seen.at(-1) ?? 99) < 95;
          expect(holds(level(spanMs, above), column(...values))).toBe(isHeld);
          expect(hasCleared(level(0, { ...above, clearAt: 95 }), column(...values), spanMs)).toBe(isOver);
          both += Number(isHeld) + Number(isOver);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(both).toBeGreaterThan(200);
  });
});

describe('a state', () => {
  it('is bad when it is one of the bad ones, unbroken for long enough and often enough', () => {
    expect(breaches(bad(0, 1), column(1, 4))).toBe(true);
    expect(breaches(bad(0, 1), column(4, 1))).toBe(false);
    expect(holds(bad(20, 1), column(1, 0, 4, 0))).toBe(true);
    expect(holds(bad(20, 1), column(0, 1, 0, 0))).toBe(false);
    expect(holds(bad(0, 2), column(1, 0))).toBe(false);
    expect(holds(bad(0, 2), column(1, 0, 0))).toBe(true);
    expect(holds(bad(10, 1), view([[0], [0], [0]], 20))).toBe(false);
  });

  it('is decidable by the time that its readings span, for of a run only the ends are kept', () => {
    const ends = (lastAt: number, from = 0): View => {
      const window = createRing(4, 1);
      window.push(0, [1]);
      window.push(lastAt, [1]);
      return { window, everyMs: EVERY_MS, from, at: lastAt };
    };
    expect(isDecidable(bad(100, 1), ends(70))).toBe(true);
    expect(isDecidable(bad(100, 1), ends(69))).toBe(false);
    expect(isDecidable(bad(100, 1), ends(200, 150))).toBe(false);
    expect(isDecidable(bad(100, 1), { ...view([]), at: 0 })).toBe(false);
  });

  it('is over when it was good unbroken; no reading is neither', () => {
    expect(hasCleared(bad(0, 1), column(0, 1, 2, 1), 20)).toBe(true);
    expect(hasCleared(bad(0, 1), column(1, 0, 2, 1), 20)).toBe(false);
    expect(hasCleared(bad(0, 1), column(1, 1, 1, MISSING), 20)).toBe(false);
    expect(hasCleared(bad(0, 1), column(1, MISSING, 1, 1), 20)).toBe(false);
    expect([breaches, recovers].map((ask) => ask(bad(0, 1), column(MISSING)))).toEqual([false, false]);
  });
});
