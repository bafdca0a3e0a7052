// Records in memory, oldest first, bounded: what does not fit is dropped from the front and stands there as one gap.
import { type Kept, gapOf, restOf, sizeOf } from './kept.ts';

export class RecordQueue {
  readonly #maxBytes: number;
  #records: Kept[] = [];
  #bytes = 0;
  #dropped = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get records(): readonly Kept[] {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Records that became a gap here. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param nowMs wall clock, for the gap of what has to go */
  push(record: Kept, nowMs: number): void {
    this.#records.push(record);
    this.#bytes += sizeOf(record);
    while (this.#bytes > this.#maxBytes && this.#dropOldest(nowMs));
  }

  after(position: number, max: number): readonly Kept[] {
    const first = this.#records.findIndex((record) => record.position > position);
    return first < 0 ? [] : this.#records.slice(first, first + max).map((record) => restOf(record, position));
  }

  forget(upTo: number): void {
    const kept = this.#records.findIndex(({ position }) => position > upTo);
    const done = this.#records.splice(0, kept < 0 ? this.#records.length : kept);
    for (const record of done) this.#bytes -= sizeOf(record);
    const [first] = this.#records;
    if (first) this.#records[0] = restOf(first, upTo);
  }

  /** The oldest record joins the gap before it, or becomes one. @returns false when there is nothing but a gap */
  #dropOldest(nowMs: number): boolean {
    const [first, second] = this.#records;
    const oldest = first?.kind === 'gap' ? second : first;
    if (!first || !oldest) return false;
    if (oldest.kind !== 'gap') this.#dropped += 1;
    const wider = gapOf({ ...oldest, from: first.from, atMs: nowMs }, 'queue_full');
    const replaced = this.#records.splice(0, oldest === first ? 1 : 2, wider);
    this.#bytes = replaced.reduce((bytes, record) => bytes - sizeOf(record), this.#bytes + sizeOf(wider));
    return true;
  }
}
