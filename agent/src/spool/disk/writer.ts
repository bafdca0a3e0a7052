// From records to the bytes of a segment, each list of series in its long form before its first use.
import { ByteReader, ByteWriter } from '@fettle/shared/wire/bytes';

import type { Kept } from '../kept.ts';
import type { Lane } from '../spool.ts';
import { FRAME_PAYLOAD_MAX_BYTES, type Frame, encodeFrame } from './frame.ts';
import { type Head, encodeHead, encodeReason } from './head.ts';
import type { Names } from './names.ts';

/** @param named the numbers that the segment has explained so far; those that are explained now join them */
export const bytesOf = (lane: Lane, kept: Kept, names: Names | undefined, named: Set<number>): Uint8Array => {
  const { from, position, atMs, monoMs } = kept;
  const payload = kept.kind === 'gap' ? encodeReason(kept.reason) : kept.payload;
  const own = encodeFrame(lane, { kind: kept.kind, from, position, atMs, monoMs, payload });
  if (!names || kept.kind === 'gap') return own;
  const key = names.keyOf(kept.payload);
  const description = named.has(key) ? undefined : names.describe(key);
  if (!description || description.length > FRAME_PAYLOAD_MAX_BYTES - 16) return own;
  named.add(key);
  const place = { from: position, position, atMs, monoMs };
  return joined([encodeFrame(lane, { ...place, kind: 'names', payload: written(key, description) }), own]);
};

export const headBytes = (
  lane: Lane,
  kind: 'head' | 'note',
  head: Head,
  place: Pick<Frame, 'position' | 'atMs' | 'monoMs'>,
) => encodeFrame(lane, { ...place, from: place.position, kind, payload: encodeHead(head) });

export const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

const written = (key: number, description: Uint8Array): Uint8Array => {
  const out = new ByteWriter();
  out.varint(key);
  out.bytes(description);
  return out.finish();
};

export const readDescription = (payload: Uint8Array): { readonly key: number; readonly description: Uint8Array } => {
  const input = new ByteReader(payload);
  const key = input.varint(Number.MAX_SAFE_INTEGER, 'the number of a list');
  return { key, description: payload.subarray(input.at) };
};
