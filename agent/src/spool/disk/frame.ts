// How a record lies in a segment. All numbers are big-endian, the header is 34 bytes:
//
//    0  marker    FF F5, which stands in no UTF-8
//    2  kind      1 head, 2 note, 3 data, 4 gap, 5 thinned, 6 names
//    3  lane      1 alerts, 2 metrics
//    4  length    of the payload, 32 bits
//    8  CRC-32    over the header without these four bytes, and the payload
//   12  position  48 bits
//   18  span      positions before its own that it stands for too, 32 bits
//   22  wall      ms since 1970, 48 bits
//   28  mono      ms since boot, 48 bits
//   34  payload
import type { Lane } from '../spool.ts';
import { crc32 } from './crc.ts';

export const FRAME_HEADER_BYTES = 34;
/** A record is far smaller; a list of series whose names take more is not written. */
export const FRAME_PAYLOAD_MAX_BYTES = 1024 * 1024;
const SPAN_MAX = 2 ** 32 - 1;

const kinds = ['head', 'note', 'data', 'gap', 'thinned', 'names'] as const;
const laneNumbers = { alerts: 1, metrics: 2 } as const;
const [MARK_0, MARK_1] = [0xff, 0xf5];
const CRC_AT = 8;
const CRC_END = 12;

export type Frame = {
  readonly kind: (typeof kinds)[number];
  readonly from: number;
  /** Of what is no record: that of the record before it. */
  readonly position: number;
  readonly atMs: number;
  readonly monoMs: number;
  readonly payload: Uint8Array;
};

export const encodeFrame = (lane: Lane, frame: Frame): Uint8Array => {
  const { kind, from, position, atMs, monoMs, payload } = frame;
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  bytes.set([MARK_0, MARK_1, kinds.indexOf(kind) + 1, laneNumbers[lane]]);
  view.setUint32(4, payload.length);
  setUint48(view, 12, position);
  view.setUint32(18, Math.min(SPAN_MAX, position - from));
  setUint48(view, 22, atMs);
  setUint48(view, 28, monoMs);
  bytes.set(payload, FRAME_HEADER_BYTES);
  view.setUint32(CRC_AT, checksumOf(bytes));
  return bytes;
};

export type FoundFrame = { readonly frame: Frame; readonly at: number; readonly end: number };

/** The frame that begins at `at`. @returns undefined where there is none that is whole and unharmed */
export const frameAt = (lane: Lane, bytes: Uint8Array, at: number): FoundFrame | undefined => {
  if (bytes[at] !== MARK_0 || bytes[at + 1] !== MARK_1 || at + FRAME_HEADER_BYTES > bytes.length) return undefined;
  const kind = kinds[(bytes[at + 2] ?? 0) - 1];
  if (kind === undefined || bytes[at + 3] !== laneNumbers[lane]) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const length = view.getUint32(4);
  const end = at + FRAME_HEADER_BYTES + length;
  if (length > FRAME_PAYLOAD_MAX_BYTES || end > bytes.length) return undefined;
  if (checksumOf(bytes.subarray(at, end)) !== view.getUint32(CRC_AT)) return undefined;
  const position = getUint48(view, 12);
  const from = position - view.getUint32(18);
  const payload = bytes.slice(at + FRAME_HEADER_BYTES, end);
  return { frame: { kind, from, position, atMs: getUint48(view, 22), monoMs: getUint48(view, 28), payload }, at, end };
};

/** The first frame that begins at `at` or after it: what is harmed is passed over. */
export const nextFrame = (lane: Lane, bytes: Uint8Array, at: number): FoundFrame | undefined => {
  for (let from = bytes.indexOf(MARK_0, at); from >= 0; from = bytes.indexOf(MARK_0, from + 1)) {
    const found = frameAt(lane, bytes, from);
    if (found) return found;
  }
  return undefined;
};

export const framesOf = (lane: Lane, bytes: Uint8Array): readonly FoundFrame[] => {
  const found: FoundFrame[] = [];
  for (let next = nextFrame(lane, bytes, 0); next; next = nextFrame(lane, bytes, next.end)) found.push(next);
  return found;
};

const checksumOf = (frame: Uint8Array): number => crc32(frame.subarray(CRC_END), crc32(frame.subarray(0, CRC_AT)));

const setUint48 = (view: DataView, at: number, value: number): void => {
  const whole = Math.max(0, Math.floor(value));
  view.setUint16(at, Math.floor(whole / 2 ** 32));
  view.setUint32(at + 2, whole % 2 ** 32);
};

const getUint48 = (view: DataView, at: number): number => view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
