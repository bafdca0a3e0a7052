// When the agent reads less, and when it goes back to its usual rhythm.
import { MINUTE_MS } from '@fettle/shared/time';
import { INTERVALS } from '@fettle/shared/wire/intervals';
import { describe, expect, it } from 'vitest';

import { Budget, NO_STRETCH, stretchOf, stretchText, stretched } from './rhythm.ts';
import type { Measured } from './runner.ts';

/** Minute by minute at these shares of a CPU. @returns the factor after each */
const factors = (shares: readonly number[]): readonly number[] => {
  const budget = new Budget();
  let cpuMs = 1_000;
  budget.note(0, cpuMs);
  return shares.map((share, index) => {
    cpuMs += share * MINUTE_MS;
    budget.note((index + 1) * MINUTE_MS, cpuMs);
    return budget.factor;
  });
};
const minutes = (count: number, share: number): readonly number[] => Array.from({ length: count }, () => share);
const last = (shares: readonly number[]): number | undefined => factors(shares).at(-1);

describe('the budget', () => {
  it.each([
    ['at ease', minutes(600, 0.001), 1],
    ['just within', minutes(600, 0.01), 1],
    ['over it for nine minutes', minutes(9, 0.02), 1],
    ['over it for ten', minutes(10, 0.011), 2],
    ['over it for twenty', minutes(20, 0.011), 4],
    ['over it for a day', minutes(1_440, 0.5), 8],
    ['one dear minute in ten cheap ones', [0.08, ...minutes(9, 0.001)], 1],
    ['over it, then calm for half an hour', [...minutes(20, 0.02), ...minutes(30, 0.001)], 4],
    ['over it, then calm for an hour', [...minutes(20, 0.02), ...minutes(60, 0.001)], 2],
    ['over it, then calm for two hours', [...minutes(20, 0.02), ...minutes(120, 0.001)], 1],
    ['over it, then for hours neither', [...minutes(20, 0.02), ...minutes(600, 0.007)], 4],
  ])('%s', (_name, shares, factor) => {
    expect(last(shares)).toBe(factor);
  });
});

describe('a battery', () => {
  const reading = (metric: Measured['metric'], integer: number): Measured => ({
    metric,
    attributes: {},
    key: metric,
    integer,
  });
  const low = reading('hw.battery.charge', 299);
  const half = reading('hw.battery.charge', 500);
  const [onBattery, onMains] = [reading('fettle.power.source', 0), reading('fettle.power.source', 1)];

  it.each([
    ['that runs low', [onBattery, low], 2],
    ['that is low but charged', [onMains, low], 1],
    ['at half', [onBattery, half], 1],
    ['that is low beside one at half', [onBattery, low, half], 1],
    ['that says nothing of its charge', [onBattery], 1],
    ['that is not there', [], 1],
  ])('%s', (_name, readings, all) => {
    expect(stretchOf(readings, 4)).toEqual({ all, slow: 4 });
  });
});

it('stretches what is read, not what is sent', () => {
  expect(stretched(INTERVALS, NO_STRETCH)).toEqual(INTERVALS);
  expect(stretched(INTERVALS, { all: 2, slow: 4 })).toEqual({
    ...INTERVALS,
    fast: 2 * INTERVALS.fast,
    minute: 2 * INTERVALS.minute,
    slow: 8 * INTERVALS.slow,
    daily: 8 * INTERVALS.daily,
  });
});

it('is told in words', () => {
  expect(stretchText({ all: 2, slow: 1 }, 0.001)).toBe('the battery is low: readings are taken half as often');
  expect(stretchText({ all: 1, slow: 4 }, 0.0234)).toBe(
    'the agent took 2.3 % of a CPU: slow readings are taken 4 times less often',
  );
  expect(stretchText(NO_STRETCH, 0.001)).toBe('readings are taken as often as usual again');
});
