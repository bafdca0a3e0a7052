// One server per data folder: a lock that the operating system releases when its owner ends, however it ends.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { codeOf, messageOf } from '@fettle/shared/error';
import Database from 'better-sqlite3';

import { Ballast } from './ballast.ts';
import { ensureFolder } from './ensure-folder.ts';
import { StoreError } from './store-error.ts';

/** @returns what releases it. @throws StoreError when another server has the folder, or it cannot be used */
export const lockFolder = (folder: string): (() => void) => {
  let lock: Database.Database | undefined;
  try {
    ensureFolder(folder);
    new Ballast(folder).breathe();
    lock = new Database(join(folder, 'server.lock'), { timeout: 0 });
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
    const held = lock;
    return () => held.close();
  } catch (error) {
    lock?.close();
    const code = codeOf(error);
    const detail = messageOf(error);
    throw new StoreError(
      code === 'SQLITE_BUSY'
        ? `Another server uses the data folder ${folder}. Stop it, or give this one another folder.`
        : `The data folder ${folder} cannot be used: ${detail}. Check its owner and rights, and whether the disk is full.`,
      { cause: error },
    );
  }
};

/** A server has the folder, whoever may see its process. Looking makes nothing, and takes no longer than a read. */
export const isFolderLocked = (folder: string): boolean => {
  const path = join(folder, 'server.lock');
  if (!existsSync(path)) return false;
  const lock = new Database(path, { timeout: 0, readonly: true });
  try {
    lock.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    return codeOf(error) === 'SQLITE_BUSY';
  } finally {
    lock.close();
  }
};
