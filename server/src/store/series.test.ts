import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { encodeBlock } from '@fettle/shared/wire/encode';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';
import { describe, expect, it } from 'vitest';

import { NOW, openStores } from '../fixture.ts';
import { readNewest, readSeries } from './series.ts';

const CPU = 'system.cpu.utilization';
const DISK = 'system.filesystem.utilization';
const cpu: SeriesDefinition = { metric: CPU, attributes: {} };
const disk = (mountpoint: string): SeriesDefinition => ({
  metric: DISK,
  attributes: { 'system.filesystem.mountpoint': mountpoint },
});
const START = NOW - HOUR_MS;

/** Batches of `aDevice`, one after the other. */
const open = () => {
  const { metrics } = openStores();
  const key = metrics.addKey('d_1');
  let seq = 0;
  const add = (series: readonly SeriesDefinition[], t0Ms: number, stepMs: number, columns: readonly number[][]) => {
    const hash = JSON.stringify(series);
    const setId = metrics.setWithUse(key, hash)?.id ?? metrics.addSet(key, hash, series);
    const block = encodeBlock({ t0: t0Ms, stepMs, count: columns[0]?.length ?? 0 }, columns);
    seq += 1;
    metrics.add(key, setId, { device: 'd_1', epoch: 'e', seq, t0Ms, setHash: hash, block });
  };
  const chart = (metricNames: readonly string[], fromMs: number, toMs: number, points: number) =>
    readSeries(metrics, 'd_1', { metrics: metricNames, fromMs, toMs, points });
  return { metrics, add, chart };
};

describe('the chart of what an agent looks after', () => {
  it('has its readings and those of nobody else, and the agent has its own', () => {
    const { metrics, add } = open();
    const latency = (name: string) => ({ metric: 'fettle.check.latency', attributes: { 'fettle.check.name': name } });
    add([cpu, latency('a/ping'), latency('b/ping')], START, MINUTE_MS, [[100], [20], [30]]);
    const question = { metrics: [CPU, 'fettle.check.latency'], fromMs: START, toMs: START + MINUTE_MS, points: 1 };
    const seriesOf = (...subject: readonly { readonly target: string }[]) =>
      readSeries(metrics, 'd_1', question, ...subject).series.map((one) => [one.metric, one.attributes, one.mean]);
    expect(seriesOf()).toEqual([[CPU, {}, [0.1]]]);
    expect(seriesOf({ target: 'a' })).toEqual([['fettle.check.latency', { 'fettle.check.name': 'ping' }, [0.002]]]);
    expect(seriesOf({ target: 'none' })).toEqual([]);
  });
});

describe('a chart', () => {
  it('is what the batches say, in the unit of the catalogue', () => {
    const { add, chart } = open();
    add([cpu, disk('/')], START, 10 * SECOND_MS, [
      [100, 200, 300],
      [900, 900, Number.NaN],
    ]);
    add([cpu, disk('/')], START + 30 * SECOND_MS, 10 * SECOND_MS, [
      [400, 500, 600],
      [910, 910, 910],
    ]);
    expect(chart([CPU], START, START + MINUTE_MS, 60)).toMatchObject({ stepMs: SECOND_MS });
    expect(chart([CPU, DISK], START, START + MINUTE_MS, 6)).toEqual({
      stepMs: 10 * SECOND_MS,
      times: [0, 10, 20, 30, 40, 50].map((seconds) => START + seconds * SECOND_MS),
      series: [
        { metric: CPU, unit: '1', attributes: {}, ...flat([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]) },
        { metric: DISK, unit: '1', attributes: disk('/').attributes, ...flat([0.9, 0.9, 0.9, 0.91, 0.91, 0.91]) },
      ],
    });
  });

  it('of a long time has no more points than asked for', () => {
    const { add, chart } = open();
    add([cpu], START, 10 * SECOND_MS, [Array.from({ length: 6 }, () => 500)]);
    const { stepMs, times, series } = chart([CPU], START, START + 7 * DAY_MS, 500);
    expect(times.length).toBeLessThanOrEqual(500);
    expect(times.length * stepMs).toBeGreaterThanOrEqual(7 * DAY_MS);
    expect(series[0]?.mean).toHaveLength(times.length);
  });

  it('has what a batch that began before it reaches into it with', () => {
    const { add, chart } = open();
    add([cpu], START - 30 * SECOND_MS, 10 * SECOND_MS, [[1, 2, 3, 400, 500, 600]]);
    expect(chart([CPU], START, START + 30 * SECOND_MS, 3).series[0]?.mean).toEqual([0.4, 0.5, 0.6]);
  });

  it('shows each instance, through a change of what is sent', () => {
    const { add, chart } = open();
    add([disk('/')], START, MINUTE_MS, [[100]]);
    add([disk('/home'), cpu, disk('/')], START + MINUTE_MS, MINUTE_MS, [[300], [1], [200]]);
    const { series } = chart([DISK], START, START + 2 * MINUTE_MS, 2);
    expect(series.map(({ attributes, mean }) => [attributes['system.filesystem.mountpoint'], mean])).toEqual([
      ['/', [0.1, 0.2]],
      ['/home', [null, 0.3]],
    ]);
  });

  it.each([
    ['of a device without readings', 'd_9', [CPU]],
    ['of a metric that is not read', 'd_1', [DISK]],
    ['of nothing', 'd_1', []],
  ])('%s is empty', (_name, device, metrics) => {
    const parts = open();
    parts.add([cpu], START, MINUTE_MS, [[1]]);
    const question = { metrics, fromMs: START, toMs: NOW, points: 10 };
    expect(readSeries(parts.metrics, device, question).series).toEqual([]);
  });
});

const flat = (values: readonly number[]) => ({ mean: values, min: values, max: values });

describe('the newest reading', () => {
  it('of each series is the last that is one', () => {
    const { metrics, add } = open();
    add([cpu, disk('/')], START, MINUTE_MS, [
      [1, 2],
      [7, Number.NaN],
    ]);
    add([cpu], START + 2 * MINUTE_MS, MINUTE_MS, [[3, Number.NaN]]);
    expect(readNewest(metrics, 'd_1').map(({ definition, atMs, integer }) => [definition, atMs, integer])).toEqual([
      [cpu, START + 2 * MINUTE_MS, 3],
      [disk('/'), START, 7],
    ]);
  });

  it('of a device that has none is nothing', () => {
    expect(readNewest(open().metrics, 'd_9')).toEqual([]);
  });
});
