// The spool in memory: as safe as the process. What an agent's death takes with it, the digest repairs.
import type { Lane, LaneCounts, Spool, SpoolRecord } from './spool.ts';

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
    this.#records.push({ kind: 'data', seq, payload });
    this.#bytes += sizeOf(payload);
    while (this.#bytes > this.#maxBytes && this.#records.length > 1) this.#dropOldest(atMs);
    return seq;
  }

  read(afterSeq: number, max: number): readonly SpoolRecord[] {
    const first = this.#records.findIndex(({ seq }) => seq > afterSeq);
    return first < 0 ? [] : this.#records.slice(first, first + max);
  }

  ack(epoch: string, seq: number): boolean {
    if (epoch !== this.#epoch || seq >= this.#nextSeq) return false;
    const kept = this.#records.findIndex((record) => record.seq > seq);
    const done = this.#records.splice(0, kept < 0 ? this.#records.length : kept);
    for (const record of done) if (record.kind === 'data') this.#bytes -= sizeOf(record.payload);
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

  /** The oldest record joins the gap before it, or becomes one. */
  #dropOldest(at: number): void {
    const [first, second] = this.#records;
    const gap = first?.kind === 'gap' ? first : undefined;
    const oldest = gap ? second : first;
    if (oldest?.kind !== 'data') return;
    this.#bytes -= sizeOf(oldest.payload);
    this.#dropped += 1;
    this.#records.splice(0, gap ? 2 : 1, {
      kind: 'gap',
      seq: oldest.seq,
      from: gap?.from ?? oldest.seq,
      count: (gap?.count ?? 0) + 1,
      at,
      reason: 'queue_full',
    });
  }
}

const sizeOf = (payload: Uint8Array): number => payload.length + OVERHEAD_BYTES;
