// Which segments a lane has, the oldest first, and which positions each of them speaks for: up to where the next one begins.
import type { Segment, Span } from './segment.ts';

export type Oldest = {
  readonly from: number;
  readonly to: number;
  readonly gaps: readonly Span[];
  readonly bytes: number;
};

export class Segments {
  readonly #all: Segment[];
  /** Thinned, or tried in vain. */
  readonly #isThin: WeakSet<Segment>;
  /** The last position that is on the disk, or was. */
  last: number;

  constructor(all: readonly Segment[], last: number) {
    this.#all = [...all];
    this.#isThin = new WeakSet(all.filter(({ isThinned }) => isThinned));
    this.last = last;
  }

  /** The first position that is kept. */
  get first(): number {
    return this.#all[0]?.first ?? this.last + 1;
  }

  get bytes(): number {
    return this.#all.reduce((bytes, segment) => bytes + segment.bytes, 0);
  }

  get count(): number {
    return this.#all.length;
  }

  /** The positions of the oldest, which of them were gaps when they came, and its size; undefined where nothing is left. */
  get oldest(): Oldest | undefined {
    const [segment] = this.#all;
    if (!segment || this.#lastOf(0) < segment.first) return undefined;
    return { from: segment.first, to: this.#lastOf(0), gaps: segment.gaps, bytes: segment.bytes };
  }

  at(index: number): Segment | undefined {
    return this.#all.at(index);
  }

  /** Of those that hold positions after this one. */
  bytesAfter(position: number): number {
    return this.#all.reduce((bytes, { bytes: own }, index) => bytes + (this.#lastOf(index) > position ? own : 0), 0);
  }

  /** Each with the last position that it speaks for. One may be removed while it is looked at. */
  *placed(): Generator<readonly [segment: Segment, last: number]> {
    for (let index = 0; index < this.#all.length;) {
      const segment = this.#all[index];
      if (segment) yield [segment, this.#lastOf(index)];
      if (this.#all[index] === segment) index += 1;
    }
  }

  /** @returns the one whose place it takes: it failed before anything in it counted, and at a start, too, the later one holds */
  add(segment: Segment): Segment | undefined {
    const before = this.#all.at(-1);
    this.#all.push(segment);
    if (!before || before.first < segment.first) return undefined;
    this.remove(before);
    return before;
  }

  remove(segment: Segment): void {
    this.#all.splice(this.#all.indexOf(segment), 1);
  }

  /** May it still be thinned? */
  isThick(segment: Segment): boolean {
    return !this.#isThin.has(segment);
  }

  /** @param thinned undefined where it cannot be */
  thin(segment: Segment, thinned: Segment | undefined): void {
    this.#isThin.add(thinned ?? segment);
    if (thinned) this.#all[this.#all.indexOf(segment)] = thinned;
  }

  #lastOf(index: number): number {
    return (this.#all[index + 1]?.first ?? this.last + 1) - 1;
  }
}
