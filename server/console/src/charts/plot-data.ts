// The past that the server gave and the present that the feed adds, as the columns that a chart draws.
import type { SeriesView } from '@fettle/shared/api/device.schema';
import { seriesKey } from '@fettle/shared/metric/sample';

import type { ChartSpec } from './specs.ts';
import type { Tail } from './tail.ts';

/** A number is drawn; undefined is bridged by the line; null is a gap in it. */
export type Column = (number | null | undefined)[];

type PlotLine = {
  readonly key: string;
  readonly label: string;
  readonly mean: Column;
  readonly min: Column;
  readonly max: Column;
  /** Whether min and max differ anywhere, so that there is a band to draw. */
  readonly hasBand: boolean;
};

export type Plot = {
  readonly timesMs: readonly number[];
  readonly lines: readonly PlotLine[];
  readonly omitted: number;
};

type History = Pick<SeriesView, 'stepMs' | 'times' | 'series'>;
type Series = SeriesView['series'][number];

export const MOST_LINES = 6;
const GAP_STEPS = 2.2;

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};

/** Where a series is read less often than the columns are wide, the columns between are bridged; more is a gap. */
export const withGaps = (timesMs: readonly number[], values: readonly (number | null)[], stepMs: number): Column => {
  const known = values.flatMap((value, at) => (value === null ? [] : [at]));
  const timeOf = (at: number | undefined): number => timesMs[at ?? -1] ?? 0;
  const between = known.slice(1).map((at, index) => timeOf(at) - timeOf(known[index]));
  const gapMs = GAP_STEPS * Math.max(stepMs, median(between));
  const column: Column = [...values];
  between.forEach((ms, index) => {
    const from = known[index] ?? 0;
    if (ms <= gapMs) column.fill(undefined, from + 1, known[index + 1] ?? from + 1);
  });
  return column;
};

const peak = ({ max }: Series): number => max.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);

const isDrawn = ({ metric, attributes }: Series, { metrics, onlyWhole }: ChartSpec): boolean =>
  metrics.some((name) => name === metric) && (!onlyWhole || Object.keys(attributes).length === 0);

/** The times of the tail, each with an empty column before it, so that a silence between two can be a gap. */
const tailTimes = (history: History, tail: Tail, keys: readonly string[]): readonly number[] => {
  const lastMs = history.times.at(-1) ?? 0;
  const times = keys
    .flatMap((key) => (tail.get(key) ?? []).map(({ atMs }) => atMs))
    .filter((atMs) => atMs > lastMs + 1);
  const sorted = [...new Set(times)].toSorted((one, other) => one - other);
  const withEmpty = sorted.flatMap((atMs, index) => [(sorted[index - 1] ?? lastMs) + 1, atMs]);
  return [...new Set(withEmpty)];
};

type Columns = { readonly timesMs: readonly number[]; readonly added: readonly number[]; readonly stepMs: number };

const lineOf = (series: Series, label: string, tail: Tail, { timesMs, added, stepMs }: Columns): PlotLine => {
  const key = seriesKey(series.metric, series.attributes);
  const newest = new Map((tail.get(key) ?? []).map(({ atMs, value }) => [atMs, value]));
  const end = added.map((atMs) => newest.get(atMs) ?? null);
  const column = (past: readonly (number | null)[]): Column => withGaps(timesMs, [...past, ...end], stepMs);
  return {
    key,
    label,
    mean: column(series.mean),
    min: column(series.min),
    max: column(series.max),
    hasBand: series.max.some((value, at) => value !== null && value > (series.min[at] ?? value)),
  };
};

/** The series of one chart. Where there are too many to tell apart, those with the highest peaks. */
export const plotOf = (spec: ChartSpec, history: History, tail: Tail): Plot => {
  const drawn = history.series.filter((series) => isDrawn(series, spec));
  const highest = new Set(drawn.toSorted((one, other) => peak(other) - peak(one)).slice(0, MOST_LINES));
  const shown = drawn.filter((series) => highest.has(series));
  const keys = shown.map(({ metric, attributes }) => seriesKey(metric, attributes));
  const added = tailTimes(history, tail, keys);
  const columns = { timesMs: [...history.times, ...added], added, stepMs: history.stepMs };
  return {
    timesMs: columns.timesMs,
    lines: shown.map((series) => lineOf(series, spec.label(series.metric, series.attributes), tail, columns)),
    omitted: drawn.length - shown.length,
  };
};

const REACH = 8;

/** What the line shows at a column: its value, or that of the last column that it came from; null in a gap. */
export const valueAt = (column: Column, at: number): number | null => {
  for (let index = at; index >= 0 && index > at - REACH; index -= 1) {
    const value = column[index];
    if (value !== undefined) return value;
  }
  return null;
};

export const newestValue = (column: Column): number | null =>
  column.findLast((value): value is number => typeof value === 'number') ?? null;

export const highestValue = (column: Column): number | null => {
  const numbers = column.filter((value): value is number => typeof value === 'number');
  return numbers.length === 0 ? null : numbers.reduce((most, value) => Math.max(most, value));
};
