// The history of some metrics of one device, for a chart.
import type { SeriesView } from '@fettle/shared/api/device.schema';
import { findMetric } from '@fettle/shared/metric/catalog';
import { natural, seriesKey } from '@fettle/shared/metric/sample';
import { decodeBlock } from '@fettle/shared/wire/decode';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';
import { STEPS_MAX, THINNED_STEP_MS } from '@fettle/shared/wire/limits';
import { decodeThinnedBlock } from '@fettle/shared/wire/thinned';

import { type Subject, attributesFor } from '../domain/target.ts';
import type { StoredBlock } from './block.ts';
import type { MetricsStore } from './metrics.ts';
import { Resampler } from './resample.ts';

export type SeriesQuestion = {
  readonly metrics: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  /** At most this many points per series. */
  readonly points: number;
};

/** No finer than the agents read. */
const FINEST_MS = 1_000;
/** A block that begins before the range can still reach into it. */
const LONGEST_BLOCK_MS = STEPS_MAX * 10_000;

/** @param subject whose readings, of those that the device's agent sent */
export const readSeries = (
  store: MetricsStore,
  device: string,
  question: SeriesQuestion,
  subject: Subject = 'itself',
): SeriesView => {
  const { fromMs, toMs } = question;
  const stepMs = Math.max(FINEST_MS, Math.ceil((toMs - fromMs) / question.points / FINEST_MS) * FINEST_MS);
  const points = Math.max(1, Math.ceil((toMs - fromMs) / stepMs));
  const found = new Map<string, { readonly definition: SeriesDefinition; readonly resampler: Resampler }>();
  const reader = new BlockReader(store, question.metrics, subject);
  const key = store.keyOf(device);
  const into = ({ name, definition }: Column): Resampler => {
    const known = found.get(name) ?? { definition, resampler: new Resampler(fromMs, stepMs, points) };
    found.set(name, known);
    return known.resampler;
  };
  if (key !== undefined) {
    for (const stored of store.thinnedBlocks(key, fromMs, toMs)) reader.readThinned(stored, into);
    for (const stored of store.blocks(key, fromMs - LONGEST_BLOCK_MS, toMs)) reader.read(stored, into);
  }
  const series = [...found.values()].map(({ definition, resampler }) => viewOf(definition, resampler));
  return { stepMs, times: Array.from({ length: points }, (_, point) => fromMs + point * stepMs), series };
};

const viewOf = ({ metric, attributes }: SeriesDefinition, resampler: Resampler): SeriesView['series'][number] => {
  const spec = findMetric(metric);
  return {
    metric,
    unit: spec?.unit ?? '',
    attributes,
    ...resampler.points((value) => (spec ? natural(spec, value) : value)),
  };
};

/** What a column of a set is to the one who asks, and its name among all series. */
type Column = { readonly name: string; readonly definition: SeriesDefinition };

/** Unfolds stored blocks, and knows of each set which of its columns are asked for. */
class BlockReader {
  readonly #store: MetricsStore;
  readonly #metrics: ReadonlySet<string>;
  readonly #subject: Subject;
  readonly #sets = new Map<number, readonly (Column | undefined)[]>();

  constructor(store: MetricsStore, metrics: readonly string[], subject: Subject) {
    this.#store = store;
    this.#metrics = new Set(metrics);
    this.#subject = subject;
  }

  /** @param into takes the readings of a column; asked only where there are any */
  read({ setId, block }: StoredBlock, into: (column: Column) => Resampler): void {
    const columns = this.#columnsOf(setId);
    if (columns.every((column) => column === undefined)) return;
    const { t0, stepMs, values } = decodeBlock(block, columns.length);
    for (const [index, column] of columns.entries()) {
      const readings = values[index] ?? new Float64Array();
      if (!column || readings.every(Number.isNaN)) continue;
      const resampler = into(column);
      for (const [step, value] of readings.entries()) {
        if (!Number.isNaN(value)) resampler.add(t0 + step * stepMs, value);
      }
    }
  }

  readThinned({ setId, block }: StoredBlock, into: (column: Column) => Resampler): void {
    const columns = this.#columnsOf(setId);
    if (columns.every((column) => column === undefined)) return;
    const { t0, columns: thinned } = decodeThinnedBlock(block, columns.length);
    for (const [index, column] of columns.entries()) {
      const kept = thinned[index];
      if (!column || !kept?.readings.some((count) => count > 0)) continue;
      const resampler = into(column);
      for (const [step, count] of kept.readings.entries()) {
        const fromMs = t0 + step * THINNED_STEP_MS;
        const values = { mean: kept.mean[step] ?? 0, min: kept.min[step] ?? 0, max: kept.max[step] ?? 0 };
        if (count > 0) resampler.addThinned({ fromMs, toMs: fromMs + THINNED_STEP_MS, readings: count, ...values });
      }
    }
  }

  #columnsOf(setId: number): readonly (Column | undefined)[] {
    const columns = this.#sets.get(setId) ?? this.#store.seriesOf(setId).map((series) => this.#columnOf(series));
    this.#sets.set(setId, columns);
    return columns;
  }

  #columnOf({ metric, attributes: told }: SeriesDefinition): Column | undefined {
    const attributes = this.#metrics.has(metric) ? attributesFor(this.#subject, told) : undefined;
    return attributes && { name: seriesKey(metric, attributes), definition: { metric, attributes } };
  }
}

/** The newest reading of every series that the device's last batches have. */
export const readNewest = (store: MetricsStore, device: string) => {
  const key = store.keyOf(device);
  const newest = new Map<
    string,
    { readonly definition: SeriesDefinition; readonly atMs: number; readonly integer: number }
  >();
  if (key === undefined) return [];
  for (const { setId, block } of store.newestBlocks(key, NEWEST_BLOCKS)) {
    const series = store.seriesOf(setId);
    const { t0, stepMs, values } = decodeBlock(block, series.length);
    for (const [column, definition] of series.entries()) {
      const readings = values[column] ?? new Float64Array();
      const index = readings.findLastIndex((value) => !Number.isNaN(value));
      const name = seriesKey(definition.metric, definition.attributes);
      const atMs = t0 + index * stepMs;
      if (index >= 0 && (newest.get(name)?.atMs ?? 0) < atMs)
        newest.set(name, { definition, atMs, integer: readings[index] ?? 0 });
    }
  }
  return [...newest.values()];
};

/** A device with many series sends several batches a minute. */
const NEWEST_BLOCKS = 4;
