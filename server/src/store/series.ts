// The history of some metrics of one device, for a chart.
import type { SeriesView } from '@fettle/shared/api/device.schema';
import { findMetric } from '@fettle/shared/metric/catalog';
import { natural, seriesKey } from '@fettle/shared/metric/sample';
import { decodeBlock } from '@fettle/shared/wire/decode';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';
import { STEPS_MAX } from '@fettle/shared/wire/limits';

import { type Subject, attributesFor } from '../domain/target.ts';
import type { MetricsStore, StoredBlock } from './metrics.ts';
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
  const reader = new BlockReader(store, question.metrics);
  const key = store.keyOf(device);
  if (key !== undefined) {
    for (const stored of store.blocks(key, fromMs - LONGEST_BLOCK_MS, toMs)) {
      reader.read(stored, ({ metric, attributes: told }, atMs, value) => {
        const attributes = attributesFor(subject, told);
        if (!attributes) return;
        const definition = { metric, attributes };
        const name = seriesKey(definition.metric, definition.attributes);
        const known = found.get(name) ?? { definition, resampler: new Resampler(fromMs, stepMs, points) };
        found.set(name, known);
        known.resampler.add(atMs, value);
      });
    }
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

/** Unfolds stored blocks, and knows of each set which of its columns are asked for. */
class BlockReader {
  readonly #store: MetricsStore;
  readonly #metrics: ReadonlySet<string>;
  readonly #sets = new Map<number, readonly SeriesDefinition[]>();

  constructor(store: MetricsStore, metrics: readonly string[]) {
    this.#store = store;
    this.#metrics = new Set(metrics);
  }

  read({ setId, block }: StoredBlock, each: (definition: SeriesDefinition, atMs: number, value: number) => void): void {
    const series = this.#sets.get(setId) ?? this.#store.seriesOf(setId);
    this.#sets.set(setId, series);
    if (!series.some(({ metric }) => this.#metrics.has(metric))) return;
    const { t0, stepMs, values } = decodeBlock(block, series.length);
    for (const [column, definition] of series.entries()) {
      if (!this.#metrics.has(definition.metric)) continue;
      for (const [index, value] of (values[column] ?? []).entries()) {
        if (!Number.isNaN(value)) each(definition, t0 + index * stepMs, value);
      }
    }
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
