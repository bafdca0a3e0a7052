import type { SeriesView } from '@fettle/shared/api/device.schema';
import { describe, expect, it } from 'vitest';

import { limitsOf } from './limits.ts';
import { MOST_LINES, highestValue, newestValue, plotOf, valueAt, withGaps } from './plot-data.ts';
import { type ChartSpec, chartSpecs } from './specs.ts';
import { NO_TAIL, extendTail } from './tail.ts';

const spec = (id: string): ChartSpec => chartSpecs.find((entry) => entry.id === id) as ChartSpec;

const series = (
  metric: string,
  mean: readonly (number | null)[],
  attributes: Readonly<Record<string, string>> = {},
  spread = 0,
): SeriesView['series'][number] => ({
  metric,
  unit: '1',
  attributes,
  mean: [...mean],
  min: mean.map((value) => (value === null ? null : value - spread)),
  max: mean.map((value) => (value === null ? null : value + spread)),
});

describe('gaps', () => {
  const everySecond = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((second) => second * 1_000);

  it('bridges columns between readings that are rarer than the columns', () => {
    const values = [1, null, null, 2, null, null, 3, null, null, 4, null, null, 5];
    const filled = values.map((value) => value ?? undefined);
    expect(withGaps(everySecond, values, 1_000)).toEqual(filled);
  });

  it('keeps a longer silence as a gap, and bridges one missing column', () => {
    const values = [1, 2, null, 3, 4, null, null, null, 5, 6, null, null, null];
    expect(withGaps(everySecond, values, 1_000)).toEqual([
      1,
      2,
      undefined,
      3,
      4,
      null,
      null,
      null,
      5,
      6,
      null,
      null,
      null,
    ]);
  });

  it('leaves an empty and a lonely series as they are', () => {
    expect(withGaps([0, 1], [null, null], 1)).toEqual([null, null]);
    expect(withGaps([0, 1, 2], [null, 7, null], 1)).toEqual([null, 7, null]);
  });
});

describe('plots', () => {
  const times = [0, 10_000, 20_000];

  it('draw the series of their metrics, of the machine only where they say so', () => {
    const history = {
      stepMs: 10_000,
      times,
      series: [
        series('system.cpu.utilization', [0.1, 0.2, 0.3]),
        series('system.cpu.utilization', [0.5, 0.5, 0.5], { 'cpu.logical_number': '0' }),
        series('system.memory.utilization', [0.5, 0.5, 0.5]),
      ],
    };
    const { lines, timesMs } = plotOf(spec('cpu'), history, NO_TAIL);
    expect(lines.map(({ label, mean, hasBand }) => [label, mean, hasBand])).toEqual([
      ['CPU busy', [0.1, 0.2, 0.3], false],
    ]);
    expect(timesMs).toEqual(times);
  });

  it('draw the highest where there are too many, in the order they came', () => {
    const mounts = Array.from({ length: MOST_LINES + 2 }, (_, number) => number);
    const history = {
      stepMs: 10_000,
      times,
      series: mounts.map((number) =>
        series('system.filesystem.utilization', [number, number, number], {
          'system.filesystem.mountpoint': `/m${number}`,
        }),
      ),
    };
    const plot = plotOf(spec('volumes'), history, NO_TAIL);
    expect(plot.omitted).toBe(2);
    expect(plot.lines.map(({ label }) => label)).toEqual(['/m2', '/m3', '/m4', '/m5', '/m6', '/m7']);
  });

  it('have a band where least and most differ', () => {
    const history = { stepMs: 10_000, times, series: [series('system.cpu.utilization', [0.1, null, 0.3], {}, 0.05)] };
    expect(plotOf(spec('cpu'), history, NO_TAIL).lines[0]?.hasBand).toBe(true);
  });

  it('go on with what the feed adds, with a gap where it was silent for long', () => {
    const history = { stepMs: 10_000, times, series: [series('system.cpu.utilization', [0.1, 0.2, 0.3])] };
    const reading = (value: number, seconds: number) => ({
      'system.cpu.utilization': [{ attributes: {}, value, unit: '1', at: new Date(seconds * 1_000).toISOString() }],
    });
    let tail = extendTail(NO_TAIL, reading(0.3, 20), 20_000);
    expect(tail.size).toBe(0);
    tail = extendTail(tail, reading(0.4, 30), 20_000);
    tail = extendTail(tail, reading(0.4, 30), 20_000);
    tail = extendTail(tail, reading(0.9, 100), 20_000);
    const { timesMs, lines } = plotOf(spec('cpu'), history, tail);
    expect(timesMs).toEqual([0, 10_000, 20_000, 20_001, 30_000, 30_001, 100_000]);
    expect(lines[0]?.mean).toEqual([0.1, 0.2, 0.3, undefined, 0.4, null, 0.9]);
    expect(extendTail(tail, reading(0.9, 100), 30_000).values().next().value).toEqual([{ atMs: 100_000, value: 0.9 }]);
  });
});

describe('values', () => {
  it('are read where the line is, not in its gaps', () => {
    const column = [0.1, undefined, undefined, 0.4, null, null];
    expect([valueAt(column, 0), valueAt(column, 2), valueAt(column, 3), valueAt(column, 5)]).toEqual([
      0.1,
      0.1,
      0.4,
      null,
    ]);
    expect(newestValue(column)).toBe(0.4);
    expect(highestValue(column)).toBe(0.4);
    expect([newestValue([null]), highestValue([])]).toEqual([null, null]);
  });
});

describe('limits', () => {
  const used = 'system.filesystem.utilization';
  const common = { id: 'r', title: 't', text: '', steps: [] };
  const view = { ...common, hash: '', levels: [], openAlerts: 0 };
  const base = { ...common, family: 'r', scope: {}, keepMs: 1, graceMs: 0, urgency: [], ticket: { atOnce: [] } };

  it('are the first of each level that looks at the metric', () => {
    const clause = (fireAt: number) => ({ metric: used, beyond: 'above' as const, fireAt, clearAt: 0 });
    const levels = [
      { severity: 'warning' as const, forMs: 1, any: [clause(0.85)] },
      { severity: 'critical' as const, forMs: 1, any: [clause(0.95), clause(0.98)] },
    ];
    const rule = { ...view, definition: { ...base, kind: 'threshold' as const, signal: { metric: used }, levels } };
    expect(limitsOf([rule], used)).toEqual([
      { severity: 'warning', value: 0.85 },
      { severity: 'critical', value: 0.95 },
    ]);
    expect(limitsOf([rule], 'system.cpu.utilization')).toEqual([]);
  });

  it('are none where the rule has another form', () => {
    const levels = [{ severity: 'critical' as const, forMs: 1 }];
    expect(limitsOf([{ ...view, definition: { ...base, kind: 'absence', levels } }], used)).toEqual([]);
  });
});
