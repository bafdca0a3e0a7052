// The segments of a lane, oldest first, and the one at the end that grows.
import type { Clock } from '@fettle/shared/time';

import type { SpoolDisk } from '../../host/spool-disk.ts';
import type { Kept } from '../kept.ts';
import type { Lane } from '../spool.ts';
import { setFileAside } from './aside.ts';
import { frameAt } from './frame.ts';
import type { Head } from './head.ts';
import type { Names } from './names.ts';
import { LaneReader, withFile } from './reader.ts';
import type { Segment } from './segment.ts';
import { Segments } from './segments.ts';
import { Tail } from './tail.ts';
import { thinSegment } from './thin-segment.ts';
import { Walk } from './walk.ts';
import { bytesOf, headBytes, joined } from './writer.ts';

export type LaneFilesParts = {
  readonly disk: SpoolDisk;
  readonly lane: Lane;
  readonly clock: Clock;
  readonly bootId: string;
  readonly segmentBytes: number;
  /** Absent where payloads mean the same in every process. */
  readonly names: Names | undefined;
};

/** What the lane says of itself in each head and note. */
export type LaneState = Omit<Head, 'serial' | 'bootId'>;

/** What the start found. */
export type Found = {
  /** The oldest first; the last one's end is known to be whole. */
  readonly segments: Segment[];
  readonly head: Head | undefined;
  readonly last: number;
  readonly serial: number;
};

/** A read gives no more at once, whatever is asked for. */
const READ_MAX_BYTES = 256 * 1024;
/** Its texts are of 1.5 KiB at most. */
const HEAD_MAX_BYTES = 4 * 1024;

export class LaneFiles {
  readonly #parts: LaneFilesParts;
  readonly segments: Segments;
  #tail: Tail | undefined;
  #serial: number;
  readonly #reader: LaneReader;
  #setAside = 0;
  #notedAcked = 0;

  constructor(parts: LaneFilesParts, { segments, last, serial }: Found) {
    this.#parts = parts;
    this.#reader = new LaneReader(parts.disk, parts.lane);
    this.segments = new Segments(segments, last);
    this.#serial = serial;
  }

  /** The last position that is on the disk, or was. */
  get last(): number {
    return this.segments.last;
  }

  /** Segments that were unreadable. */
  get setAside(): number {
    return this.#setAside;
  }

  /** The last acknowledged position that the files tell of. */
  get notedAcked(): number {
    return this.#notedAcked;
  }

