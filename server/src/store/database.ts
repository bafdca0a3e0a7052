// Opens one SQLite file the way all of ours are opened, and refuses what is not ours.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import Database from 'better-sqlite3';

import { ensureFolder } from './ensure-folder.ts';

export type Db = Database.Database;

/** The data folder or a file in it cannot be used. The message says which, and what to do. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}

/** Marks a file as ours (PRAGMA application_id): "FETL" and "FETM". */
export const APPLICATION = { fettle: 0x46_45_54_4c, metrics: 0x46_45_54_4d } as const;

/** A writer waits for another program's short change; a question is not worth waiting for. */
const BUSY_MS = { write: 5_000, read: 50 } as const;
/** Pages in the log before it is written back: 32 MiB. */
const CHECKPOINT_PAGES = 8_000;

/** @throws StoreError */
export const openDatabase = (path: string, application: number, options: { readonly readonly: boolean }): Db => {
  try {
    ensureFolder(dirname(path));
    const isNew = !existsSync(path);
    const db = new Database(path, {
      readonly: options.readonly,
      timeout: options.readonly ? BUSY_MS.read : BUSY_MS.write,
    });
    configure(db, options.readonly);
    checkOwner(db, path, application, isNew);
    return db;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(`${path} cannot be opened: ${explain(error)}`, { cause: error });
  }
};

const configure = (db: Db, isReadonly: boolean): void => {
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma('foreign_keys = ON');
  if (isReadonly) return;
  db.pragma('journal_mode = WAL');
  // the library is built with NORMAL for WAL, in which a commit can vanish at a power cut
  db.pragma('synchronous = FULL');
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
};

const checkOwner = (db: Db, path: string, application: number, isNew: boolean): void => {
  const found = db.pragma('application_id', { simple: true });
  if (found === application) return;
  const isEmpty =
    db.prepare<[], { tables: number }>('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables === 0;
  if (!isNew && !isEmpty) {
    db.close();
    throw new StoreError(`${path} is the database of another program. Move it away, or use another data folder.`);
  }
  db.pragma(`application_id = ${application}`);
};

const explain = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const detail = error instanceof Error ? error.message : String(error);
  switch (code) {
    case 'SQLITE_NOTADB':
      return 'it is no SQLite database, or damaged. Restore it from a backup.';
    case 'SQLITE_CORRUPT':
      return 'it is damaged. Restore it from a backup.';
    case 'SQLITE_FULL':
    case 'ENOSPC':
      return 'the disk is full. Free some space and start again.';
    case 'EACCES':
    case 'EROFS':
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
      return `it cannot be written (${detail}). Check the owner and the rights of the folder.`;
    default:
      return detail;
  }
};
