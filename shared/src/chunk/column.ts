// A column of integers over time, as tokens: each is the change from the value before it, or a run.
//
//   token = 2 × zigzag(change)      one value (the first column value changes from 0)
//   token = 4 × (n − 1) + 1         n values equal to the one before
//   token = 4 × (n − 1) + 3         n readings missing
//
// zigzag(d) = 2d for d ≥ 0, −2d − 1 below: small changes either way take one byte. NaN stands for a missing reading.
import { type ByteReader, type ByteWriter, WireError } from '../wire/bytes.ts';
import { VALUE_MAX } from '../wire/limits.ts';

const TOKEN_MAX = 2 * (4 * VALUE_MAX + 1);

export const encodeColumn = (out: ByteWriter, values: ArrayLike<number>): void => {
  let previous = 0;
  for (let index = 0; index < values.length;) {
    const value = values[index] ?? Number.NaN;
    const run = runLength(values, index, previous);
    if (run > 1 || Number.isNaN(value)) {
      out.varint(4 * (run - 1) + (Number.isNaN(value) ? 3 : 1));
      index += run;
      continue;
    }
    const change = value - previous;
    out.varint(2 * (change >= 0 ? 2 * change : -2 * change - 1));
    previous = value;
    index += 1;
  }
};

/** How many readings from `index` on are missing, or equal to `previous`; 0 when the first is neither. */
const runLength = (values: ArrayLike<number>, index: number, previous: number): number => {
  const isMissing = Number.isNaN(values[index]);
  let end = index;
  while (end < values.length && (isMissing ? Number.isNaN(values[end]) : values[end] === previous)) end += 1;
  return end - index;
};

/**
 * Fills `into`
 * @param max at most 2 × VALUE_MAX
 * @throws WireError when the tokens do not make exactly that many readings within ± max
 */
export const decodeColumn = (input: ByteReader, into: Float64Array, max = VALUE_MAX): void => {
  let previous = 0;
  for (let index = 0; index < into.length;) {
    const { at } = input;
    const token = input.varint(TOKEN_MAX, 'a token');
    if (token % 2 === 1) {
      const run = Math.floor(token / 4) + 1;
      if (run > into.length - index) throw new WireError('a run is longer than its column', at);
      into.fill(token % 4 === 3 ? Number.NaN : previous, index, index + run);
      index += run;
      continue;
    }
    const zigzag = token / 2;
    previous += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    if (Math.abs(previous) > max) throw new WireError('a value is out of range', at);
    into[index] = previous;
    index += 1;
  }
};