  /** The newest segment grows on after a start. @throws as fs does */
  async goOn(): Promise<void> {
    const newest = this.segments.at(-1);
    if (newest && newest.bytes < this.#parts.segmentBytes) this.#tail = await Tail.goOn(this.#parts.disk, newest);
  }

  /** On the disk as far as `last` says, also when it throws. @throws as fs does */
  async write(records: readonly Kept[], state: LaneState): Promise<void> {
    for (let index = 0; index < records.length;) {
      const tail = await this.#tailFor(records[index]?.from ?? 0);
      const named = new Set(tail.named);
      const { parts, next } = this.#partsOf(records, index, { tail, named, state });
      await this.#append(tail, parts);
      for (const key of named) tail.named.add(key);
      const written = records.slice(index, next);
      const gaps = written.filter(({ kind }) => kind === 'gap');
      tail.segment.gaps.push(...gaps.map(({ from, position }) => ({ from, position })));
      this.segments.last = written.at(-1)?.position ?? this.last;
      index = next;
    }
  }

  /** A new segment for a new state, also when it throws: then the next record begins it. @throws as fs does */
  async begin(state: LaneState): Promise<void> {
    const isEmpty = this.#tail && this.#tail.segment.first > this.last;
    if (this.#tail && isEmpty && !this.#tail.isBroken && (await this.#isSaid(state))) return;
    await this.#endTail();
    await this.#say('head', await this.#tailFor(this.last + 1), state);
  }

  /** Says the state where no record does. @throws as fs does */
  async note(state: LaneState): Promise<void> {
    if (!this.#tail || this.#tail.isBroken) return this.begin(state);
    await this.#say('note', this.#tail, state);
  }

  async read(after: number, max: number): Promise<readonly Kept[]> {
    const { names, clock } = this.#parts;
    const begin = Math.max(after, this.segments.first - 1);
    const walk = new Walk({ after: begin, max, maxBytes: READ_MAX_BYTES, names });
    for (const [segment, last] of this.segments.placed()) {
      if (walk.isFull) break;
      if (last >= walk.expected && !(await this.#reader.read(segment, walk, last))) await this.#passOver(segment);
    }
    walk.end(this.last, clock.wallMs());
    return walk.found;
  }

  /** @param state said before it goes, where something is lost with it. @throws as fs does */
  async dropOldest(state?: LaneState): Promise<void> {
    const segment = this.segments.at(0);
    if (!segment) return;
    if (this.#tail?.segment === segment) await this.#endTail();
    const isNoted = state === undefined || (await this.#isSaid(state));
    await this.#parts.disk.remove(segment.path);
    this.segments.remove(segment);
    if (!isNoted) await this.#isSaid(state); // now there is room for it; if not, the next head says it
  }

  /** When the oldest segment was full: as of then all in it is older. @throws as fs does */
  async oldestEndedMs(): Promise<number | undefined> {
    const second = this.segments.at(1);
    if (!second) return undefined;
    const bytes = await withFile(this.#parts.disk, second.path, (file) => file.read(0, HEAD_MAX_BYTES));
    return frameAt(this.#parts.lane, bytes, 0)?.frame.atMs;
  }

  /** @param after the server may have what is up to it: a thinned record would say it again. @returns false when there is nothing to thin any more. @throws as fs does */
  async thinOldest(after: number): Promise<boolean> {
    const { names, disk, lane } = this.#parts;
    if (!names) return false;
    for (const [segment, last] of this.segments.placed()) {
      if (segment.first <= after || segment === this.#tail?.segment || !this.segments.isThick(segment)) continue;
      const thinned = await thinSegment({ disk, lane, names }, segment, last);
      this.segments.thin(segment, thinned);
      if (!thinned) continue;
      this.#reader.forget();
      return true;
    }
    return false;
  }

  async close(): Promise<void> {
    await this.#endTail();
  }

  async #tailFor(first: number): Promise<Tail> {
    const { disk, lane, segmentBytes } = this.#parts;
    const isUsable = this.#tail && !this.#tail.isBroken && this.#tail.segment.bytes < segmentBytes;
    if (this.#tail && isUsable) return this.#tail;
    await this.#endTail();
    this.#serial += 1;
    this.#tail = await Tail.begin(disk, lane, { serial: this.#serial, first });
    return this.#tail;
  }

  /** As many records as the segment takes, at least one. */
  #partsOf(
    records: readonly Kept[],
    index: number,
    { tail, named, state }: { readonly tail: Tail; readonly named: Set<number>; readonly state: LaneState },
  ) {
    const { lane, names, segmentBytes } = this.#parts;
    const parts = tail.segment.bytes === 0 ? [this.#headBytes('head', tail, state)] : [];
    let size = tail.segment.bytes + (parts[0]?.length ?? 0);
    let next = index;
    for (const record of records.slice(index)) {
      if (next > index && size >= segmentBytes) break;
      const bytes = bytesOf(lane, record, names, named);
      parts.push(bytes);
      size += bytes.length;
      next += 1;
    }
    return { parts, next };
  }

  async #append(tail: Tail, parts: readonly Uint8Array[]): Promise<void> {
    const isNew = tail.segment.bytes === 0;
    try {
      await tail.append(joined(parts));
    } catch (error) {
      if (isNew) await this.#giveUp(tail);
      throw error;
    }
    const former = isNew ? this.segments.add(tail.segment) : undefined;
    if (former) await this.#parts.disk.remove(former.path).catch(() => undefined);
  }

  /** A new segment that nothing could be written into. */
  async #giveUp(tail: Tail): Promise<void> {
    await this.#endTail();
    await this.#parts.disk.remove(tail.segment.path).catch(() => undefined); // a start passes over it
  }

  async #endTail(): Promise<void> {
    const tail = this.#tail;
    this.#tail = undefined;
    await tail?.close();
  }

  /** Not one frame of it can be read: what it held becomes a gap. */
  async #passOver(segment: Segment): Promise<void> {
    if (this.#tail?.segment === segment) await this.#endTail();
    this.#setAside += 1;
    this.segments.remove(segment);
    await setFileAside(this.#parts.disk, segment.path).catch(() => undefined); // it may be gone
  }

  async #isSaid(state: LaneState): Promise<boolean> {
    try {
      await this.note(state);
      return true;
    } catch {
      return false;
    }
  }

  async #say(kind: 'head' | 'note', tail: Tail, state: LaneState): Promise<void> {
    await this.#append(tail, [this.#headBytes(kind, tail, state)]);
    this.#notedAcked = state.acked;
  }

  #headBytes(kind: 'head' | 'note', { segment }: Tail, state: LaneState): Uint8Array {
    const { lane, clock, bootId } = this.#parts;
    const place = {
      position: Math.max(0, segment.first - 1, kind === 'note' ? this.last : 0),
      atMs: clock.wallMs(),
      monoMs: clock.monoMs(),
    };
    return headBytes(lane, kind, { ...state, serial: segment.serial, bootId }, place);
  }
}
