// Brings a database to the newest shape: numbered files, each in one transaction with its number.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { type Db, StoreError } from './database.ts';

/** @param folder with files 0001_name.sql, 0002_name.sql … @throws StoreError naming the file that failed */
export const migrate = (db: Db, folder: string): void => {
  const files = readdirSync(folder)
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .toSorted();
  const current = Number(db.pragma('user_version', { simple: true }));
  const missing = files.filter((name) => numberOf(name) > current);
  if (missing.length > 0 && current > 0) backUp(db, current);
  for (const name of missing) apply(db, join(folder, name), numberOf(name));
};

const numberOf = (name: string): number => Number(name.slice(0, 4));

/** Beside the database, so that a failed step can be gone back on. */
const backUp = (db: Db, version: number): void => {
  db.prepare('VACUUM INTO ?').run(`${db.name}.before-${version + 1}-${process.pid}`);
};

const apply = (db: Db, path: string, version: number): void => {
  try {
    db.transaction(() => {
      db.exec(readFileSync(path, 'utf8'));
      db.pragma(`user_version = ${version}`);
    }).immediate();
  } catch (error) {
    throw new StoreError(
      `${db.name}: the step ${path} failed: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
};
