// Readings of one series over a range, as at most so many points: the mean, least and greatest of each span.
// A reading stands until the next is due: a point between two readings repeats the one before, a longer silence is a gap.

export type Points = {
  readonly mean: (number | null)[];
  readonly min: (number | null)[];
  readonly max: (number | null)[];
};

export class Resampler {
  readonly #fromMs: number;
  readonly #stepMs: number;
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;
  readonly #least: Float64Array;
  readonly #greatest: Float64Array;
  #lastMs = Number.NaN;
  #rhythmMs = Number.POSITIVE_INFINITY;

  constructor(fromMs: number, stepMs: number, points: number) {
    this.#fromMs = fromMs;
    this.#stepMs = stepMs;
    this.#sums = new Float64Array(points);
    this.#counts = new Float64Array(points);
    this.#least = new Float64Array(points).fill(Number.POSITIVE_INFINITY);
    this.#greatest = new Float64Array(points).fill(Number.NEGATIVE_INFINITY);
  }

  /** In the order of time; a reading outside the range is passed over. */
  add(atMs: number, value: number): void {
    const sinceMs = atMs - this.#lastMs;
    if (sinceMs > 0) this.#rhythmMs = Math.min(this.#rhythmMs, sinceMs);
    this.#lastMs = atMs;
    const point = Math.floor((atMs - this.#fromMs) / this.#stepMs);
    const count = this.#counts[point];
    if (count === undefined) return;
    this.#counts[point] = count + 1;
    this.#sums[point] = (this.#sums[point] ?? 0) + value;
    this.#least[point] = Math.min(this.#least[point] ?? value, value);
    this.#greatest[point] = Math.max(this.#greatest[point] ?? value, value);
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

  /** For each point the one whose readings it shows: itself, the one before, or -1 in a gap. */
  #sources(): readonly number[] {
    const reach = Math.ceil((OVERDUE * this.#rhythmMs) / this.#stepMs);
    let last = Number.NEGATIVE_INFINITY;
    return Array.from(this.#counts, (count, point) => {
      if (count > 0) last = point;
      return point - last < reach || count > 0 ? last : -1;
    });
  }
}

/** A reading that is this many rhythms late is missing. */
const OVERDUE = 2.5;
