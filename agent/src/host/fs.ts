// The files that the agent keeps: read whole, replaced whole. A reader sees the old content or the new one, also after a power cut.

import { constants, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { codeOf } from '@fettle/shared/error';

import { ensureFolder } from './ensure-folder.ts';

export type Fs = {
  /** undefined when there is no such file. @throws as fs does */
  readonly read: (path: string) => Promise<string | undefined>;
  /** On the disk when it resolves, readable by the owner alone. @throws as fs does: ENOSPC, EACCES … */
  readonly replace: (path: string, content: string) => Promise<void>;
  /** The same, but not forced to the disk: for what is written often and worth little. @param mode 0600 without it */
  readonly replaceLoosely: (path: string, content: string, mode?: number) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
};

export const nodeFs: Fs = {
  read: async (path) => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  replace: (path, content) => replace(path, content, { isForced: true }),
  replaceLoosely: (path, content, mode) => replace(path, content, { isForced: false, mode }),
  remove: (path) => rm(path, { force: true }),
};

/** Not through a link: who has the folder could lead root elsewhere. Windows has no such flag. */
const REPLACING = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0);

type How = { readonly isForced: boolean; readonly mode?: number | undefined };

/** What is being written, by path: two at once on one file would mix their contents, and the older could win. */
const lastOf = new Map<string, Promise<void>>();

const replace = (path: string, content: string, how: How): Promise<void> => {
  const before = lastOf.get(path) ?? Promise.resolve();
  const mine = before
    .catch(() => undefined) // told to whoever asked for it
    .then(() => replaceNow(path, content, how))
    .finally(() => {
      if (lastOf.get(path) === mine) lastOf.delete(path);
    });
  lastOf.set(path, mine);
  return mine;
};

const replaceNow = async (path: string, content: string, how: How): Promise<void> => {
  ensureFolder(dirname(path));
  const temporary = `${path}.new`;
  try {
    await write(temporary, content, how);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }); // half a file would only take room, where there may be none
    throw error;
  }
  if (how.isForced) await syncFolder(dirname(path));
};

const write = async (path: string, content: string, { isForced, mode = 0o600 }: How): Promise<void> => {
  const file = await open(path, REPLACING, mode);
  try {
    await file.writeFile(content);
    if (isForced) await file.sync();
  } finally {
    await file.close();
  }
};

/** Makes the rename itself last. Windows cannot open a folder, and does not need to. */
export const syncFolder = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};
