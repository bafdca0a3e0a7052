// One reading an hour of each instance of a metric, over a week: enough for a trend, and a hundredth of what is stored.
import { findMetric } from '@fettle/shared/metric/catalog';
import { natural } from '@fettle/shared/metric/sample';
import type { Signal } from '@fettle/shared/rule/rule';
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { decodeSome } from '@fettle/shared/wire/decode';

import { FORECAST_MS, type Sample } from '../domain/forecast/forecast.ts';
import type { MetricsStore } from './metrics.ts';

/** A volume is read each minute: in so long it was, twice. */
const LOOK_MS = 2 * MINUTE_MS;
/** Of one device; others are not looked at. */
const INSTANCES_MAX = 64;

type Column = { readonly place: number; readonly instance: string };
type Layout = { readonly width: number; readonly columns: readonly Column[] };

/** @param signal by instance. @returns in the order of time, up to now; empty where nothing came in the last hours */
export const readHourly = (
  store: MetricsStore,
  device: string,
  { metric, by }: Signal,
  nowMs: number,
): ReadonlyMap<string, readonly Sample[]> => {
  const key = store.keyOf(device);
  const found = new Map<string, Sample[]>();
  if (key === undefined) return found;
  const layouts = new Map<number, Layout>();
  const layoutOf = (setId: number): Layout => {
    const known = layouts.get(setId) ?? newLayout(store, setId, { metric, by: by ?? '' });
    layouts.set(setId, known);
    return known;
  };
  for (let toMs = nowMs - FORECAST_MS; toMs <= nowMs; toMs += HOUR_MS) {
    for (const [, setId, block] of store.blockRows(key, toMs - LOOK_MS, toMs)) {
      const layout = layoutOf(setId);
      if (layout.columns.length > 0) take(found, layout, block);
    }
  }
  return inUnit(metric, found);
};

/** Stored are the integers that were sent. */
const inUnit = (metric: string, found: ReadonlyMap<string, readonly Sample[]>) => {
  const spec = findMetric(metric);
  const scale = (value: number): number => (spec ? natural(spec, value) : value);
  const scaled = (samples: readonly Sample[]) => samples.map(({ atMs, value }) => ({ atMs, value: scale(value) }));
  return new Map([...found].map(([instance, samples]) => [instance, scaled(samples)]));
};

const newLayout = (store: MetricsStore, setId: number, { metric, by }: { metric: string; by: string }): Layout => {
  const series = store.seriesOf(setId);
  const columns = series.flatMap(({ metric: of, attributes }, place) =>
    of === metric ? [{ place, instance: attributes[by] ?? '' }] : [],
  );
  return { width: series.length, columns: columns.slice(0, INSTANCES_MAX) };
};

/** The first of the hour; a second one within it is passed over. */
const take = (found: Map<string, Sample[]>, { width, columns }: Layout, block: Uint8Array): void => {
  const places = columns.map(({ place }) => place);
  const { t0, stepMs, values } = decodeSome(block, width, places);
  for (const [index, { instance }] of columns.entries()) {
    const step = values[index]?.findIndex((value) => !Number.isNaN(value)) ?? -1;
    if (step < 0) continue;
    const samples = found.get(instance) ?? [];
    found.set(instance, samples);
    const atMs = t0 + step * stepMs;
    if (atMs - (samples.at(-1)?.atMs ?? 0) > LOOK_MS) samples.push({ atMs, value: values[index]?.[step] ?? 0 });
  }
};
