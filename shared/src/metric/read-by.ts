// Which collector of the agent reads a metric, and how often, on each system: the collectors take it from here, and so does whoever
// must tell why one has no readings.
import type { Os } from '../rule/scope.ts';
import type { Intervals } from '../wire/server-message.schema.ts';
import { linux } from './read-by-linux.ts';
import { macos } from './read-by-mac.ts';
import { windows } from './read-by-windows.ts';
import type { Sources } from './source.ts';

export const sources: Readonly<Record<Os, Sources>> = { linux, macos, windows };

const byMetric = (of: Sources): ReadonlyMap<string, string> =>
  new Map(Object.entries(of).flatMap(([id, { provides }]) => provides.map((metric) => [metric, id] as const)));

const idsOf: Readonly<Record<Os, ReadonlyMap<string, string>>> = {
  linux: byMetric(linux),
  macos: byMetric(macos),
  windows: byMetric(windows),
};

/** The collector's id; undefined for what no agent of this version reads on that system. */
export const sourceOf = (os: Os, metric: string): string | undefined => idsOf[os].get(metric);

/** How often it is read there, in ms. What nobody reads has the longest. */
export const everyMsOf = (os: Os, metric: string, intervals: Intervals): number =>
  intervals[sources[os][sourceOf(os, metric) ?? '']?.tier ?? 'daily'];
