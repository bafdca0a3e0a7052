// A record as a spool keeps it: by its position, which never goes back. What it is called in an epoch follows: seq = position - base.
import type { GapReason, SpoolRecord } from './spool.ts';

type Place = {
  /** The first position that it stands for; its own for all but gaps and thinned records. */
  readonly from: number;
  readonly position: number;
  /** Wall clock, and time since boot. */
  readonly atMs: number;
  readonly monoMs: number;
};

export type Kept = Place &
  (
    | { readonly kind: 'data' | 'thinned'; readonly payload: Uint8Array }
    | { readonly kind: 'gap'; readonly reason: GapReason }
  );

/** What a record costs beside its payload. */
const OVERHEAD_BYTES = 64;

/** In memory, and about the same on the disk. */
export const sizeOf = (kept: Kept): number => OVERHEAD_BYTES + (kept.kind === 'gap' ? 0 : kept.payload.length);

export const gapOf = (place: Place, reason: GapReason): Kept => ({
  kind: 'gap',
  from: place.from,
  position: place.position,
  atMs: place.atMs,
  monoMs: place.monoMs,
  reason,
});

/** A range may have grown over records that were on their way: of those that arrived it does not speak. */
export const restOf = (kept: Kept, after: number): Kept =>
  kept.from <= after && after < kept.position ? { ...kept, from: after + 1 } : kept;

export const recordOf = (kept: Kept, base: number): SpoolRecord => {
  const [from, seq] = [kept.from - base, kept.position - base];
  switch (kept.kind) {
    case 'data':
      return { kind: 'data', seq, payload: kept.payload };
    case 'thinned':
      return { kind: 'thinned', seq, from, payload: kept.payload };
    case 'gap':
      return { kind: 'gap', seq, from, count: seq - from + 1, at: kept.atMs, reason: kept.reason };
  }
};
