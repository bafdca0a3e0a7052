// The spool in memory: as safe as the process. What an agent's death takes with it, the digest repairs.
import {
  type GapReason,
  type Lane,
  type LaneCounts,
  PAYLOAD_MAX_BYTES,
  type Spool,
  type SpoolRecord,
} from './spool.ts';

export type LaneLimits = { readonly maxBytes: number };
export type MemorySpoolOptions = {
  /** 128 bits, base64url; a new one for each lane and start. */
  readonly newEpoch: () => string;
  readonly limits: Readonly<Record<Lane, LaneLimits>>;
};

/** What a record costs beside its payload. */
const OVERHEAD_BYTES = 64;

export const memorySpool = ({ newEpoch, limits }: MemorySpoolOptions): Spool => {
  const byLane = {
    alerts: new MemoryLane(newEpoch(), limits.alerts),
    metrics: new MemoryLane(newEpoch(), limits.metrics),
  };
  return {
    append: (lane, payload, atMs) => Promise.resolve(byLane[lane].append(payload, atMs)),
    read: (lane, afterSeq, max) => Promise.resolve(byLane[lane].read(afterSeq, max)),
    ack: (lane, epoch, seq) => byLane[lane].ack(epoch, seq),
    counts: (lane) => byLane[lane].counts(),
  };
};

class MemoryLane {
  readonly #epoch: string;
  readonly #maxBytes: number;
  #records: SpoolRecord[] = [];
  #nextSeq = 1;
  #bytes = 0;
  #dropped = 0;

  constructor(epoch: string, { maxBytes }: LaneLimits) {
    this.#epoch = epoch;
    this.#maxBytes = maxBytes;
  }

  append(payload: Uint8Array, atMs: number): number {
    const seq = this.#nextSeq;
    this.#nextSeq += 1;
    const isSendable = payload.length <= PAYLOAD_MAX_BYTES;
    if (!isSendable) this.#dropped += 1;
    this.#push(isSendable ? { kind: 'data', seq, payload } : gap(seq, seq, atMs, 'refused'));
    while (this.#bytes > this.#maxBytes && this.#dropOldest(atMs));
    return seq;
  }

  read(afterSeq: number, max: number): readonly SpoolRecord[] {
    const first = this.#records.findIndex(({ seq }) => seq > afterSeq);
    return first < 0 ? [] : this.#records.slice(first, first + max).map((record) => restOf(record, afterSeq));
  }

  ack(epoch: string, seq: number): boolean {
    if (epoch !== this.#epoch || seq >= this.#nextSeq) return false;
    const kept = this.#records.findIndex((record) => record.seq > seq);
    const done = this.#records.splice(0, kept < 0 ? this.#records.length : kept);
    for (const record of done) this.#bytes -= sizeOf(record);
    const [first] = this.#records;
    if (first) this.#records[0] = restOf(first, seq);
    return true;
  }

  counts(): LaneCounts {
    return {
      epoch: this.#epoch,
      nextSeq: this.#nextSeq,
      pending: this.#records.length,
      pendingBytes: this.#bytes,
      dropped: this.#dropped,
    };
  }

  #push(record: SpoolRecord): void {
    this.#records.push(record);
    this.#bytes += sizeOf(record);
  }

  /** The oldest record joins the gap before it, or becomes one. @returns false when there is nothing but a gap */
  #dropOldest(at: number): boolean {
    const [first, second] = this.#records;
    const oldest = first?.kind === 'gap' ? second : first;
    if (!first || !oldest) return false;
    if (oldest.kind === 'data') this.#dropped += 1;
    const wider = gap(startOf(first), oldest.seq, at, 'queue_full');
    const replaced = this.#records.splice(0, oldest === first ? 1 : 2, wider);
    this.#bytes = replaced.reduce((bytes, record) => bytes - sizeOf(record), this.#bytes + sizeOf(wider));
    return true;
  }
}

const gap = (from: number, seq: number, at: number, reason: GapReason): SpoolRecord => ({
  kind: 'gap',
  seq,
  from,
  count: seq - from + 1,
  at,
  reason,
});

const startOf = (record: SpoolRecord): number => (record.kind === 'gap' ? record.from : record.seq);

/** A gap may have grown over records that were on their way: of those that arrived it does not say that they are lost. */
const restOf = (record: SpoolRecord, afterSeq: number): SpoolRecord =>
  record.kind === 'gap' && record.from <= afterSeq ? gap(afterSeq + 1, record.seq, record.at, record.reason) : record;

const sizeOf = (record: SpoolRecord): number => (record.kind === 'data' ? record.payload.length : 0) + OVERHEAD_BYTES;
