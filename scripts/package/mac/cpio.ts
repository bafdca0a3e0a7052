// The archive in which macOS keeps the files of a package: cpio in its old portable form, gzipped. Layout: cpio(5), "Old
// ASCII Format": numbers in octal digits, no padding.
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import type { Item } from './entries.ts';

const MAGIC = '070707';
/** What fits into six octal digits. */
const ENTRIES_MAX = 0o777_777;
const CHUNK_BYTES = 1024 * 1024;

/** @param modifiedS of every entry, since 1970. The same entries give the same bytes. */
export const gzippedCpio = (items: readonly Item[], modifiedS: number): Promise<Buffer> => {
  if (items.length > ENTRIES_MAX) throw new Error(`${items.length} entries are more than cpio can number.`);
  return pipeline(Readable.from(chunksOf(items, modifiedS)), createGzip(), (packed) => buffer(packed));
};

/** No more than one file is in memory at a time. */
function* chunksOf(items: readonly Item[], modifiedS: number): Generator<Buffer> {
  for (const [index, { path, mode, file }] of items.entries()) {
    const content = file?.read() ?? Buffer.alloc(0);
    if (content.length !== (file?.sizeBytes ?? 0)) throw new Error(`${path} changed while it was packed.`);
    yield header({ path, mode, inode: index + 1, modifiedS, sizeBytes: content.length });
    for (let at = 0; at < content.length; at += CHUNK_BYTES) yield content.subarray(at, at + CHUNK_BYTES);
  }
  yield header({ path: 'TRAILER!!!', mode: 0, inode: 0, modifiedS: 0, sizeBytes: 0 });
}

type Head = {
  readonly path: string;
  readonly mode: number;
  readonly inode: number;
  readonly modifiedS: number;
  readonly sizeBytes: number;
};

const header = ({ path, mode, inode, modifiedS, sizeBytes }: Head): Buffer => {
  const name = Buffer.from(`${path}\0`);
  // device, inode, mode, owner, group, links, special device
  const six = [0, inode, mode, 0, 0, 1, 0].map((value) => octal(value, 6));
  return Buffer.concat([
    Buffer.from([MAGIC, ...six, octal(modifiedS, 11), octal(name.length, 6), octal(sizeBytes, 11)].join('')),
    name,
  ]);
};

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
