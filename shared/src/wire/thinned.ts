// The block of a thinned record: of what an agent could not send for long, the least, the mean and the greatest reading of each
// ten minutes. Byte by byte in PROTOCOL.md.
import { decodeColumn, encodeColumn } from '../chunk/column.ts';
import { ByteReader, ByteWriter, WireError } from './bytes.ts';
import type { ThinnedBlock, ThinnedColumn } from './frame.ts';
import { CELLS_MAX, STEPS_MAX, THINNED_CELLS, THINNED_STEP_MS, TIME_MAX_MS, VALUE_MAX } from './limits.ts';

/** A block without the number of its set, which only a session knows. */
export const encodeThinnedBlock = ({ t0, count, columns }: ThinnedBlock): Uint8Array => {
  const out = new ByteWriter();
  out.varint(t0 / THINNED_STEP_MS);
  out.varint(count);
  for (const column of columns) encodeThinnedColumn(out, column);
  return out.finish();
};

/** The means, and how far the least and the greatest are from them: of a steady series a run each. */
const encodeThinnedColumn = (out: ByteWriter, { readings, mean, min, max }: ThinnedColumn): void => {
  encodeColumn(out, readings);
  const read = Array.from(readings.keys()).filter((step) => at(readings, step) > 0);
  encodeColumn(
    out,
    read.map((step) => at(mean, step)),
  );
  encodeColumn(
    out,
    read.map((step) => at(mean, step) - at(min, step)),
  );
  encodeColumn(
    out,
    read.map((step) => at(max, step) - at(mean, step)),
  );
};

/** A block as the spool and the store keep it. @throws WireError */
export const decodeThinnedBlock = (bytes: Uint8Array, seriesCount: number): ThinnedBlock => {
  const input = new ByteReader(bytes);
  const block = readThinnedBlock(input, seriesCount);
  input.end();
  return block;
};

/** @throws WireError */
export const readThinnedBlock = (input: ByteReader, seriesCount: number): ThinnedBlock => {
  const t0 = input.varint(Math.floor(TIME_MAX_MS / THINNED_STEP_MS), 't0') * THINNED_STEP_MS;
  const { at: place } = input;
  const count = input.varint(STEPS_MAX, 'the number of steps');
  if (count === 0) throw new WireError('the number of steps is 0', place);
  if (seriesCount * count * THINNED_CELLS > CELLS_MAX) throw new WireError(`more than ${CELLS_MAX} values`, place);
  const columns: ThinnedColumn[] = [];
  for (let index = 0; index < seriesCount; index += 1) columns.push(readThinnedColumn(input, count));
  return { t0, count, columns };
};

const readThinnedColumn = (input: ByteReader, count: number): ThinnedColumn => {
  const readings = readAmounts(input, count);
  const steps = Array.from(readings.keys()).filter((step) => at(readings, step) > 0);
  const { at: place } = input;
  const means = new Float64Array(steps.length);
  decodeColumn(input, means);
  const below = readAmounts(input, steps.length);
  const above = readAmounts(input, steps.length);
  const [mean, min, max] = [missing(count), missing(count), missing(count)];
  for (const [index, step] of steps.entries()) {
    const value = at(means, index);
    mean[step] = value;
    min[step] = value - at(below, index);
    max[step] = value + at(above, index);
    // also false where the mean is missing
    const isInRange = at(min, step) >= -VALUE_MAX && at(max, step) <= VALUE_MAX;
    if (!isInRange) throw new WireError('a value is missing or out of range', place);
  }
  return { readings, mean, min, max };
};

/** Integers of 0 and more, none of them missing. */
const readAmounts = (input: ByteReader, count: number): Float64Array => {
  const { at: place } = input;
  const amounts = new Float64Array(count);
  decodeColumn(input, amounts, 2 * VALUE_MAX); // as far as two values can be apart
  if (!amounts.every((amount) => amount >= 0)) throw new WireError('an amount is missing or below 0', place);
  return amounts;
};

const missing = (count: number): Float64Array => new Float64Array(count).fill(Number.NaN);
const at = (column: ArrayLike<number>, index: number): number => column[index] ?? Number.NaN;
