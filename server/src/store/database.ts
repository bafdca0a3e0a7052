// Opens one SQLite file the way all of ours are opened, and refuses what is not ours.
import { closeSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';

import { codeOf, messageOf } from '@fettle/shared/error';
import Database from 'better-sqlite3';

import { Ballast } from './ballast.ts';
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

/** Any file of ours, of whatever shape, to be read from end to end: with patience for another program's change. @throws SqliteError */
export const openForReading = (path: string): Db => {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS.write });
  db.pragma('cell_size_check = ON');
  return db;
};

/** In memory only, as another one was that said `db.serialize()`: for simulations. @param bytes changed by nothing that is done to it */
export const databaseFrom = <T>(
  { tables }: Pick<DatabaseFile<T>, 'tables'>,
  bytes: Buffer,
): T & { readonly db: Db } => {
  const db = new Database(bytes);
  prepareSession(db);
  return { ...tables(db), db };
};

const prepareSession = (db: Db): void => {
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma('foreign_keys = ON');
};

const open = <T>(
  { path, tables }: DatabaseFile<T>,
  options: Database.Options,
  prepare: (db: Db) => void,
): T & { readonly db: Db } => {
  let db: Db | undefined;
  try {
    ensureFolder(dirname(path));
    if (options.readonly !== true) new Ballast(dirname(path)).breathe();
    db = new Database(path, options);
    prepareSession(db);
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

/** Where the file says what it is (SQLite, "Database File Format", 1.3: a magic text, and the application id at 68). */
const HEADER = { bytes: 100, magic: 'SQLite format 3\0', applicationAt: 68 } as const;

/** @returns 0 when it is no SQLite database. @throws as fs does */
export const applicationOf = (path: string): number => {
  const header = Buffer.alloc(HEADER.bytes);
  const file = openSync(path, 'r');
  try {
    readSync(file, header);
  } finally {
    closeSync(file);
  }
  return header.toString('latin1', 0, HEADER.magic.length) === HEADER.magic
    ? header.readInt32BE(HEADER.applicationAt)
    : 0;
};

const RESTORE = 'Restore it from a backup: fettle-server restore';

export const meansDamage = (code: string): boolean => /^SQLITE_(?:CORRUPT|NOTADB)/.test(code);

/** What to say of an error that means a damaged file. */
export const damageOf = (code: string, path: string): string | undefined =>
  meansDamage(code) ? `${path} is damaged. Stop the server. ${RESTORE}` : undefined;

const explain = (error: unknown): string => {
  const code = codeOf(error);
  const detail = messageOf(error);
  switch (code) {
    case 'SQLITE_NOTADB':
      return `it is no SQLite database, or damaged. ${RESTORE}`;
    case 'SQLITE_CORRUPT':
      return `it is damaged. ${RESTORE}`;
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
