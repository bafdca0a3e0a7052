// From the frames of the segments, in order, to the records of the lane: what is missing between two of them is a gap.
import { type Kept, gapOf, restOf } from '../kept.ts';
import type { Frame } from './frame.ts';
import { decodeReason } from './head.ts';
import type { Names } from './names.ts';

export type WalkOptions = {
  /** Records after this position. */
  readonly after: number;
  readonly max: number;
  readonly maxBytes: number;
  readonly names: Names | undefined;
};

export class Walk {
  readonly #options: WalkOptions;
  readonly #found: Kept[] = [];
  #expected: number;
  #bytes = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.#expected = options.after + 1;
  }

  get found(): readonly Kept[] {
    return this.#found;
  }

  /** The position that comes next. */
  get expected(): number {
    return this.#expected;
  }

  get isFull(): boolean {
    return this.#found.length >= this.#options.max || this.#bytes >= this.#options.maxBytes;
  }

  /** @param limit of its segment: what lies beyond stands in a later one. @param described the long forms that its segment has said so far */
  take(frame: Frame, limit: number, described: ReadonlyMap<number, Uint8Array>): void {
    if (frame.position < this.#expected || frame.position > limit) return;
    const kept = this.#keptOf(frame, described);
    if (!kept) return;
    this.#fillUpTo(frame.from - 1, frame);
    if (!this.isFull) this.#push(restOf(kept, this.#expected - 1));
  }

  /** Nothing comes any more up to this position. */
  end(last: number, nowMs: number): void {
    if (!this.isFull) this.#fillUpTo(last, { atMs: nowMs, monoMs: 0 });
  }

  #fillUpTo(last: number, { atMs, monoMs }: Pick<Frame, 'atMs' | 'monoMs'>): void {
    if (last < this.#expected) return;
    this.#push(gapOf({ from: this.#expected, position: last, atMs, monoMs }, 'corrupt'));
  }

  #push(kept: Kept): void {
    this.#found.push(kept);
    this.#bytes += kept.kind === 'gap' ? 0 : kept.payload.length;
    this.#expected = kept.position + 1;
  }

  #keptOf(frame: Frame, described: ReadonlyMap<number, Uint8Array>): Kept | undefined {
    const { kind, from, position, atMs, monoMs, payload } = frame;
    const place = { from, position, atMs, monoMs };
    if (kind === 'gap') return gapOf(place, decodeReason(payload));
    if (kind !== 'data' && kind !== 'thinned') return undefined;
    const { names } = this.#options;
    if (!names) return { ...place, kind, payload };
    const description = described.get(names.keyOf(payload));
    return description ? { ...place, kind, payload: names.adopt(payload, description) } : gapOf(place, 'unknown_set');
  }
}
