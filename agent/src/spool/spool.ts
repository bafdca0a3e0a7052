// What a spool is: records in two lanes, numbered from 1 in an epoch, kept until the server has them on its disk.
// A lane is bounded. What does not fit is dropped oldest first, counted, and stands in the lane as a gap with its range.
import { FRAME_MAX_BYTES } from '@fettle/shared/wire/limits';

/** A longer record would not go through with what a frame says around it: kept, it would end every session that comes to it. */
export const PAYLOAD_MAX_BYTES = FRAME_MAX_BYTES - 256;

export const lanes = ['alerts', 'metrics'] as const;
export type Lane = (typeof lanes)[number];

export type SpoolRecord =
  | { readonly kind: 'data'; readonly seq: number; readonly payload: Uint8Array }
  /** In place of the records `from`..`seq`. */
  | {
      readonly kind: 'gap';
      readonly seq: number;
      readonly from: number;
      readonly count: number;
      readonly at: number;
      readonly reason: GapReason;
    };

export type GapReason = 'queue_full' | 'disk_full' | 'corrupt' | 'unknown_set' | 'refused';

export type LaneCounts = {
  readonly epoch: string;
  readonly nextSeq: number;
  /** Records that the server has not acknowledged. */
  readonly pending: number;
  readonly pendingBytes: number;
  readonly dropped: number;
};

export type Spool = {
  /** Keeps a record, or a gap where it is too long to be sent. @param atMs wall clock @returns its seq, when it is as safe as this spool can make it */
  readonly append: (lane: Lane, payload: Uint8Array, atMs: number) => Promise<number>;
  /** The records after `afterSeq`, at most `max`, the oldest first. Of a gap that begins before it, the rest. */
  readonly read: (lane: Lane, afterSeq: number, max: number) => Promise<readonly SpoolRecord[]>;
  /** All up to `seq` is on the server's disk. Of another epoch, or beyond what was issued: ignored, false. */
  readonly ack: (lane: Lane, epoch: string, seq: number) => boolean;
  readonly counts: (lane: Lane) => LaneCounts;
};
