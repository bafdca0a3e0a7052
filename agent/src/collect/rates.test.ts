// What a counter grew by, per second, whatever counters and clocks do.
import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { createRateMeter } from './rates.ts';

/** [time in ms, counter], reading by reading; undefined is a reading without the counter */
type Readings = readonly (readonly [number, number | undefined])[];

const ratesOf = (readings: Readings) => {
  const meter = createRateMeter();
  return readings.map(([monoMs, counter]) => {
    let rate: number | undefined;
    meter.reading(monoMs, ({ perSecond }) => {
      if (counter !== undefined) rate = perSecond('a', counter);
    });
    return rate;
  });
};

it.each<[string, Readings, readonly (number | undefined)[]]>([
  ['the first reading has none', [[0, 5]], [undefined]],
  [
    'then it is the growth per second',
    [
      [0, 5],
      [2_000, 25],
      [2_500, 26],
    ],
    [undefined, 10, 2],
  ],
  [
    'that nothing happened is a rate too',
    [
      [0, 5],
      [1_000, 5],
    ],
    [undefined, 0],
  ],
  [
    'a counter that went back gives none, once',
    [
      [0, 50],
      [1_000, 5],
      [2_000, 6],
    ],
    [undefined, undefined, 1],
  ],
  [
    'no time gone by gives none',
    [
      [0, 5],
      [0, 9],
      [1_000, 10],
    ],
    [undefined, undefined, 1],
  ],
  [
    'time that went back gives none',
    [
      [5_000, 5],
      [1_000, 9],
      [2_000, 10],
    ],
    [undefined, undefined, 1],
  ],
  [
    'what was away begins anew',
    [
      [0, 5],
      [1_000, undefined],
      [2_000, 9],
      [3_000, 10],
    ],
    [undefined, undefined, undefined, 1],
  ],
])('%s', (_name, readings, expected) => {
  expect(ratesOf(readings)).toEqual(expected);
});

it('counters are told apart', () => {
  const meter = createRateMeter();
  const read = (monoMs: number, one: number, other: number) => {
    const found: (number | undefined)[] = [];
    meter.reading(monoMs, ({ perSecond }) => found.push(perSecond('one', one), perSecond('other', other)));
    return found;
  };
  read(0, 10, 1_000);
  expect(read(1_000, 11, 1_005)).toEqual([1, 5]);
});

it('a reading that breaks off leaves the last one as it was', () => {
  const meter = createRateMeter();
  const read = (monoMs: number, counter: number, breaks = false) => {
    let rate: number | undefined;
    meter.reading(monoMs, ({ perSecond }) => {
      rate = perSecond('a', counter);
      if (breaks) throw new SyntaxError('half a file');
    });
    return rate;
  };
  read(0, 0);
  expect(() => read(1_000, 10, true)).toThrow('half a file');
  expect(read(2_000, 30)).toBe(15);
});

it('no rate is ever below zero, endless or no number', () => {
  const reading = fc.tuple(fc.nat(5_000), fc.option(fc.maxSafeNat(), { nil: undefined }));
  fc.assert(
    fc.property(fc.array(reading), (readings) => {
      for (const rate of ratesOf(readings)) expect(rate ?? 0).toSatisfy((n: number) => n >= 0 && Number.isFinite(n));
    }),
  );
});
