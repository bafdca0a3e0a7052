import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Resampler } from './resample.ts';

const same = (value: number) => value;

/** From 0 on, steps of 10. */
const pointsOf = (points: number, readings: readonly (readonly [number, number])[], scale = same) => {
  const resampler = new Resampler(0, 10, points);
  for (const [atMs, value] of readings) resampler.add(atMs, value);
  return resampler.points(scale);
};

describe('a point', () => {
  it('is the mean, the least and the greatest of its readings', () => {
    expect(
      pointsOf(2, [
        [0, 1],
        [5, 9],
        [9, 2],
        [10, 7],
      ]),
    ).toEqual({ mean: [4, 7], min: [1, 7], max: [9, 7] });
  });

  it('is in the unit that is asked for', () => {
    expect(pointsOf(1, [[0, 250]], (value) => value / 1_000)).toEqual({ mean: [0.25], min: [0.25], max: [0.25] });
  });

  it('takes nothing from outside the range', () => {
    expect(
      pointsOf(2, [
        [-1, 5],
        [0, 1],
        [10, 2],
        [20, 5],
      ]).mean,
    ).toEqual([1, 2]);
  });

  it('of nothing is empty', () => {
    expect(pointsOf(2, [])).toEqual({ mean: [null, null], min: [null, null], max: [null, null] });
  });
});

describe('between readings', () => {
  const every30 = [0, 30, 60].map((atMs) => [atMs, atMs] as const);

  it('the last one stands until the next is due', () => {
    expect(pointsOf(8, every30).mean).toEqual([0, 0, 0, 30, 30, 30, 60, 60]);
  });

  it('a longer silence is a gap', () => {
    const { mean } = pointsOf(18, [...every30, [150, 9]]);
    // two and a half rhythms after the last one nothing is known
    expect(mean.slice(6, 15)).toEqual([60, 60, 60, 60, 60, 60, 60, 60, null]);
    expect(mean.slice(15)).toEqual([9, 9, 9]);
  });
});

it('every point is between its least and its greatest, and they are readings of its span', () => {
  const readings = fc.array(fc.tuple(fc.integer({ min: -20, max: 120 }), fc.integer({ min: -1_000, max: 1_000 })));
  fc.assert(
    fc.property(readings, (unsorted) => {
      const sorted = unsorted.toSorted(([one], [other]) => one - other);
      const { mean, min, max } = pointsOf(10, sorted);
      for (const [point, value] of mean.entries()) {
        const own = sorted.filter(([atMs]) => Math.floor(atMs / 10) === point).map(([, reading]) => reading);
        if (own.length === 0) continue;
        expect([min[point], max[point]]).toEqual([Math.min(...own), Math.max(...own)]);
        const [least, greatest] = [min[point] ?? Number.NaN, max[point] ?? Number.NaN];
        expect(value).toBeGreaterThanOrEqual(least - 1e-9);
        expect(value).toBeLessThanOrEqual(greatest + 1e-9);
      }
    }),
  );
});
