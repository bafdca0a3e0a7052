// The newest reading of every series of one device, in memory: a list of series as the agent named them, and two arrays of numbers.
import type { LatestView } from '@fettle/shared/api/device.schema';
import { findMetric } from '@fettle/shared/metric/catalog';
import { natural, seriesKey } from '@fettle/shared/metric/sample';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';

import { instantOf } from '../domain/view.ts';
import type { KnownSet } from './dictionary.ts';

type Held = {
  readonly series: readonly SeriesDefinition[];
  readonly values: Float64Array;
  /** 0: never. */
  readonly times: Float64Array;
};

type Readings = { readonly t0: number; readonly stepMs: number; readonly values: readonly Float64Array[] };

type Reading = { readonly definition: SeriesDefinition; readonly value: number; readonly atMs: number };

/** Lists of series change when a volume or an interface comes or goes; the oldest are forgotten. */
const SETS_MAX = 8;
const SUMMED_UP = {
  cpu: 'system.cpu.utilization',
  memory: 'system.memory.utilization',
  volume: 'system.filesystem.utilization',
} as const;
/** All series of a metric are read together: one that lags this far behind the newest is gone. */
const GONE_MS = 150_000;

export class Latest {
  readonly #sets = new Map<string, Held>();

  /**
   * `values[s]` are readings of `series[s]`, the oldest first, NaN where there was none
   * @param nowMs of the server: nothing is read in the future, whatever the device's clock says, else it would stand until then
   */
  note({ hash, series }: KnownSet, block: Readings, nowMs: number): void {
    const held = this.#hold(hash, series);
    for (const [index, column] of block.values.entries()) {
      const last = column.findLastIndex((value) => !Number.isNaN(value));
      const atMs = Math.min(block.t0 + last * block.stepMs, nowMs);
      if (last < 0 || atMs < (held.times[index] ?? 0)) continue;
      held.values[index] = column[last] ?? 0;
      held.times[index] = atMs;
    }
  }

  /** What was read before this server started. */
  restore(
    readings: readonly { readonly definition: SeriesDefinition; readonly integer: number; readonly atMs: number }[],
    nowMs: number,
  ): void {
    const held = this.#hold(
      'restored',
      readings.map(({ definition }) => definition),
    );
    for (const [index, { integer, atMs }] of readings.entries()) {
      held.values[index] = integer;
      held.times[index] = Math.min(atMs, nowMs);
    }
  }

  /** @param only these metrics; absent: all */
  view(only?: readonly string[]): LatestView {
    const view: Record<string, LatestView[string]> = {};
    for (const { definition, value, atMs } of this.#current(only)) {
      const spec = findMetric(definition.metric);
      if (!spec) continue;
      (view[definition.metric] ??= []).push({
        attributes: { ...definition.attributes },
        value: natural(spec, value),
        unit: spec.unit,
        at: instantOf(atMs),
      });
    }
    return view;
  }

  /** What a list of devices shows of each. */
  summary() {
    const latest = this.view(Object.values(SUMMED_UP));
    const whole = (metric: string) => latest[metric]?.find(({ attributes }) => Object.keys(attributes).length === 0);
    const volumes = latest[SUMMED_UP.volume] ?? [];
    const fullest = volumes.reduce<(typeof volumes)[number] | undefined>(
      (most, volume) => (most && most.value >= volume.value ? most : volume),
      undefined,
    );
    const cpu = whole(SUMMED_UP.cpu);
    return {
      at: cpu?.at ?? fullest?.at ?? null,
      cpu: cpu?.value ?? null,
      memory: whole(SUMMED_UP.memory)?.value ?? null,
      fullestVolume: fullest
        ? { mountpoint: fullest.attributes['system.filesystem.mountpoint'] ?? '', utilization: fullest.value }
        : null,
    };
  }

  #hold(setHash: string, series: readonly SeriesDefinition[]): Held {
    const known = this.#sets.get(setHash);
    this.#sets.delete(setHash); // to the end: the first of the map is the longest unused
    const held = known ?? { series, values: new Float64Array(series.length), times: new Float64Array(series.length) };
    this.#sets.set(setHash, held);
    const [oldest] = this.#sets.keys();
    if (this.#sets.size > SETS_MAX && oldest !== undefined) this.#sets.delete(oldest);
    return held;
  }

  #current(only: readonly string[] | undefined): readonly Reading[] {
    const newest = new Map<string, Reading>();
    const newestOfMetric = new Map<string, number>();
    for (const { series, values, times } of this.#sets.values()) {
      for (const [index, definition] of series.entries()) {
        if (only?.includes(definition.metric) === false) continue;
        const atMs = times[index] ?? 0;
        const name = seriesKey(definition.metric, definition.attributes);
        if (atMs === 0 || atMs < (newest.get(name)?.atMs ?? 0)) continue;
        newest.set(name, { definition, value: values[index] ?? 0, atMs });
        newestOfMetric.set(definition.metric, Math.max(atMs, newestOfMetric.get(definition.metric) ?? 0));
      }
    }
    return [...newest.values()].filter(
      ({ definition, atMs }) => atMs >= (newestOfMetric.get(definition.metric) ?? 0) - GONE_MS,
    );
  }
}
