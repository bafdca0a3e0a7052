// A lane of the spool on the disk: its numbers, what of it is acknowledged or lost, and the records that are not on the disk yet.
import { type Kept, gapOf, recordOf, restOf } from '../kept.ts';
import { RecordQueue } from '../queue.ts';
import { type LaneCounts, PAYLOAD_MAX_BYTES, type Renewal, type SpoolRecord } from '../spool.ts';
import type { Head, Lost } from './head.ts';
import type { LaneFiles, LaneState } from './lane-files.ts';
import type { Oldest } from './segments.ts';

export type DiskLaneOptions = {
  readonly files: LaneFiles;
  readonly head: Head | undefined;
  readonly newEpoch: () => string;
  /** Numbers go on over a start; otherwise each start begins a new epoch with what is kept and not acknowledged. */
  readonly isExact: boolean;
  /** Of records that are not on the disk. */
  readonly memoryBytes: number;
  readonly setAside: number;
  /** Wall clock. */
  readonly nowMs: number;
};

export class DiskLane {
  readonly files: LaneFiles;
  readonly queue: RecordQueue;
  readonly #newEpoch: () => string;
  readonly #startedMs: number;
  #epoch: string;
  #base: number;
  #acked: number;
  #lost: Lost | undefined;
  /** The last position that was read in this epoch: it may be with the server, or on its way. */
  #given: number;
  #next: number;
  #dropped = 0;
  #setAside: number;
  /** Holes in the files up to here were counted. */
  #missedUpTo = 0;
  /** What is not on the disk is given all the same: it is as safe as it can be. */
  isReadFromMemory: boolean;

  constructor({ files, head, newEpoch, isExact, memoryBytes, setAside, nowMs }: DiskLaneOptions) {
    this.#startedMs = nowMs;
    this.files = files;
    this.queue = new RecordQueue(memoryBytes);
    this.#newEpoch = newEpoch;
    this.#setAside = setAside;
    this.isReadFromMemory = !isExact;
    this.#next = files.last + 1;
    this.#lost = stillLost(head?.lost, files.segments.first);
    const isContinued = isExact && head !== undefined;
    this.#acked = Math.min(files.last, Math.max(head?.acked ?? 0, isContinued ? 0 : this.#firstKept - 1));
    this.#given = this.#acked;
    this.#epoch = isContinued ? head.epoch : newEpoch();
    this.#base = isContinued ? head.base : this.#acked;
  }

