// A message to one channel on its way, and what became of an attempt to send it.
import type { Channel } from './channel.ts';
import type { Message, Tell } from './message.ts';
import type { Failure } from './retry.ts';

export type Delivery = {
  readonly id: string;
  /** The same for the same changes, however often they are sent. */
  readonly key: string;
  readonly channel: string;
  readonly tenant: string;
  readonly topic: string;
  readonly message: Message;
  readonly tells: readonly Tell[];
  readonly state: 'queued' | 'sending' | 'sent' | 'skipped' | 'dead';
  readonly attempts: number;
  /** When it is tried; while it is sent: when it is taken for lost. */
  readonly nextMs: number;
  /** It may have arrived, or a person wants it: it is sent even if all of it is over. */
  readonly isOwed: boolean;
  readonly answer: string;
  readonly madeMs: number;
  readonly settledMs: number | null;
};

/** For whatever sends: the channel with its secrets. `attempt` tells a late answer from that of the attempt that is under way. */
export type Order = Pick<Delivery, 'id' | 'key' | 'message'> & { readonly attempt: number; readonly channel: Channel };

/** `answer`: what the receiver said, for people, without secrets. */
export type Attempted =
  | { readonly is: 'sent'; readonly answer: string }
  | ({
      readonly is: 'failed';
      readonly answer: string;
      /** Nobody knows whether it was taken: the answer did not come. */
      readonly mayHaveArrived: boolean;
    } & Failure);
