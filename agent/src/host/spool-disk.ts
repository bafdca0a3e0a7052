// The little that a spool wants of a disk, and the real one. Nothing is remembered here: what a file is, its owner knows.

import { type FileHandle, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

import { codeOf } from '@fettle/shared/error';

import { ensureFolder } from './ensure-folder.ts';
import { syncFolder } from './fs.ts';

/** Errors are as of fs, with their `code`: ENOSPC, EIO, EACCES … */
export type SpoolFile = {
  /** Fewer bytes than `length` at the end of the file. */
  readonly read: (at: number, length: number) => Promise<Uint8Array>;
  /** @returns how many of the bytes were taken: a disk that fills takes some without an error (write(2)) */
  readonly write: (at: number, bytes: Uint8Array) => Promise<number>;
  /** What was written, and the length, are on the disk. After an error nobody knows which of it is: asking again proves nothing. */
  readonly sync: () => Promise<void>;
  readonly truncate: (bytes: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Paths are `folder/name` below the place of the spool. */
export type SpoolDisk = {
  /** Makes the folder where there is none. */
  readonly list: (folder: string) => Promise<readonly { readonly name: string; readonly bytes: number }[]>;
  /** @param how `write` makes the file where there is none; `read` is for one that is there */
  readonly open: (path: string, how: 'read' | 'write') => Promise<SpoolFile>;
  /** No error where there is none. */
  readonly remove: (path: string) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  /** Which names are in the folder is on the disk. */
  readonly syncFolder: (folder: string) => Promise<void>;
  readonly room: () => Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
};

/** @param root absolute; made with the first folder in it */
export const nodeSpoolDisk = (root: string): SpoolDisk => ({
  list: async (folder) => {
    const path = join(root, folder);
    ensureFolder(path);
    const files = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isFile());
    return Promise.all(files.map(async ({ name }) => ({ name, bytes: (await stat(join(path, name))).size })));
  },
  open: async (path, how) => spoolFile(await openFile(join(root, path), how)),
  remove: (path) => rm(join(root, path), { force: true }),
  rename: (from, to) => rename(join(root, from), join(root, to)),
  syncFolder: (folder) => syncFolder(join(root, folder)),
  room: async () => {
    const { bavail, blocks, bsize } = await statfs(root);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  },
});

const openFile = async (path: string, how: 'read' | 'write'): Promise<FileHandle> => {
  if (how === 'read') return open(path, 'r');
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return open(path, 'wx+', 0o600);
  }
};

const spoolFile = (file: FileHandle): SpoolFile => ({
  read: async (at, length) => {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, at);
    return buffer.subarray(0, bytesRead);
  },
  write: async (at, bytes) => (await file.write(bytes, 0, bytes.length, at)).bytesWritten,
  sync: () => file.datasync(),
  truncate: (bytes) => file.truncate(bytes),
  close: () => file.close(),
});
