// An archive as the kernel unpacks it at boot: Documentation/driver-api/early-userspace/buffer-format.rst of the kernel.
import { closeSync, openSync, writeSync } from 'node:fs';

export type Entry = { readonly path: string; readonly mode: number; readonly content: Buffer };

const [FOLDER, FILE] = [0o040_755, 0o100_644] as const;
const [EXECUTABLE, NOTHING] = [0o100_755, Buffer.alloc(0)] as const;

export const folder = (path: string): Entry => ({ path, mode: FOLDER, content: NOTHING });
export const file = (path: string, content: Buffer): Entry => ({ path, mode: FILE, content });
export const program = (path: string, content: Buffer): Entry => ({ path, mode: EXECUTABLE, content });

/** @param entries with paths from the root and without a leading "/", each folder before what is in it */
export const writeArchive = (path: string, entries: Iterable<Entry>): void => {
  const archive = openSync(path, 'w');
  try {
    let inode = 0;
    for (const entry of entries) writeEntry(archive, entry, (inode += 1));
    writeEntry(archive, file('TRAILER!!!', NOTHING), 0);
  } finally {
    closeSync(archive);
  }
};

const writeEntry = (archive: number, { path, mode, content }: Entry, inode: number): void => {
  const name = `${path}\0`;
  // inode, mode, uid, gid, links, time, size, two pairs of devices, length of the name, no checksum
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, Buffer.byteLength(name), 0];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}`;
  for (const part of [Buffer.from(header), content]) {
    writeAll(archive, part);
    writeAll(archive, Buffer.alloc(-part.length & 3));
  }
};

const writeAll = (archive: number, bytes: Buffer): void => {
  for (let written = 0; written < bytes.length;) written += writeSync(archive, bytes, written);
};
