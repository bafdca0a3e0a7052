// Tries a copy as a restore would have it: opened by itself, and read from end to end.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

import { auditTable } from '../audit.ts';
import { type Which, checkDatabase } from '../check/database.ts';
import { type Finding, isBad } from '../check/finding.ts';
import { type Db, openForReading } from '../database.ts';
import type { Manifest } from './manifest.schema.ts';

type CopiedFile = Manifest['files'][string];

export type Tried = {
  readonly file: CopiedFile;
  readonly audit: Manifest['audit'];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
};

/** @throws SqliteError when it cannot be opened at all */
export const tryCopy = (path: string, which: Which): Tried => {
  const db = openForReading(path);
  try {
    const found = checkDatabase(db, which).filter(isBad);
    const problems = found.filter((one) => one.isDamage).map(textOf);
    const notes = found.filter((one) => !one.isDamage).map(textOf);
    const shape = Number(db.pragma('user_version', { simple: true }));
    const file = { ...digestOf(path), shape, rows: problems.length === 0 ? rowsOf(db) : {} };
    return { file, audit: which === 'fettle' && problems.length === 0 ? auditOf(db) : null, problems, notes };
  } finally {
    db.close();
  }
};

const textOf = ({ what, message }: Finding): string => `${what}: ${message}`;

/** Of each table of ours. */
const rowsOf = (db: Db): Record<string, number> => {
  const names = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    .pluck()
    .all();
  // the names are the database's own
  const count = (name: string) =>
    db
      .prepare<[], number>(`SELECT count(*) FROM "${name.replaceAll('"', '""')}"`)
      .pluck()
      .get();
  return Object.fromEntries(names.map((name) => [name, count(name) ?? 0]));
};

const auditOf = (db: Db): Manifest['audit'] =>
  hasChain(db) ? { lineage: lineageOf(db), ...auditTable(db).head() } : null;

/** Not before the step that made the audit trail a chain. */
export const hasChain = (db: Db): boolean =>
  db.prepare<[], number>("SELECT count(*) FROM pragma_table_info('audit') WHERE name = 'hash'").pluck().get() === 1;

/** Which history the file goes on with: another one from each restore on. */
export const lineageOf = (db: Db): string =>
  db.prepare<[], string>("SELECT value FROM meta WHERE key = 'lineage'").pluck().get() ?? '';

const CHUNK_BYTES = 1024 * 1024;

/** Length and SHA-256, without ever having more than a piece of it in memory. @throws as fs does */
export const digestOf = (path: string): Pick<CopiedFile, 'bytes' | 'sha256'> => {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const file = openSync(path, 'r');
  try {
    let bytes = 0;
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      hash.update(chunk.subarray(0, read));
      bytes += read;
    }
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    closeSync(file);
  }
};
