// The newest readings of each metric, by the collector that gave them: what a rule looks at beside its signal.
import { type Signal, instanceOf } from '@fettle/shared/rule/rule';
import { MISSING } from '@fettle/shared/rule/window';

import type { Observation, Reading } from './observation.ts';

type Known = {
  readonly monoMs: number;
  readonly everyMs: number;
  readonly readings: readonly Reading[];
  /** The readings by instance, for each key that rules name their instances by: made when first asked for. */
  readonly byKey: Map<string, ReadonlyMap<string, number>>;
};

/** A reading is good for this many of its intervals. */
const FRESH_INTERVALS = 2.5;

export class KnownReadings {
  readonly #byMetric = new Map<string, Map<string, Known>>();

  note({ failed, source, provides, everyMs, measured }: Observation, monoMs: number): void {
    if (failed) return;
    const byMetric = Map.groupBy(measured, ({ metric }) => metric);
    for (const metric of provides) {
      const bySource = this.#byMetric.get(metric) ?? new Map<string, Known>();
      const known = { monoMs, everyMs, readings: byMetric.get(metric) ?? [], byKey: new Map() };
      this.#byMetric.set(metric, bySource.set(source, known));
    }
  }

  /** MISSING without a fresh one. */
  valueOf(metric: string, signal: Signal, { instance, monoMs }: { instance: string; monoMs: number }): number {
    for (const known of this.#byMetric.get(metric)?.values() ?? []) {
      if (monoMs - known.monoMs > FRESH_INTERVALS * known.everyMs) continue;
      const value = instancesIn(known, signal).get(instance);
      if (value !== undefined) return value;
    }
    return MISSING;
  }
}

const instancesIn = ({ readings, byKey }: Known, { by }: Signal): ReadonlyMap<string, number> => {
  const key = by ?? '';
  const found = byKey.get(key);
  if (found) return found;
  const any: Signal = by === undefined ? { metric: '' } : { metric: '', by };
  const instances = new Map<string, number>();
  for (const { attributes, integer } of readings) {
    const instance = instanceOf(any, attributes);
    // of several series of an instance the first
    if (instance !== undefined && !instances.has(instance)) instances.set(instance, integer);
  }
  byKey.set(key, instances);
  return instances;
};
