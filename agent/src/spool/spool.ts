// What a spool is: records in two lanes, numbered from 1 in an epoch, kept until the server has them on its disk.
// A lane is bounded. What does not fit is dropped oldest first, counted, and stands in the lane as a gap with its range.
import { FRAME_MAX_BYTES } from '@fettle/shared/wire/limits';

/** A longer record would not go through with what a frame says around it: kept, it would end every session that comes to it. */
export const PAYLOAD_MAX_BYTES = FRAME_MAX_BYTES - 256;

export const lanes = ['alerts', 'metrics'] as const;
export type Lane = (typeof lanes)[number];

export type SpoolRecord =
  | { readonly kind: 'data'; readonly seq: number; readonly payload: Uint8Array }
  /** What is left of the records `from`..`seq`, which were thinned because the spool was full. */
  | { readonly kind: 'thinned'; readonly seq: number; readonly from: number; readonly payload: Uint8Array }
  /** In place of the records `from`..`seq`. */
  | {
      readonly kind: 'gap';
      readonly seq: number;
      readonly from: number;
      readonly count: number;
      readonly at: number;
      readonly reason: GapReason;
    };

/**
 * In the order of their numbers on the disk: a new one comes last.
 * `forgotten`: acknowledged once, and not kept any more when a restored server asked for it again.
 */
export const gapReasons = ['queue_full', 'disk_full', 'corrupt', 'unknown_set', 'refused', 'forgotten'] as const;
export type GapReason = (typeof gapReasons)[number];

export type LaneCounts = {
  readonly epoch: string;
  readonly nextSeq: number;
  /** The last that the server acknowledged in this epoch, 0 for none. */
  readonly acked: number;
  /** Records that the server has not acknowledged. */
  readonly pending: number;
  /** Of them; on the disk, of the files that hold them. */
  readonly pendingBytes: number;
  readonly dropped: number;
  /** Records that the server refused, kept aside for a person to look at. */
  readonly setAside: number;
  /** What the lane takes on the disk, 0 in memory. */
  readonly diskBytes: number;
};

/** What is issued again in a new epoch: what the server has not acknowledged, or all that is still kept. */
export type Renewal = 'unacked' | 'kept';

export type Spool = {
  /** Keeps a record, or a gap where it is too long to be sent. @param atMs wall clock @returns its seq, when it is as safe as this spool can make it */
  readonly append: (lane: Lane, payload: Uint8Array, atMs: number) => Promise<number>;
  /** The records after `afterSeq`, at most `max`, the oldest first; acknowledged ones too, while they are kept. Of a gap that begins before it, the rest. */
  readonly read: (lane: Lane, afterSeq: number, max: number) => Promise<readonly SpoolRecord[]>;
  /** All up to `seq` is on the server's disk. Of another epoch, or beyond what was issued: ignored, false. */
  readonly ack: (lane: Lane, epoch: string, seq: number) => boolean;
  /** Begins a new epoch, in which what is meant by `what` has numbers from 1 again; nothing in it is acknowledged. */
  readonly renew: (lane: Lane, what: Renewal) => Promise<void>;
  /** Keeps a copy of a record that the server refuses, within bounds, and counts it. It leaves the lane like every other: acknowledged. */
  readonly setAside: (lane: Lane, epoch: string, seq: number) => Promise<void>;
  readonly counts: (lane: Lane) => LaneCounts;
  /** Makes safe what waits, and stops. Nothing may be appended after it; safe to call again. */
  readonly close: () => Promise<void>;
};
