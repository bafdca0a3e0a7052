// One lane of one session: which record must come next, what became of those that came, and what to acknowledge.
import type { Outcome, WriterEvent } from '../domain/event.ts';
import type { Pressure } from './pressure.ts';

export type LaneName = 'alerts' | 'metrics';

export type LaneParts = {
  readonly name: LaneName;
  readonly epoch: string;
  /** The last record of this epoch that is on the disk; 0 for none. */
  readonly durable: number;
  /** How many records may be on the way at once. */
  readonly window: number;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  /** Of all sessions together. */
  readonly pressure: Pressure;
  readonly onDurable: () => void;
  /** The record cannot take effect. Its place is passed. */
  readonly onPoison: (lane: LaneName, seq: number, message: string) => void;
  /** The session cannot go on. */
  readonly onEnd: (why: 'unknown_device' | 'unavailable') => void;
};

/** Windows on the way before it is a flood: an agent may count a poisoned record as answered before its place is durable. */
const SLACK = 2;

export class Lane {
  readonly #parts: LaneParts;
  #next: number;
  #durable: number;
  #acked: number;
  #waiting = 0;
  #isHeld = false;
  /** One came that was acknowledged before: whoever sends it again has not heard of it. */
  #isRepeated = false;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#next = parts.durable + 1;
    this.#durable = parts.durable;
    this.#acked = parts.durable;
  }

  get name(): LaneName {
    return this.#parts.name;
  }

  get epoch(): string {
    return this.#parts.epoch;
  }

  /** Something was not taken while the disk is full: nothing after it can be, before another session begins at the mark. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** @param from the first record that this one stands for: its own seq but for a gap. @returns what is wrong with its place, if anything */
  place(epoch: string, from: number, seq: number): string | undefined {
    if (epoch !== this.epoch) return `The epoch of lane ${this.name} is ${this.epoch}, not ${epoch}.`;
    if (from > this.#next) return `Record ${this.#next} of lane ${this.name} is next, not ${from}.`;
    if (from > seq) return `A gap cannot go from ${from} to ${seq}.`;
    if (this.#waiting >= SLACK * this.#parts.window)
      return `More than ${this.#parts.window} records of lane ${this.name} are on the way.`;
    this.#next = Math.max(this.#next, seq + 1);
    return undefined;
  }

  /** @param textLength of the message, where it was one */
  async submit(seq: number, event: WriterEvent, textLength = 0): Promise<void> {
    const { commit, pressure, name, onDurable, onPoison, onEnd } = this.#parts;
    const bytes = 'block' in event ? event.block.length : textLength;
    if (!pressure.take(bytes)) return onEnd('unavailable');
    this.#waiting += 1;
    const outcome = await commit(event);
    this.#waiting -= 1;
    pressure.give(bytes);
    if (outcome.is === 'held') {
      this.#isHeld = true;
      return;
    }
    if (outcome.is === 'unavailable') return onEnd('unavailable');
    if (outcome.is === 'refused' && outcome.code === 'unknown_device') return onEnd('unknown_device');
    if (outcome.is === 'refused') onPoison(name, seq, outcome.message);
    if (outcome.is === 'duplicate') this.#isRepeated = true;
    this.#durable = Math.max(this.#durable, seq);
    onDurable();
  }

  /** The seq to acknowledge, or undefined when nothing is new. */
  takeAck(): number | undefined {
    if (this.#durable <= this.#acked && !this.#isRepeated) return undefined;
    this.#isRepeated = false;
    this.#acked = this.#durable;
    return this.#acked;
  }
}
