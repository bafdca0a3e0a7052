// The binary frames of metrics; byte by byte in PROTOCOL.md. The agent encodes (encode.ts), the server decodes (decode.ts).
import type { Attributes } from '../metric/sample.ts';

/** The first byte of a frame. */
export const FRAME = { series: 1, set: 2, batch: 3, now: 4, live: 5, thinned: 6 } as const;

export type SeriesDefinition = { readonly metric: string; readonly attributes: Attributes };

/** Numbers series from `firstId` on. */
export type SeriesFrame = {
  readonly type: 'series';
  readonly firstId: number;
  readonly series: readonly SeriesDefinition[];
};

/** A list of series that blocks fill column by column, in this order. */
export type SetFrame = { readonly type: 'set'; readonly setId: number; readonly seriesIds: readonly number[] };

export type BlockHead = {
  /** Wall clock of the first reading, ms since 1970. */
  readonly t0: number;
  readonly stepMs: number;
  /** Readings per series. */
  readonly count: number;
};

/** The integers of the set's series s are `values[s]`, the oldest first; NaN is a missing reading. */
export type Block = BlockHead & { readonly setId: number; readonly values: readonly Float64Array[] };

/** In the metrics lane, with its place in it. */
export type BatchFrame = Block & { readonly type: 'batch'; readonly seq: number };
/** What is left of the readings of a series, an entry per ten minutes. Without readings the three others are not looked at, and NaN where they were decoded. */
export type ThinnedColumn = {
  /** How many readings there were. */
  readonly readings: Float64Array;
  /** Rounded to an integer. */
  readonly mean: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
};

export type ThinnedBlock = {
  /** Where the first step begins, ms since 1970: a multiple of THINNED_STEP_MS. */
  readonly t0: number;
  /** Steps per series. */
  readonly count: number;
  readonly columns: readonly ThinnedColumn[];
};

/** In the metrics lane, in place of the batches `from`..`seq`. */
export type ThinnedFrame = ThinnedBlock & {
  readonly type: 'thinned';
  readonly setId: number;
  readonly from: number;
  readonly seq: number;
};

/** Beside the lane: the state of now, and faster readings of a device that someone watches. */
export type LooseFrame = Block & { readonly type: 'now' | 'live' };

export type Frame = SeriesFrame | SetFrame | BatchFrame | LooseFrame | ThinnedFrame;
