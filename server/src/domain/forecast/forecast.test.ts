import { DAY_MS, HOUR_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Sample, forecastOf, forecastText, outlooksOf } from './forecast.ts';

const GIB = 2 ** 30;
const WEEK_H = 7 * 24;

/** What is free, hour by hour over a week, in GiB. */
const week = (free: (hour: number) => number, hours = WEEK_H): Sample[] =>
  Array.from({ length: hours + 1 }, (_, hour) => ({ atMs: hour * HOUR_MS, value: free(hour) * GIB }));

const daysLeft = (samples: readonly Sample[]): number | undefined => {
  const leftMs = forecastOf(samples)?.leftMs;
  return leftMs === undefined ? undefined : Math.round((leftMs / DAY_MS) * 10) / 10;
};

/** The same for each number: a test that fails does so again. */
const noise = (hour: number): number => ((hour * 7_919) % 101) / 101 - 0.5;

describe('a volume', () => {
  it.each([
    ['that fills by 10 GiB a day', (hour: number) => 100 - (hour * 10) / 24, 3],
    ['that fills, with noise', (hour: number) => 100 - (hour * 10) / 24 + noise(hour) * 5, 3],
    ['that fills by a backup each night', (hour: number) => 100 - Math.floor(hour / 24) * 10, 3],
    ['that fills by day only', (hour: number) => 100 - Math.floor(hour / 24) * 10 - Math.min(hour % 24, 10), 3],
    ['that fills, and was cleaned up once', (hour: number) => (hour > 70 ? 160 : 90) - (hour * 10) / 24, 9],
    ['that fills, and was given a large copy once', (hour: number) => (hour > 70 ? 90 : 160) - (hour * 10) / 24, 2],
  ])('%s', (_title, free, expected) => {
    expect(Math.abs((daysLeft(week(free)) ?? Number.NaN) - expected)).toBeLessThan(0.25);
  });

  it.each([
    ['that does not change', () => 10],
    ['that only trembles', (hour: number) => 10 + noise(hour)],
    ['whose logs are rotated each night', (hour: number) => 10 - (hour % 24) * 0.4],
    ['whose logs are rotated each hour and day', (hour: number) => 10 - (hour % 24) * 0.3 - (hour % 3)],
    ['that was filled in one step, and stays so', (hour: number) => (hour < 90 ? 100 : 5)],
    ['that was filled in one step, and trembles', (hour: number) => (hour < 90 ? 100 : 5) + noise(hour)],
    ['that is emptied', (hour: number) => 5 + hour * 0.1],
    ['that was cleaned up once', (hour: number) => (hour < 90 ? 5 : 100)],
    ['that filled for four days, and stopped', (hour: number) => 50 - Math.min(hour, 96) * 0.5],
  ])('%s is not said to be full one day', (_title, free) => {
    expect(forecastOf(week(free))).toBeUndefined();
  });

  it('nobody says anything of before there are three days of it, and a reading in two hours', () => {
    const fills = (hour: number) => 100 - hour / 3;
    expect([71, 72].map((hours) => forecastOf(week(fills, hours)) !== undefined)).toEqual([false, true]);
    const sparse = week(fills).filter((_, hour) => hour % 5 === 0);
    expect(sparse.length).toBeLessThan(36);
    expect([forecastOf(sparse), forecastOf([])]).toEqual([undefined, undefined]);
  });

  it('that is full has no time left', () => {
    expect(daysLeft(week((hour) => 50.4 - hour * 0.3))).toBe(0);
    expect(daysLeft(week((hour) => Math.max(0, 20 - hour)))).toBe(0);
    expect(forecastOf(week(() => 0))).toBeUndefined(); // an image that can only be read
  });

  it('with gaps fills as fast as without', () => {
    const night = week((hour) => 100 - (hour * 10) / 24).filter((_, hour) => hour % 24 > 7);
    expect(daysLeft(night)).toBeCloseTo(3, 0);
  });
});

it('a steady fill is told exactly, and a seventh of wrong readings does not bend it by half', () => {
  const aFill = fc.record({
    perHour: fc.double({ min: 0.01, max: 10, noNaN: true }),
    left: fc.double({ min: 0.1, max: 500, noNaN: true }),
    wild: fc.uniqueArray(fc.integer({ min: 1, max: WEEK_H - 1 }), { maxLength: 24 }),
    wrong: fc.double({ min: 0, max: 1_000, noNaN: true }),
  });
  fc.assert(
    fc.property(aFill, ({ perHour, left, wild, wrong }) => {
      const truth = (hour: number) => left + (WEEK_H - hour) * perHour;
      const outliers = new Set(wild);
      // never at the moment that the end is counted from, nor at the one it is compared with
      const free = (hour: number) => (outliers.has(hour) && hour !== WEEK_H - 48 ? wrong : truth(hour));
      const found = forecastOf(week(free));
      const leftMs = (left / perHour) * HOUR_MS;
      if (wild.length === 0) expect(Math.abs((found?.leftMs ?? 0) / leftMs - 1)).toBeLessThan(0.001);
      else if (found) expect(Math.abs(found.leftMs / leftMs - 1)).toBeLessThan(0.5);
    }),
    {
      examples: [
        [{ perHour: 0.025, left: 0.1, wild: [115], wrong: 0 }],
        [{ perHour: 1 / 30, left: 0.1, wild: [114], wrong: 0 }],
      ],
    },
  );
});

describe('of the volumes of a device', () => {
  const fills = week((hour) => 100 - hour / 3);
  const nowMs = WEEK_H * HOUR_MS;
  const still = week(() => 10);

  it('those are told of that fill up within ninety days, and those that did when they were looked at last', () => {
    const slow = week((hour) => 1_000 - hour / 100);
    const hourly = new Map([
      ['/data', fills],
      ['/home', still],
      ['/slow', slow],
      ['/was', still],
    ]);
    expect(forecastOf(slow)).toBeDefined();
    expect(outlooksOf(hourly, nowMs, ['/was', '/gone'])).toEqual([
      { instance: '/data', value: 44 * GIB, forecast: forecastOf(fills) },
      { instance: '/was', value: 10 * GIB },
      { instance: '/gone', value: 0 },
    ]);
  });

  it('nothing is said where nothing was heard for three hours: of a volume it is gone, of all nobody knows', () => {
    const hourly = new Map([['/data', fills]]);
    expect(outlooksOf(hourly, nowMs + 3 * HOUR_MS, ['/data'])).toHaveLength(1);
    expect(outlooksOf(hourly, nowMs + 3 * HOUR_MS + 1, ['/data'])).toBeUndefined();
    expect(outlooksOf(new Map([['/data', []]]), nowMs, [])).toBeUndefined();
    const fresh = new Map([...hourly, ['/new', [{ atMs: nowMs + 4 * HOUR_MS, value: GIB }]]]);
    expect(outlooksOf(fresh, nowMs + 4 * HOUR_MS, ['/data'])).toEqual([{ instance: '/data', value: 0 }]);
  });

  it('it is said in words', () => {
    const text = forecastText({ perDay: 4 * GIB, leftMs: 2 * DAY_MS + 3 * HOUR_MS });
    expect(text.replaceAll('\u00A0', ' ')).toBe('Full in 2 d 3 h, if it goes on by 4 GiB a day.');
  });
});
