// Since when an update for security is pending. Kept by the version that is installed: a still newer update does not start
// the count anew, installing one does.
import type { Memory } from '../../host/host.ts';
import { firstSeenSchema } from './first-seen.schema.ts';
import type { Pending } from './pending.ts';

const ID = 'patches';
const KEPT_MAX = 2_000;

/** Seconds since the oldest of them was first seen; 0 without any. Remembers those that are new, forgets those that are gone. */
export const oldestAgeS = (pending: readonly Pending[], memory: Memory, nowMs: number): number => {
  const known = firstSeenSchema.safeParse(memory.read(ID)).data?.since ?? {};
  const keys = pending.filter(({ isSecurity }) => isSecurity).map(keyOf);
  const since = Object.fromEntries(
    keys
      .map((key) => [key, Math.min(nowMs, Object.hasOwn(known, key) ? (known[key] ?? nowMs) : nowMs)] as const)
      .toSorted(([, a], [, b]) => a - b)
      .slice(0, KEPT_MAX),
  );
  memory.write(ID, { since });
  return Math.max(0, ...Object.values(since).map((ms) => (nowMs - ms) / 1000));
};

const keyOf = ({ name, from }: Pending): string => `${name} ${from ?? ''}`.slice(0, 400);
