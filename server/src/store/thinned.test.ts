import { thin } from '@fettle/shared/chunk/thin';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { encodeBlock } from '@fettle/shared/wire/encode';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';
import { THINNED_STEP_MS } from '@fettle/shared/wire/limits';
import { decodeThinnedBlock } from '@fettle/shared/wire/thinned';
import { describe, expect, it } from 'vitest';

import { NOW, openStores } from '../fixture.ts';
import { readNewest, readSeries } from './series.ts';

const CPU = 'system.cpu.utilization';
const MEMORY = 'system.memory.utilization';
const series: readonly SeriesDefinition[] = [
  { metric: CPU, attributes: {} },
  { metric: MEMORY, attributes: {} },
];

/** Seven quiet minutes, three busy ones, and so on; memory is steady. */
const minute = (t0: number) => {
  const busy = (t0 / MINUTE_MS) % 10 >= 7 ? 800 : 100;
  return encodeBlock({ t0, stepMs: 10 * SECOND_MS, count: 6 }, [
    Array.from({ length: 6 }, (_, row) => busy + row),
    Array<number>(6).fill(400),
  ]);
};
const minutes = (fromMs: number, toMs: number) =>
  Array.from({ length: (toMs - fromMs) / MINUTE_MS }, (_, index) => minute(fromMs + index * MINUTE_MS));

/** Two devices: one tells each minute, the other only what thinning leaves of a part. */
const open = () => {
  const { metrics } = openStores();
  const deviceOf = (device: string) => {
    const key = metrics.addKey(device);
    const setId = metrics.addSet(key, 'h', series);
    const place = { device, epoch: 'e', seq: 1, setHash: 'h' };
    return {
      chart: (fromMs: number, toMs: number, points: number) =>
        readSeries(metrics, device, { metrics: [CPU], fromMs, toMs, points }).series[0],
      raw: (fromMs: number, toMs: number) =>
        minutes(fromMs, toMs).forEach((block, index) =>
          metrics.add(key, setId, { ...place, t0Ms: fromMs + index * MINUTE_MS, block }),
        ),
      thinned: (fromMs: number, toMs: number) => {
        for (let at = fromMs; at < toMs; at += DAY_MS / 2) {
          for (const block of thin(minutes(at, Math.min(toMs, at + DAY_MS / 2)), series.length) ?? []) {
            const { t0: t0Ms, count } = decodeThinnedBlock(block, series.length);
            metrics.addThinned(key, setId, { ...place, from: 1, t0Ms, endMs: t0Ms + count * THINNED_STEP_MS, block });
          }
        }
      },
    };
  };
  return { metrics, whole: deviceOf('d_1'), away: deviceOf('d_2') };
};

const START = NOW - 14 * DAY_MS;

describe('a chart of a time that was thinned', () => {
  it('of a fortnight is that of all readings, but for what rounding takes from a mean', () => {
    const { metrics, whole, away } = open();
    metrics.db.transaction(() => whole.raw(START, NOW))();
    away.thinned(START, NOW);
    const points = (14 * DAY_MS) / (40 * MINUTE_MS);
    const [all, left] = [whole, away].map(({ chart }) => chart(START, NOW, points) ?? { mean: [], min: [], max: [] });
    expect([left?.min, left?.max]).toEqual([Array(points).fill(0.1), Array(points).fill(0.805)]);
    expect([left?.min, left?.max]).toEqual([all?.min, all?.max]);
    expect(left?.mean).toEqual(Array(points).fill(0.313)); // of 0.3125
    expect(all?.mean).toEqual(Array(points).fill(0.3125));
  });

  it('is a line with a band where points are finer than ten minutes, and a hole where nothing was read', () => {
    const { away } = open();
    const night = NOW - DAY_MS;
    away.thinned(night, night + 60 * MINUTE_MS);
    away.thinned(night + 120 * MINUTE_MS, night + 180 * MINUTE_MS);
    const { mean = [], min = [], max = [] } = away.chart(night, night + 180 * MINUTE_MS, 180) ?? {};
    expect(mean.slice(0, 60)).toEqual(Array(60).fill(0.313));
    expect(min.slice(0, 60)).toEqual(Array(60).fill(0.1));
    expect(max.slice(0, 60)).toEqual(Array(60).fill(0.805));
    expect(mean.slice(61, 120)).toEqual(Array(59).fill(null));
    expect(mean.slice(120)).toEqual(Array(60).fill(0.313));
  });

  it('goes over into what was read since, also within the same ten minutes', () => {
    const { away } = open();
    const back = NOW - 56 * MINUTE_MS;
    away.thinned(NOW - 120 * MINUTE_MS, back);
    away.raw(back, NOW);
    const { mean = [], min = [] } = away.chart(NOW - 120 * MINUTE_MS, NOW, 120) ?? {};
    expect(mean).not.toContain(null);
    expect(mean.slice(64).map((value) => (value ?? 0) > 0.5)).toEqual(
      Array.from({ length: 56 }, (_, index) => (index + 4) % 10 >= 7),
    );
    expect(min[60]).toBe(0.1);
  });

  it('has what began before it, and nothing of what ended before or begins after', () => {
    const { away } = open();
    away.thinned(NOW - 120 * MINUTE_MS, NOW);
    expect(away.chart(NOW - 10 * MINUTE_MS, NOW, 10)?.mean).toEqual(Array(10).fill(0.313));
    expect(away.chart(NOW, NOW + 10 * MINUTE_MS, 10)).toBeUndefined();
    expect(away.chart(NOW - 130 * MINUTE_MS, NOW - 120 * MINUTE_MS, 10)).toBeUndefined();
  });

  it('does not make old readings the newest', () => {
    const { metrics, away } = open();
    away.thinned(NOW - 120 * MINUTE_MS, NOW);
    expect(readNewest(metrics, 'd_2')).toEqual([]);
  });
});
