// Sends what the writer says is to be sent, a few at a time, and tells it what became of each.
import type { Outcome, WriterEvent } from '../domain/event.ts';
import type { Order } from '../domain/notice/delivery.ts';
import type { Send } from './send.ts';

export type SenderParts = {
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly send: Send;
  /** 0 to 1. */
  readonly random: () => number;
  /** Of a message that could not be sent; no secrets. */
  readonly onFailure: (about: { readonly channel: string; readonly delivery: string; readonly answer: string }) => void;
};

/** So many are on their way at once, one of each channel. */
const AT_ONCE = 16;

export class NoticeSender {
  readonly #parts: SenderParts;
  readonly #busy = new Map<string, Promise<void>>();
  /** Claims come one after the other: each names the channels that are busy by then. */
  #turn: Promise<void> = Promise.resolve();
  #isLooking = false;
  #isStopped = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** What is due becomes messages, and those that can be are sent. Resolves when they are on their way. */
  async look(): Promise<void> {
    if (this.#isLooking || this.#isStopped) return;
    this.#isLooking = true;
    try {
      for (let outcome: Outcome = { is: 'more' }; outcome.is === 'more';)
        outcome = await this.#parts.commit({ type: 'plan notices' });
      await this.#claim();
    } finally {
      this.#isLooking = false;
    }
  }

  /** Resolves when nothing is on its way: whoever calls it has seen to it that what is ends soon. */
  async close(): Promise<void> {
    this.#isStopped = true;
    await this.idle();
  }

  /** When all that is on its way has arrived or not. */
  async idle(): Promise<void> {
    for (let turn: Promise<void> | undefined; turn !== this.#turn || this.#busy.size > 0;) {
      turn = this.#turn;
      await Promise.all([turn, ...this.#busy.values()]);
    }
  }

  #claim(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#claimNow());
    return this.#turn;
  }

  async #claimNow(): Promise<void> {
    const limit = AT_ONCE - this.#busy.size;
    if (limit <= 0 || this.#isStopped) return;
    const outcome = await this.#parts.commit({ type: 'claim notices', limit, busy: [...this.#busy.keys()] });
    if (outcome.is !== 'claimed') return;
    for (const order of outcome.orders) this.#start(order);
  }

  /** A channel that has had its message may have the next one. */
  #start(order: Order): void {
    const { id } = order.channel;
    const work = this.#deliver(order).then(() => {
      this.#busy.delete(id);
      return this.#claim();
    });
    this.#busy.set(id, work);
  }

  async #deliver(order: Order): Promise<void> {
    const { commit, send, random, onFailure } = this.#parts;
    const result = await send(order);
    const { id: delivery, attempt, channel } = order;
    if (result.is === 'failed') onFailure({ channel: channel.id, delivery, answer: result.answer });
    // not kept: the writer takes it for lost after a while, and has it sent again under the same key
    await commit({ type: 'notice attempted', delivery, attempt, result, jitter: random() });
  }
}
