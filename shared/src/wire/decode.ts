// Frames in: what the server reads from an agent it does not trust. Every length is bounded before anything is allocated.
import { decodeColumn } from '../chunk/column.ts';
import type { Attributes } from '../metric/sample.ts';
import { ByteReader, WireError } from './bytes.ts';
import {
  type Block,
  type BlockHead,
  FRAME,
  type Frame,
  type SeriesDefinition,
  type SeriesFrame,
  type SetFrame,
  type ThinnedFrame,
} from './frame.ts';
import {
  ATTRIBUTES_MAX,
  CELLS_MAX,
  FRAME_MAX_BYTES,
  SEQ_MAX,
  SERIES_MAX,
  SETS_MAX,
  SET_SERIES_MAX,
  STEPS_MAX,
  STEP_MAX_MS,
  TIME_MAX_MS,
} from './limits.ts';
import { readThinnedBlock } from './thinned.ts';

/** Number of series in a set of this session, or undefined for a set that was not announced. */
export type SetSize = (setId: number) => number | undefined;

/** @throws WireError for anything that PROTOCOL.md does not allow */
export const decodeFrame = (bytes: Uint8Array, sizeOf: SetSize): Frame => {
  if (bytes.length > FRAME_MAX_BYTES) throw new WireError('the frame is too long', FRAME_MAX_BYTES);
  const input = new ByteReader(bytes);
  const frame = decodeBody(input, sizeOf);
  input.end();
  return frame;
};

/** A block as the spool and the store keep it: without its set's number. */
export const decodeBlock = (bytes: Uint8Array, seriesCount: number): Omit<Block, 'setId'> => {
  const input = new ByteReader(bytes);
  const block = readBlock(input, seriesCount);
  input.end();
  return block;
};

/**
 * Some columns of a block, in their order; what is behind the last of them is not read at all.
 * @param wanted places of columns, rising. @throws WireError
 */
export const decodeSome = (bytes: Uint8Array, seriesCount: number, wanted: readonly number[]): Omit<Block, 'setId'> => {
  const input = new ByteReader(bytes);
  const { t0, stepMs, count } = readHead(input);
  if (seriesCount * count > CELLS_MAX) throw new WireError(`more than ${CELLS_MAX} readings`, input.at);
  let passed: Float64Array | undefined;
  const values: Float64Array[] = [];
  for (let index = 0; index < seriesCount && values.length < wanted.length; index += 1) {
    const isWanted = wanted[values.length] === index;
    const column = isWanted ? new Float64Array(count) : (passed ??= new Float64Array(count));
    decodeColumn(input, column);
    if (isWanted) values.push(column);
  }
  return { t0, stepMs, count, values };
};

/** The block of a batch or a thinned record: what the store keeps. @throws WireError */
export const blockOf = (record: Uint8Array): Uint8Array => {
  const input = new ByteReader(record);
  const type = input.byte();
  input.varint(SEQ_MAX, 'seq');
  if (type === FRAME.thinned) input.varint(SEQ_MAX, 'its range');
  input.varint(SETS_MAX - 1, 'the set');
  return record.subarray(input.at);
};

/** The first step of reading a block: how long it is, without its columns. @throws WireError */
export const headOf = (block: Uint8Array): BlockHead => readHead(new ByteReader(block));

const decodeBody = (input: ByteReader, sizeOf: SetSize): Frame => {
  const type = input.byte();
  switch (type) {
    case FRAME.series:
      return readSeries(input);
    case FRAME.set:
      return readSet(input);
    case FRAME.batch:
      return { type: 'batch', seq: positive(input, SEQ_MAX, 'seq'), ...readSetBlock(input, sizeOf) };
    case FRAME.thinned:
      return readThinned(input, sizeOf);
    case FRAME.now:
      return { type: 'now', ...readSetBlock(input, sizeOf) };
    case FRAME.live:
      return { type: 'live', ...readSetBlock(input, sizeOf) };
    default:
      throw new WireError(`there is no frame type ${type}`, 0);
  }
};

const readSeries = (input: ByteReader): SeriesFrame => {
  const firstId = input.varint(SERIES_MAX - 1, 'the first series');
  const count = positive(input, SERIES_MAX - firstId, 'the number of series');
  const series: SeriesDefinition[] = [];
  for (let index = 0; index < count; index += 1) {
    series.push({ metric: input.text('a metric'), attributes: readAttributes(input) });
  }
  return { type: 'series', firstId, series };
};

const readAttributes = (input: ByteReader): Attributes => {
  const count = input.varint(ATTRIBUTES_MAX, 'the number of attributes');
  const entries: [string, string][] = [];
  for (let index = 0; index < count; index += 1) entries.push([input.text('a key'), input.text('a value')]);
  // fromEntries defines own properties, so that "__proto__" is a key like any other
  return Object.fromEntries(entries);
};

const readSet = (input: ByteReader): SetFrame => {
  const setId = input.varint(SETS_MAX - 1, 'the set');
  const count = positive(input, SET_SERIES_MAX, 'the number of series');
  const seriesIds: number[] = [];
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    const { at } = input;
    const id = next + input.zigzag(SERIES_MAX, 'a series');
    if (id < 0 || id >= SERIES_MAX) throw new WireError(`there is no series ${id}`, at);
    seriesIds.push(id);
    next = id + 1;
  }
  return { type: 'set', setId, seriesIds };
};

const readThinned = (input: ByteReader, sizeOf: SetSize): ThinnedFrame => {
  const seq = positive(input, SEQ_MAX, 'seq');
  const from = seq - input.varint(seq - 1, 'its range');
  const { setId, seriesCount } = readSetId(input, sizeOf);
  return { type: 'thinned', seq, from, setId, ...readThinnedBlock(input, seriesCount) };
};

const readSetBlock = (input: ByteReader, sizeOf: SetSize): Block => {
  const { setId, seriesCount } = readSetId(input, sizeOf);
  return { setId, ...readBlock(input, seriesCount) };
};

const readSetId = (input: ByteReader, sizeOf: SetSize) => {
  const { at } = input;
  const setId = input.varint(SETS_MAX - 1, 'the set');
  const seriesCount = sizeOf(setId);
  if (seriesCount === undefined) throw new WireError(`set ${setId} was not announced`, at);
  return { setId, seriesCount };
};

const readHead = (input: ByteReader): BlockHead => ({
  t0: input.varint(TIME_MAX_MS, 't0'),
  stepMs: positive(input, STEP_MAX_MS, 'the step'),
  count: positive(input, STEPS_MAX, 'the number of steps'),
});

const readBlock = (input: ByteReader, seriesCount: number): Omit<Block, 'setId'> => {
  const { t0, stepMs, count } = readHead(input);
  const { at } = input;
  if (seriesCount * count > CELLS_MAX) throw new WireError(`more than ${CELLS_MAX} readings`, at);
  const values: Float64Array[] = [];
  for (let index = 0; index < seriesCount; index += 1) {
    const column = new Float64Array(count);
    decodeColumn(input, column);
    values.push(column);
  }
  return { t0, stepMs, count, values };
};

const positive = (input: ByteReader, max: number, what: string): number => {
  const { at } = input;
  const value = input.varint(max, what);
  if (value === 0) throw new WireError(`${what} is 0`, at);
  return value;
};
