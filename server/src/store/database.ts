// Opens one SQLite file the way all of ours are opened, and refuses what is not ours.
import { dirname } from 'node:path';

import Database from 'better-sqlite3';

import { ensureFolder } from './ensure-folder.ts';
import { migrate } from './migrate.ts';
import { StoreError } from './store-error.ts';

export type Db = Database.Database;

/** Marks a file as ours (PRAGMA application_id): "FETL" and "FETM". */
export const APPLICATION = { fettle: 0x46_45_54_4c, metrics: 0x46_45_54_4d } as const;

/** A writer waits for another program's short change; a question is not worth waiting for. */
const BUSY_MS = { write: 5_000, read: 50 } as const;
/** Pages in the log before it is written back: 32 MiB. */
const CHECKPOINT_PAGES = 8_000;

export type DatabaseFile<Tables> = {
  readonly path: string;
  readonly application: number;
  /** A folder of numbered files, see migrate.ts. */
  readonly migrations: string;
  readonly tables: (db: Db) => Tables;
};

/** For reading and writing, of the newest shape; made when it is not there. @throws StoreError */
export const openDatabase = <T>(file: DatabaseFile<T>): T & { readonly db: Db } =>
  open(file, { timeout: BUSY_MS.write }, (db) => {
    const isFresh = !isOurs(db, file);
    if (isFresh && !isEmpty(db)) throw foreign(file); // before anything of it is changed
    db.pragma('journal_mode = WAL');
    // the library is built with NORMAL for WAL, in which a commit can vanish at a power cut
    db.pragma('synchronous = FULL');
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    if (isFresh) db.pragma(`application_id = ${file.application}`);
    migrate(db, file.migrations);
  });

/** For questions only; the file must be there. @throws StoreError */
export const readDatabase = <T>(file: DatabaseFile<T>): T & { readonly db: Db } =>
  open(file, { timeout: BUSY_MS.read, readonly: true }, (db) => {
    if (!isOurs(db, file)) throw foreign(file);
  });

const open = <T>(
  { path, tables }: DatabaseFile<T>,
  options: Database.Options,
  prepare: (db: Db) => void,
): T & { readonly db: Db } => {
  let db: Db | undefined;
  try {
    ensureFolder(dirname(path));
    db = new Database(path, options);
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    db.pragma('foreign_keys = ON');
    prepare(db);
    return { ...tables(db), db };
  } catch (error) {
    db?.close();
    if (error instanceof StoreError) throw error;
    throw new StoreError(`${path} cannot be opened: ${explain(error)}`, { cause: error });
  }
};

const isOurs = (db: Db, { application }: DatabaseFile<unknown>): boolean =>
  db.pragma('application_id', { simple: true }) === application;

const foreign = ({ path }: DatabaseFile<unknown>): StoreError =>
  new StoreError(`${path} is the database of another program. Move it away, or use another data folder.`);

const isEmpty = (db: Db): boolean =>
  db.prepare<[], { count: number }>('SELECT count(*) AS count FROM sqlite_schema').get()?.count === 0;

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
