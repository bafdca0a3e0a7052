// A segment that is cut at every byte, and one of which every bit is flipped: what was not hit is kept, what was hit is never accepted.
import { beforeAll, describe, expect, it } from 'vitest';

import { salvage, segmentWith } from './fixture.ts';
import { FRAME_HEADER_BYTES, framesOf } from './frame.ts';

const COUNT = 24;
/** Records of 88 to 180 bytes. */
const payloads = Array.from({ length: COUNT + 1 }, (_, index) =>
  new Uint8Array(84 + 4 * (index % 24)).map((_byte, at) => (index * 31 + at * 7) % 256),
);
const payload = (index: number) => payloads[index] ?? new Uint8Array();
const dataIn = ({ records }: Awaited<ReturnType<typeof salvage>>) =>
  records.filter(({ kind }) => kind === 'data').map(({ seq }) => seq);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

let whole: Uint8Array;
/** Where each record ends. */
let ends: readonly number[];
beforeAll(async () => {
  whole = await segmentWith(COUNT, payload);
  const frameBytes = (index: number) => FRAME_HEADER_BYTES + payload(index).length;
  const all = numbers(COUNT).reduce((sum, index) => sum + frameBytes(index), 0);
  let end = whole.length - all;
  ends = numbers(COUNT).map((index) => (end += frameBytes(index)));
});

describe('a segment of 4 KiB', () => {
  it('is one, and is given as it was written', async () => {
    expect(whole.length).toBeGreaterThan(4_000);
    expect(ends.at(-1)).toBe(whole.length);
    const found = await salvage(whole, payload);
    expect(dataIn(found)).toEqual(numbers(COUNT));
    expect(found.wrong).toEqual([]);
  });

  it('cut at any byte gives the records before the cut, and nothing else', async () => {
    for (let length = 0; length < whole.length; length += 1) {
      const found = await salvage(whole.slice(0, length), payload);
      expect(found.wrong, `cut at ${length}`).toEqual([]);
      expect(dataIn(found), `cut at ${length}`).toEqual(numbers(ends.filter((end) => end <= length).length));
    }
  }, 30_000);

  const flipped = (bit: number) => {
    const bytes = whole.slice();
    const at = Math.floor(bit / 8);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
    return bytes;
  };
  /** The record that a byte belongs to, 0 for the head. */
  const recordAt = (at: number) => {
    const start = (ends[0] ?? 0) - FRAME_HEADER_BYTES - payload(1).length;
    return at < start ? 0 : 1 + ends.filter((end) => end <= at).length;
  };
  const allBut = (hit: number) => numbers(COUNT).filter((seq) => seq !== hit);

  it('with any one bit flipped has all frames but the one that was hit', () => {
    const wrong: number[] = []; // 33,000 assertions would take longer than what they assert
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const found = framesOf('alerts', flipped(bit)).filter(({ frame }) => frame.kind === 'data');
      const expected = allBut(recordAt(Math.floor(bit / 8)));
      if (found.map(({ frame }) => frame.position).join(' ') !== expected.join(' ')) wrong.push(bit);
    }
    expect(wrong).toEqual([]);
  }, 30_000);

  it('with a bit flipped in any byte gives all records but the one that was hit, whose place is a gap', async () => {
    for (let at = 0; at < whole.length; at += 1) {
      const found = await salvage(flipped(at * 8 + (at % 8)), payload);
      expect([at, found.wrong, dataIn(found)]).toEqual([at, [], allBut(recordAt(at))]);
    }
  }, 30_000);

  it.each<[what: string, spoil: (bytes: Uint8Array, from: number) => void]>([
    ['zeroed', (bytes, from) => bytes.fill(0, from, from + 512)],
    ['of something else', (bytes, from) => bytes.fill(0xff, from, from + 512)],
    ['of an older place', (bytes, from) => bytes.copyWithin(from, 0, 512)],
  ])('with a sector %s gives all records that the sector does not touch', async (_what, spoil) => {
    for (let from = 512; from + 512 <= whole.length; from += 512) {
      const bytes = whole.slice();
      spoil(bytes, from);
      const found = await salvage(bytes, payload);
      expect(found.wrong).toEqual([]);
      const untouched = numbers(COUNT).filter((seq) => {
        const end = ends[seq - 1] ?? 0;
        return end <= from || end - FRAME_HEADER_BYTES - payload(seq).length >= from + 512;
      });
      expect(dataIn(found)).toEqual(expect.arrayContaining(untouched));
    }
  });
});