  get state(): LaneState {
    return { epoch: this.#epoch, base: this.#base, acked: this.#acked, lost: this.#lost };
  }

  get acked(): number {
    return this.#acked;
  }

  get given(): number {
    return this.#given;
  }

  append(payload: Uint8Array, { atMs, monoMs }: Pick<Kept, 'atMs' | 'monoMs'>): number {
    const position = this.#next;
    this.#next += 1;
    const place = { from: position, position, atMs, monoMs };
    const isSendable = payload.length <= PAYLOAD_MAX_BYTES;
    if (!isSendable) this.#dropped += 1;
    this.queue.push(isSendable ? { ...place, kind: 'data', payload } : gapOf(place, 'refused'), atMs);
    return position;
  }

  seqOf(position: number): number {
    return position - this.#base;
  }

  /** @returns whether reading after it could give anything */
  hasAfter(seq: number): boolean {
    return this.#base + seq < this.#visible;
  }

  async read(afterSeq: number, max: number): Promise<readonly SpoolRecord[]> {
    const after = this.#base + afterSeq;
    const lost = [...this.#forgottenAfter(after), ...this.#lostAfter(after)].slice(0, max);
    const onDisk = max > lost.length ? await this.files.read(lost.at(-1)?.position ?? after, max - lost.length) : [];
    this.#countMissing(onDisk);
    const found = [...lost, ...onDisk];
    const last = found.at(-1)?.position ?? after;
    const isRest = this.isReadFromMemory && last >= this.files.last;
    const young = isRest ? this.queue.after(Math.max(last, this.files.last), max - found.length) : [];
    this.#given = Math.max(this.#given, young.at(-1)?.position ?? last);
    return [...found, ...young].map((kept) => recordOf(kept, this.#base));
  }

  ack(epoch: string, seq: number): boolean {
    const position = this.#base + seq;
    if (epoch !== this.#epoch || position > this.#visible) return false;
    this.#acked = Math.max(this.#acked, position);
    this.#given = Math.max(this.#given, position);
    if (position > this.files.last) this.queue.forget(position);
    if (this.#lost && this.#acked >= this.#lost.from) {
      this.#lost = this.#acked >= this.#lost.to ? undefined : { ...this.#lost, from: this.#acked + 1 };
    }
    return true;
  }

  renew(what: Renewal): void {
    // what of this numbering is kept no more is told as forgotten; of those before it nobody asks
    this.#acked = what === 'unacked' ? this.#acked : Math.min(this.#base, this.#firstKept - 1);
    this.#base = this.#acked;
    this.#given = this.#acked;
    this.#epoch = this.#newEpoch();
  }

  /** The oldest segment is gone, or is about to go: one that could not be removed is lost only once. */
  lose(gone: Pick<Oldest, 'from' | 'to' | 'gaps'>, atMs: number, reason: Lost['reason']): void {
    const from = Math.max(gone.from, this.#acked + 1, (this.#lost?.to ?? 0) + 1);
    if (gone.to < from) return; // the server has all of it, or will be told
    const before = gone.gaps.reduce((sum, gap) => sum + Math.max(0, gap.position - Math.max(from, gap.from) + 1), 0);
    this.#dropped += Math.max(0, gone.to - from + 1 - before);
    this.#lost = { from: this.#lost?.from ?? from, to: gone.to, atMs, reason };
  }

  noteSetAside(epoch: string, seq: number): boolean {
    const isOurs = epoch === this.#epoch && this.#base + seq <= this.#visible;
    if (isOurs) this.#setAside += 1;
    return isOurs;
  }

  counts(): LaneCounts {
    const { queue, files } = this;
    const young = this.isReadFromMemory ? queue.records : [];
    const inGaps = young.reduce((count, { from, position }) => count + position - from, 0);
    const inLost = this.#lost ? this.#lost.to - this.#lost.from : 0;
    return {
      epoch: this.#epoch,
      nextSeq: this.seqOf(this.#visible + 1),
      acked: this.seqOf(this.#acked),
      pending: this.#visible - this.#acked - inGaps - inLost,
      pendingBytes: queue.bytes + this.#unackedBytes,
      dropped: this.#dropped + queue.dropped,
      setAside: this.#setAside + files.setAside,
      diskBytes: files.segments.bytes,
    };
  }

  /** Positions up to it have been issued: their records are as safe as they will be. */
  get #visible(): number {
    return this.isReadFromMemory ? this.#next - 1 : this.files.last;
  }

  get #unackedBytes(): number {
    return this.#acked >= this.files.last ? 0 : this.files.segments.bytesAfter(this.#acked);
  }

  get #firstKept(): number {
    return this.#lost?.from ?? this.files.segments.oldest?.from ?? this.queue.records[0]?.from ?? this.#next;
  }

  /** Acknowledged and removed; or dropped from a full disk just before the power went. A server that has it does not ask. */
  #forgottenAfter(after: number): readonly Kept[] {
    const position = this.#firstKept - 1;
    if (position <= after) return [];
    return [gapOf({ from: after + 1, position, atMs: this.#startedMs, monoMs: 0 }, 'forgotten')];
  }

  #lostAfter(after: number): readonly Kept[] {
    if (!this.#lost || this.#lost.to <= after) return [];
    const { from, to, atMs, reason } = this.#lost;
    return [restOf(gapOf({ from, position: to, atMs, monoMs: 0 }, reason), after)];
  }

  #countMissing(read: readonly Kept[]): void {
    for (const kept of read) {
      if (kept.kind !== 'gap' || kept.reason !== 'corrupt' || kept.position <= this.#missedUpTo) continue;
      this.#dropped += kept.position - Math.max(kept.from - 1, this.#missedUpTo);
      this.#missedUpTo = kept.position;
    }
  }
}

/** A segment that was to be dropped may still be there: nothing of it is lost. */
const stillLost = (lost: Lost | undefined, first: number): Lost | undefined =>
  lost && lost.from < first ? { ...lost, to: Math.min(lost.to, first - 1) } : undefined;
