// What the head of a segment says: where the lane stood when it was begun. A note says the same later in the segment, when
// something has changed that no record tells. The newest one holds; one that is lost costs records sent twice, never lost.
import { ByteReader, ByteWriter, WireError } from '@fettle/shared/wire/bytes';

import { type GapReason, gapReasons } from '../spool.ts';

export type Lost = {
  readonly from: number;
  readonly to: number;
  readonly atMs: number;
  readonly reason: GapReason;
};

export type Head = {
  /** Of the segment: an intruder has another. */
  readonly serial: number;
  readonly epoch: string;
  /** seq = position - base. */
  readonly base: number;
  /** The last position that is known to be with the server. */
  readonly acked: number;
  /** Dropped from the front of the lane, and not told to the server yet. */
  readonly lost: Lost | undefined;
  readonly bootId: string;
};

const MAGIC = 'fettle spool';
const VERSION = 1;
const POSITION_MAX = 2 ** 48 - 1;

export const encodeHead = ({ serial, epoch, base, acked, lost, bootId }: Head): Uint8Array => {
  const out = new ByteWriter();
  out.text(MAGIC);
  out.varint(VERSION);
  out.varint(serial);
  out.text(epoch);
  out.varint(base);
  out.varint(acked);
  out.text(bootId);
  out.varint(lost ? 1 + gapReasons.indexOf(lost.reason) : 0);
  if (lost) for (const value of [lost.from, lost.to, lost.atMs]) out.varint(Math.max(0, Math.floor(value)));
  return out.finish();
};

/** @returns undefined for what is none, also that of a newer version */
export const decodeHead = (payload: Uint8Array): Head | undefined => {
  try {
    return readHead(new ByteReader(payload));
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
};

const readHead = (input: ByteReader): Head | undefined => {
  const position = (what: string): number => input.varint(POSITION_MAX, what);
  if (input.text('the magic') !== MAGIC || position('the version') !== VERSION) return undefined;
  const serial = position('the serial');
  const epoch = input.text('the epoch');
  const [base, acked] = [position('the base'), position('what is acknowledged')];
  const bootId = input.text('the boot');
  const reason = gapReasons[position('the reason') - 1];
  const lost = reason && { from: position('from'), to: position('to'), atMs: position('at'), reason };
  input.end();
  return { serial, epoch, base, acked, lost, bootId };
};

export const encodeReason = (reason: GapReason): Uint8Array => new Uint8Array([1 + gapReasons.indexOf(reason)]);

/** What this version does not know is `corrupt`. */
export const decodeReason = (payload: Uint8Array): GapReason => gapReasons[(payload[0] ?? 0) - 1] ?? 'corrupt';
