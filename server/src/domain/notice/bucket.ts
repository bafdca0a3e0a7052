// How many messages a channel may get: a bucket of tokens that fills steadily.
import { HOUR_MS } from '@fettle/shared/time';

export type Bucket = { readonly tokens: number; readonly atMs: number };

/** So many at once after a quiet while, and never more than an hour's worth. */
const BURST = 20;

/**
 * @param bucket undefined: never used
 * @returns the bucket after it; `waitMs` is 0 when a token was taken, else how long until there is one
 */
export const takeToken = (
  bucket: Bucket | undefined,
  perHour: number,
  nowMs: number,
): { readonly bucket: Bucket; readonly waitMs: number } => {
  const capacity = Math.min(BURST, perHour);
  const everyMs = HOUR_MS / perHour;
  // a clock that was set back gives nothing, and takes nothing
  const sinceMs = bucket ? Math.max(0, nowMs - bucket.atMs) : 0;
  const tokens = Math.min(capacity, (bucket?.tokens ?? capacity) + sinceMs / everyMs);
  if (tokens >= 1) return { bucket: { tokens: tokens - 1, atMs: nowMs }, waitMs: 0 };
  return { bucket: { tokens, atMs: nowMs }, waitMs: Math.ceil((1 - tokens) * everyMs) };
};
