// What the feed told since the charts' past was fetched: the newest readings of each series, until the next fetch.
import type { LatestView } from '@fettle/shared/api/device.schema';
import { seriesKey } from '@fettle/shared/metric/sample';

type Point = { readonly atMs: number; readonly value: number };
export type Tail = ReadonlyMap<string, readonly Point[]>;

export const NO_TAIL: Tail = new Map();

const MOST_POINTS = 900;

const extendOne = (points: readonly Point[], newest: Point, afterMs: number): readonly Point[] => {
  const kept = points.filter(({ atMs }) => atMs > afterMs);
  const isNew = newest.atMs > (kept.at(-1)?.atMs ?? afterMs);
  return isNew ? [...kept, newest].slice(-MOST_POINTS) : kept;
};

/** Adds each reading that is newer than what is known of its series, and drops what the fetched past has by now. */
export const extendTail = (tail: Tail, latest: LatestView, afterMs: number): Tail => {
  const next = new Map<string, readonly Point[]>();
  for (const [metric, readings] of Object.entries(latest)) {
    for (const { attributes, value, at } of readings) {
      const key = seriesKey(metric, attributes);
      const points = extendOne(tail.get(key) ?? [], { atMs: Date.parse(at), value }, afterMs);
      if (points.length > 0) next.set(key, points);
    }
  }
  return next;
};
