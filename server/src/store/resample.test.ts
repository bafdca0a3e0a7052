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

describe('a time that was thinned', () => {
  /** Of 0 to 60, in six points of 10 or one. */
  const thinned = { fromMs: 0, toMs: 60, readings: 6, mean: 5, min: 1, max: 9 };
  const pointsFor = (resampler: Resampler) => resampler.points(same);

  it('is its one mean, least and greatest in each of its points, and nothing beyond', () => {
    const resampler = new Resampler(-20, 10, 12);
    resampler.addThinned(thinned);
    const shown = (value: number) => [null, null, ...Array<number>(6).fill(value)];
    // two and a half of its rhythm of 10 it still stands
    expect(pointsFor(resampler).mean).toEqual([...shown(5), 5, 5, null, null]);
    expect(pointsFor(resampler).min.slice(0, 8)).toEqual(shown(1));
    expect(pointsFor(resampler).max.slice(0, 8)).toEqual(shown(9));
  });

  it('counts as often as there were readings, and once', () => {
    const resampler = new Resampler(0, 100, 2);
    resampler.addThinned(thinned);
    resampler.addThinned({ ...thinned, fromMs: 60, toMs: 120, mean: 105, max: 105 }); // in the first point by its middle
    resampler.add(40, 17);
    expect(pointsFor(resampler)).toEqual({
      mean: [(30 + 630 + 17) / 13, (30 + 630 + 17) / 13],
      min: [1, 1],
      max: [105, 105],
    });
  });

  it('gives way to readings in their own points', () => {
    const resampler = new Resampler(0, 10, 6);
    resampler.addThinned(thinned);
    resampler.add(0, 2);
    resampler.add(10, 3);
    expect(pointsFor(resampler).mean).toEqual([2, 3, 5, 5, 5, 5]);
  });

  it.each([
    ['begins before the range', 30, 3, [5, 5, 5]],
    ['ends after it', -30, 6, [null, null, null, 5, 5, 5]],
    ['lies before it', 60, 2, [null, null]],
    ['lies after it', -20, 2, [null, null]],
  ])('that %s shows what of it is in there', (_name, fromMs, points, expected) => {
    const resampler = new Resampler(fromMs, 10, points);
    resampler.addThinned(thinned);
    expect(pointsFor(resampler).mean).toEqual(expected);
  });

  it('of rare readings goes on until the next is due', () => {
    const resampler = new Resampler(0, 60, 10);
    for (const fromMs of [0, 120, 240]) resampler.addThinned({ ...thinned, fromMs, toMs: fromMs + 60, readings: 1 });
    expect(pointsFor(resampler).mean).toEqual([5, 5, 5, 5, 5, 5, 5, 5, 5, null]);
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
