// The binary frames of metrics; byte by byte in PROTOCOL.md. The agent encodes (encode.ts), the server decodes (decode.ts).
import type { Attributes } from '../metric/sample.ts';

/** The first byte of a frame. */
export const FRAME = { series: 1, set: 2, batch: 3, now: 4, live: 5 } as const;

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
/** Beside the lane: the state of now, and faster readings of a device that someone watches. */
export type LooseFrame = Block & { readonly type: 'now' | 'live' };

export type Frame = SeriesFrame | SetFrame | BatchFrame | LooseFrame;
