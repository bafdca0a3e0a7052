// What the link needs of whoever keeps the records.
import type { SeriesDefinition } from '@fettle/shared/wire/frame';

export type Lane = 'alerts' | 'metrics';

export type Outgoing =
  | { readonly kind: 'text'; readonly seq: number; readonly body: string }
  | {
      readonly kind: 'batch';
      readonly seq: number;
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

export type Outbox = {
  readonly lane: (lane: Lane) => { readonly epoch: string; readonly nextSeq: number };
  readonly read: (lane: Lane, afterSeq: number, max: number) => Promise<readonly Outgoing[]>;
  /** @returns false for what is ignored: of another epoch, or never issued */
  readonly ack: (lane: Lane, epoch: string, seq: number) => boolean;
};
