// What the link needs of whoever keeps the records.
import type { SeriesDefinition } from '@fettle/shared/wire/frame';

export const lanes = ['alerts', 'metrics'] as const;
export type Lane = (typeof lanes)[number];

export type Outgoing =
  | { readonly kind: 'text'; readonly seq: number; readonly body: string }
  | {
      readonly kind: 'batch';
      readonly seq: number;
      readonly setKey: number;
      readonly series: readonly SeriesDefinition[];
      readonly block: Uint8Array;
    }
  /** In place of the batches `from`..`seq`. */
  | {
      readonly kind: 'thinned';
      readonly seq: number;
      readonly from: number;
      readonly setKey: number;
      readonly series: readonly SeriesDefinition[];
      readonly block: Uint8Array;
    }
  | {
      readonly kind: 'gap';
      readonly seq: number;
      readonly from: number;
      readonly count: number;
      readonly at: number;
      readonly reason: string;
    };

export type LaneNumbers = {
  readonly epoch: string;
  readonly nextSeq: number;
  /** The last that was acknowledged in this epoch, 0 for none. */
  readonly acked: number;
};

/** What is issued again in a new epoch: what is not acknowledged, or all that is kept. */
export type Renewal = 'unacked' | 'kept';

export type Outbox = {
  readonly lane: (lane: Lane) => LaneNumbers;
  /** After `afterSeq`, the oldest first; what is acknowledged too, while it is kept. */
  readonly read: (lane: Lane, afterSeq: number, max: number) => Promise<readonly Outgoing[]>;
  /** @returns false for what is ignored: of another epoch, or never issued */
  readonly ack: (lane: Lane, epoch: string, seq: number) => boolean;
  /** Begins a new epoch at 1. */
  readonly renew: (lane: Lane, what: Renewal) => Promise<void>;
  /** Keeps a copy of a record that the server refused. */
  readonly setAside: (lane: Lane, epoch: string, seq: number) => Promise<void>;
};
