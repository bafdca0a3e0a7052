// Brings a database to the newest shape: numbered files, each in one transaction with its number.
import { readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { messageOf } from '@fettle/shared/error';
import type { Database as Db } from 'better-sqlite3';

import { StoreError } from './store-error.ts';

/** @param folder with files 0001_name.sql, 0002_name.sql … @throws StoreError naming the file that failed; the database is as it was before that file */
export const migrate = (db: Db, folder: string): void => {
  const files = readdirSync(folder)
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .toSorted();
  const current = versionOf(db);
  const newest = Math.max(0, ...files.map(numberOf));
  if (current > newest && newest < oldestReader(db, current)) throw tooNew(db, current, newest);
  const missing = files.filter((name) => numberOf(name) > current);
  if (missing.length > 0 && current > 0) backUp(db, current);
  for (const name of missing) apply(db, join(folder, name), numberOf(name));
};

/**
 * A step adds before a later one takes away, so a program that is one step behind still knows its way. A step for which that is not so,
 * or that even older programs can live with, says itself who can read the file after it: `-- readable by: 4` on a line of its own.
 */
const READABLE_BY = /^-- readable by: (\d+)$/m;

const floorOf = (sql: string, version: number): number => Number(READABLE_BY.exec(sql)?.[1] ?? version - 1);

/** The step that a program must know at least to use a file of this version. Files of before there was a word on it: the one before. */
const oldestReader = (db: Db, version: number): number => {
  const isSaid = db.prepare<[], number>("SELECT count(*) FROM sqlite_schema WHERE name = 'shape'").pluck().get() === 1;
  const said = isSaid
    ? db.prepare<[number], number>('SELECT readable_by FROM shape WHERE version = ?').pluck().get(version)
    : undefined;
  return said ?? version - 1;
};

/** Never lower than what a step before has said. */
const sayReader = (db: Db, version: number, floor: number): void => {
  db.exec(`CREATE TABLE IF NOT EXISTS shape (version INTEGER PRIMARY KEY, readable_by INTEGER NOT NULL) STRICT`);
  db.prepare<[number, number]>(
    'INSERT INTO shape (version, readable_by) SELECT ?, max(?, coalesce(max(readable_by), 0)) FROM shape',
  ).run(version, floor);
};

const tooNew = ({ name }: Db, current: number, newest: number): StoreError =>
  new StoreError(
    `${name} was written by a newer version (its shape is ${current}, this program knows ${newest}). ` +
      'Use that version or a newer one, or restore the backup from before the upgrade.',
  );

const versionOf = (db: Db): number => Number(db.pragma('user_version', { simple: true }));

const numberOf = (name: string): number => Number(name.slice(0, 4));

/** Beside the database, so that a failed step can be gone back on. In place of an earlier one: a step may fail again and again. */
const backUp = (db: Db, version: number): void => {
  const path = `${db.name}.before-${version + 1}`;
  attempt(`${db.name}: the backup ${path}`, () => {
    rmSync(`${path}.part`, { force: true });
    db.prepare('VACUUM INTO ?').run(`${path}.part`);
    renameSync(`${path}.part`, path);
  });
};

const apply = (db: Db, path: string, version: number): void => {
  const step = db.transaction(() => {
    if (versionOf(db) >= version) return; // another process was first
    const sql = readFileSync(path, 'utf8');
    db.exec(sql);
    sayReader(db, version, floorOf(sql, version));
    db.pragma(`user_version = ${version}`);
  });
  attempt(`${db.name}: the step ${path}`, () => step.immediate());
};

const attempt = (what: string, work: () => void): void => {
  try {
    work();
  } catch (error) {
    throw new StoreError(`${what} failed: ${messageOf(error)}`, { cause: error });
  }
};
