// The spool in memory: as safe as the process. What an agent's death takes with it, the digest repairs.
import { type Kept, gapOf, recordOf } from './kept.ts';
import { RecordQueue } from './queue.ts';
import { type Lane, type LaneCounts, PAYLOAD_MAX_BYTES, type Spool, type SpoolRecord } from './spool.ts';

export type MemorySpoolOptions = {
  /** 128 bits, base64url; a new one for each lane, start and renewal. */
  readonly newEpoch: () => string;
  readonly maxBytes: Readonly<Record<Lane, number>>;
};

export const memorySpool = ({ newEpoch, maxBytes }: MemorySpoolOptions): Spool => {
  const byLane = {
    alerts: new MemoryLane(newEpoch, maxBytes.alerts),
    metrics: new MemoryLane(newEpoch, maxBytes.metrics),
  };
  return {
    append: (lane, payload, atMs) => Promise.resolve(byLane[lane].append(payload, atMs)),
    read: (lane, afterSeq, max) => Promise.resolve(byLane[lane].read(afterSeq, max)),
    ack: (lane, epoch, seq) => byLane[lane].ack(epoch, seq),
    // what is acknowledged is not kept here, so both renewals are the same
    renew: (lane) => Promise.resolve(byLane[lane].renew()),
    setAside: (lane, epoch, seq) => Promise.resolve(byLane[lane].setAside(epoch, seq)),
    counts: (lane) => byLane[lane].counts(),
    close: () => Promise.resolve(),
  };
};

class MemoryLane {
  readonly #newEpoch: () => string;
  readonly #queue: RecordQueue;
  #epoch: string;
  #base = 0;
  #last = 0;
  #acked = 0;
  #refused = 0;
  #setAside = 0;

  constructor(newEpoch: () => string, maxBytes: number) {
    this.#newEpoch = newEpoch;
    this.#epoch = newEpoch();
    this.#queue = new RecordQueue(maxBytes);
  }

  append(payload: Uint8Array, atMs: number): number {
    this.#last += 1;
    const place = { from: this.#last, position: this.#last, atMs, monoMs: 0 };
    const isSendable = payload.length <= PAYLOAD_MAX_BYTES;
    if (!isSendable) this.#refused += 1;
    this.#queue.push(isSendable ? { ...place, kind: 'data', payload } : gapOf(place, 'refused'), atMs);
    return this.#last - this.#base;
  }

  read(afterSeq: number, max: number): readonly SpoolRecord[] {
    const after = this.#base + afterSeq;
    const forgotten = max > 0 ? this.#forgottenAfter(after) : [];
    const found = [...forgotten, ...this.#queue.after(after, max - forgotten.length)];
    return found.map((kept) => recordOf(kept, this.#base));
  }

  /** A restored server asks for what it once acknowledged. A hole would end every session. */
  #forgottenAfter(after: number): readonly Kept[] {
    const [first] = this.#queue.records;
    if (!first || first.from <= after + 1) return [];
    return [gapOf({ ...first, from: after + 1, position: first.from - 1 }, 'forgotten')];
  }

  ack(epoch: string, seq: number): boolean {
    const position = this.#base + seq;
    if (epoch !== this.#epoch || position > this.#last) return false;
    this.#acked = Math.max(this.#acked, position);
    this.#queue.forget(position);
    return true;
  }

  renew(): void {
    this.#base = this.#acked;
    this.#epoch = this.#newEpoch();
  }

  setAside(epoch: string, seq: number): void {
    if (epoch === this.#epoch && this.#base + seq <= this.#last) this.#setAside += 1;
  }

  counts(): LaneCounts {
    return {
      epoch: this.#epoch,
      nextSeq: this.#last - this.#base + 1,
      acked: this.#acked - this.#base,
      pending: this.#queue.records.length,
      pendingBytes: this.#queue.bytes,
      dropped: this.#queue.dropped + this.#refused,
      setAside: this.#setAside,
      diskBytes: 0,
    };
  }
}
