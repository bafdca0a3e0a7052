// Readings of one series over a range, as at most so many points: the mean, least and greatest of each span.
// A reading stands until the next is due: a point between two readings repeats the one before, a longer silence is a gap.
// Of a time that was thinned all that is known is one mean, least and greatest: each point of it shows these.

export type Points = {
  readonly mean: (number | null)[];
  readonly min: (number | null)[];
  readonly max: (number | null)[];
};

/** What is left of the readings from `fromMs` to before `toMs`. */
export type Thinned = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly readings: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
};

export class Resampler {
  readonly #fromMs: number;
  readonly #stepMs: number;
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;
  readonly #least: Float64Array;
  readonly #greatest: Float64Array;
  /** For each point of a thinned time the one that has its readings, else -1. */
  readonly #thinnedIn: Int32Array;
  #lastMs = Number.NaN;
  #rhythmMs = Number.POSITIVE_INFINITY;

  constructor(fromMs: number, stepMs: number, points: number) {
    this.#fromMs = fromMs;
    this.#stepMs = stepMs;
    this.#sums = new Float64Array(points);
    this.#counts = new Float64Array(points);
    this.#least = new Float64Array(points).fill(Number.POSITIVE_INFINITY);
    this.#greatest = new Float64Array(points).fill(Number.NEGATIVE_INFINITY);
    this.#thinnedIn = new Int32Array(points).fill(-1);
  }

  /** In the order of time; a reading outside the range is passed over. */
  add(atMs: number, value: number): void {
    this.#noteTime(atMs);
    this.#count(this.#pointAt(atMs), { readings: 1, mean: value, min: value, max: value });
  }

  /** In the order of time, and before any reading of `add`. Its readings count once, in the middle of what it has of the range. */
  addThinned(thinned: Thinned): void {
    const { fromMs, toMs, readings } = thinned;
    this.#noteTime(fromMs);
    if (readings > 1) this.#rhythmMs = Math.min(this.#rhythmMs, (toMs - fromMs) / readings);
    const first = Math.max(0, this.#pointAt(fromMs));
    const last = Math.min(this.#counts.length - 1, this.#pointAt(toMs - 1));
    if (first > last) return;
    const middle = Math.min(last, Math.max(first, this.#pointAt((fromMs + toMs) / 2)));
    this.#count(middle, thinned);
    this.#thinnedIn.fill(middle, first, last + 1);
  }

  /** @param scale from the stored integers to the catalogue's unit */
  points(scale: (value: number) => number): Points {
    const source = this.#sources();
    const pick = (of: (point: number) => number) => source.map((point) => (point < 0 ? null : scale(of(point))));
    return {
      mean: pick((point) => (this.#sums[point] ?? 0) / (this.#counts[point] ?? 1)),
      min: pick((point) => this.#least[point] ?? 0),
      max: pick((point) => this.#greatest[point] ?? 0),
    };
  }

  #pointAt(atMs: number): number {
    return Math.floor((atMs - this.#fromMs) / this.#stepMs);
  }

  #noteTime(atMs: number): void {
    const sinceMs = atMs - this.#lastMs;
    if (sinceMs > 0) this.#rhythmMs = Math.min(this.#rhythmMs, sinceMs);
    this.#lastMs = atMs;
  }

  #count(point: number, { readings, mean, min, max }: Omit<Thinned, 'fromMs' | 'toMs'>): void {
    const count = this.#counts[point];
    if (count === undefined) return;
    this.#counts[point] = count + readings;
    this.#sums[point] = (this.#sums[point] ?? 0) + mean * readings;
    this.#least[point] = Math.min(this.#least[point] ?? min, min);
    this.#greatest[point] = Math.max(this.#greatest[point] ?? max, max);
  }

  /** For each point the one whose readings it shows: itself, that of its thinned time, the one before, or -1 in a gap. */
  #sources(): readonly number[] {
    const reach = Math.ceil((OVERDUE * this.#rhythmMs) / this.#stepMs);
    let last = Number.NEGATIVE_INFINITY;
    let source = -1;
    return Array.from(this.#counts, (count, point) => {
      const own = count > 0 ? point : (this.#thinnedIn[point] ?? -1);
      if (own < 0) return point - last < reach ? source : -1;
      last = point;
      source = own;
      return own;
    });
  }
}

/** A reading that is this many rhythms late is missing. */
const OVERDUE = 2.5;
