// Brings a database to the newest shape: numbered files, each in one transaction with its number.
import { readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { Database as Db } from 'better-sqlite3';

import { StoreError } from './store-error.ts';

/** @param folder with files 0001_name.sql, 0002_name.sql … @throws StoreError naming the file that failed; the database is as it was before that file */
export const migrate = (db: Db, folder: string): void => {
  const files = readdirSync(folder)
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .toSorted();
  const current = versionOf(db);
  const newest = Math.max(0, ...files.map(numberOf));
  if (current > newest + AHEAD_MAX) throw tooNew(db, current, newest);
  const missing = files.filter((name) => numberOf(name) > current);
  if (missing.length > 0 && current > 0) backUp(db, current);
  for (const name of missing) apply(db, join(folder, name), numberOf(name));
};

/** A step adds before a later one takes away, so a program that is one step behind still knows its way. */
const AHEAD_MAX = 1;

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
    db.exec(readFileSync(path, 'utf8'));
    db.pragma(`user_version = ${version}`);
  });
  attempt(`${db.name}: the step ${path}`, () => step.immediate());
};

const attempt = (what: string, work: () => void): void => {
  try {
    work();
  } catch (error) {
    throw new StoreError(`${what} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
};
