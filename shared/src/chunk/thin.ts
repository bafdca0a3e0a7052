// Thinning: consecutive batches of one set of series become the least, the mean and the greatest reading of each ten minutes.
// The agent does it to what waits for a server for so long that the spool is full: less detail, but no hole.
import { decodeBlock, headOf } from '../wire/decode.ts';
import type { ThinnedColumn } from '../wire/frame.ts';
import { CELLS_MAX, FRAME_MAX_BYTES, STEPS_MAX, THINNED_CELLS, THINNED_STEP_MS } from '../wire/limits.ts';
import { encodeThinnedBlock } from '../wire/thinned.ts';

/** With room for what a frame and a spool say around it. */
const THINNED_MAX_BYTES = FRAME_MAX_BYTES - 512;

/**
 * @param blocks of batches (encodeBlock of wire/encode) of one set, the oldest first
 * @param seriesCount of the set
 * @returns blocks of thinned records (decodeThinnedBlock of wire/thinned), no more of them than came and shorter in all, which
 * together stand for all that came; undefined where that saves nothing
 * @throws WireError for a block that is none
 */
export const thin = (blocks: readonly Uint8Array[], seriesCount: number): readonly Uint8Array[] | undefined => {
  const thinned = thinParts(blocks, seriesCount);
  return thinned && lengthOf(thinned) < lengthOf(blocks) ? thinned : undefined;
};

/** As few as the limits of a frame allow. */
const thinParts = (blocks: readonly Uint8Array[], seriesCount: number): readonly Uint8Array[] | undefined => {
  if (blocks.length === 0) return undefined;
  const whole = thinWhole(blocks, seriesCount);
  if (whole) return [whole];
  const middle = Math.ceil(blocks.length / 2);
  if (middle === blocks.length) return undefined; // a single batch too long for a thinned record: one of steps of hours
  const halves = [blocks.slice(0, middle), blocks.slice(middle)].map((half) => thinParts(half, seriesCount));
  return halves.every((half) => half !== undefined) ? halves.flat() : undefined;
};

const thinWhole = (blocks: readonly Uint8Array[], seriesCount: number): Uint8Array | undefined => {
  const { first, count } = stepsOf(blocks);
  if (count > STEPS_MAX || seriesCount * count * THINNED_CELLS > CELLS_MAX) return undefined;
  const gathered = Array.from({ length: seriesCount }, () => new Gathered(count));
  for (const block of blocks) gather(block, first, gathered);
  const columns = gathered.map((column) => column.finish());
  const thinned = encodeThinnedBlock({ t0: first * THINNED_STEP_MS, count, columns });
  return thinned.length <= THINNED_MAX_BYTES ? thinned : undefined;
};

/** The first ten minutes that they reach into, and how many up to the last; a clock that is set can put a later batch before. */
const stepsOf = (blocks: readonly Uint8Array[]): { readonly first: number; readonly count: number } => {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const block of blocks) {
    const { t0, stepMs, count } = headOf(block);
    first = Math.min(first, stepOf(t0));
    last = Math.max(last, stepOf(t0 + (count - 1) * stepMs));
  }
  return { first, count: last - first + 1 };
};

const gather = (block: Uint8Array, first: number, columns: readonly Gathered[]): void => {
  const { t0, stepMs, values } = decodeBlock(block, columns.length);
  for (const [index, column] of columns.entries()) {
    for (const [row, value] of values[index]?.entries() ?? []) {
      if (!Number.isNaN(value)) column.add(stepOf(t0 + row * stepMs) - first, value);
    }
  }
};

/** One series, step by step. */
class Gathered {
  readonly #readings: Float64Array;
  readonly #mean: Float64Array;
  readonly #min: Float64Array;
  readonly #max: Float64Array;

  constructor(count: number) {
    this.#readings = new Float64Array(count);
    this.#mean = new Float64Array(count);
    this.#min = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    this.#max = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  }

  add(step: number, value: number): void {
    const readings = (this.#readings[step] ?? 0) + 1;
    const mean = this.#mean[step] ?? 0;
    this.#readings[step] = readings;
    // step by step: a sum of values of 2^48 would lose its last digits
    this.#mean[step] = mean + (value - mean) / readings;
    this.#min[step] = Math.min(this.#min[step] ?? value, value);
    this.#max[step] = Math.max(this.#max[step] ?? value, value);
  }

  finish(): ThinnedColumn {
    return { readings: this.#readings, mean: this.#mean.map(Math.round), min: this.#min, max: this.#max };
  }
}

const stepOf = (atMs: number): number => Math.floor(atMs / THINNED_STEP_MS);
const lengthOf = (blocks: readonly Uint8Array[]): number => blocks.reduce((bytes, { length }) => bytes + length, 0);
