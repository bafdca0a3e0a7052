// Frames out: what the agent sends. Nothing is checked here, the agent bounds what it gathers.
import { encodeColumn } from '../chunk/column.ts';
import { ByteWriter } from './bytes.ts';
import { type BlockHead, FRAME, type SeriesFrame, type SetFrame, type ThinnedFrame } from './frame.ts';

export const encodeSeries = ({ firstId, series }: Omit<SeriesFrame, 'type'>): Uint8Array => {
  const out = new ByteWriter();
  out.byte(FRAME.series);
  out.varint(firstId);
  out.varint(series.length);
  for (const { metric, attributes } of series) {
    const entries = Object.entries(attributes);
    out.text(metric);
    out.varint(entries.length);
    for (const [key, value] of entries) {
      out.text(key);
      out.text(value);
    }
  }
  return out.finish();
};

export const encodeSet = ({ setId, seriesIds }: Omit<SetFrame, 'type'>): Uint8Array => {
  const out = new ByteWriter();
  out.byte(FRAME.set);
  out.varint(setId);
  out.varint(seriesIds.length);
  let next = 0;
  for (const id of seriesIds) {
    out.zigzag(id - next);
    next = id + 1;
  }
  return out.finish();
};

/** A block without the number of its set, which only a session knows. Each of `columns` has `head.count` readings. */
export const encodeBlock = (head: BlockHead, columns: readonly ArrayLike<number>[]): Uint8Array => {
  const out = new ByteWriter();
  out.varint(head.t0);
  out.varint(head.stepMs);
  out.varint(head.count);
  for (const column of columns) encodeColumn(out, column);
  return out.finish();
};

export const encodeBatch = (seq: number, setId: number, block: Uint8Array): Uint8Array => {
  const out = new ByteWriter();
  out.byte(FRAME.batch);
  out.varint(seq);
  out.varint(setId);
  out.bytes(block);
  return out.finish();
};

/** @param block of encodeThinnedBlock; @param place the first and the last record of the lane that it takes the place of */
export const encodeThinned = (
  { from, seq }: Pick<ThinnedFrame, 'from' | 'seq'>,
  setId: number,
  block: Uint8Array,
): Uint8Array => {
  const out = new ByteWriter();
  out.byte(FRAME.thinned);
  out.varint(seq);
  out.varint(seq - from);
  out.varint(setId);
  out.bytes(block);
  return out.finish();
};

export const encodeLoose = (type: 'now' | 'live', setId: number, block: Uint8Array): Uint8Array => {
  const out = new ByteWriter();
  out.byte(FRAME[type]);
  out.varint(setId);
  out.bytes(block);
  return out.finish();
};
