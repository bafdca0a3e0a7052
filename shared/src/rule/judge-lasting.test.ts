// What is counted, and what a rise is measured from. Whole rules are in lasting.test.ts.
import { describe, expect, it } from 'vitest';

import { countWithin, riseWithin } from './judge-lasting.ts';
import { MISSING, createRing } from './window.ts';

type Row = readonly [at: number, value: number];
const viewOf = (rows: readonly Row[], at: number, from = 0) => {
  const window = createRing(10, 1);
  for (const [time, value] of rows) window.push(time, [value]);
  return { window, everyMs: 1, from, at };
};

describe('a rise', () => {
  it.each<{ name: string; rows: readonly Row[]; from?: number; rise: number }>([
    { name: 'of nothing', rows: [], rise: 0 },
    { name: 'of one reading', rows: [[90, 7]], rise: 0 },
    { name: 'of what is not known', rows: [[90, MISSING]], rise: 0 },
    {
      name: 'since what it was when the time began',
      rows: [
        [20, 1],
        [40, 4],
        [90, 9],
      ],
      rise: 5,
    },
    {
      name: 'since what it was at that very time',
      rows: [
        [20, 1],
        [50, 4],
        [90, 9],
      ],
      rise: 5,
    },
    {
      name: 'since what it was before the first that counts',
      rows: [
        [60, 1],
        [70, 4],
        [90, 9],
      ],
      from: 70,
      rise: 8,
    },
    {
      name: 'since it came to be known',
      rows: [
        [60, MISSING],
        [70, 4],
        [90, 9],
      ],
      rise: 5,
    },
    {
      name: 'since it fell',
      rows: [
        [60, 5],
        [70, 4],
        [90, 9],
      ],
      rise: 5,
    },
  ])('$name', ({ rows, from = 0, rise }) => {
    expect(riseWithin(viewOf(rows, 100, from), 0, 50)).toBe(rise);
  });
});

describe('a count', () => {
  it.each([
    ['of what happened within the time', 0, 6],
    ['of what happened since the first that counts', 70, 4],
  ])('%s', (_name, from, count) => {
    const rows: readonly Row[] = [
      [50, 1],
      [51, 2],
      [70, 4],
    ];
    expect(countWithin(viewOf(rows, 100, from), 50)).toBe(count);
  });
});
