// A copy of a database that others go on writing: all of it as it was at one moment, in one file that needs no other.
import { closeSync, fdatasyncSync, openSync } from 'node:fs';

import Database from 'better-sqlite3';

import { openForReading } from '../database.ts';
import { syncFile } from '../sync-file.ts';

/** 1 MiB at a time, on the disk before the next: one large write at the end would hold up everybody's. */
const STEP_PAGES = 256;
const PAUSE_MS = 10;

/**
 * In steps with pauses, by the library's online backup. The source is read in one transaction: without it every change of another
 * connection would begin the copy anew. Its log grows meanwhile by what is written meanwhile.
 * @param pause waits so many ms; @throws SqliteError
 */
export const copyInSteps = async (from: string, to: string, pause: (ms: number) => void): Promise<void> => {
  const source = openForReading(from);
  let file: number | undefined;
  try {
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await source.backup(to, {
      progress: () => {
        file ??= openSync(to, 'r+');
        fdatasyncSync(file);
        pause(PAUSE_MS);
        return STEP_PAGES;
      },
    });
    source.exec('COMMIT');
  } finally {
    if (file !== undefined) closeSync(file);
    source.close();
  }
  finish(to);
};

/** Without what is free in it, and in good order: smaller, and one long statement. @throws SqliteError */
export const copyCompact = (from: string, to: string): void => {
  const source = openForReading(from);
  try {
    source.prepare('VACUUM INTO ?').run(to);
  } finally {
    source.close();
  }
  finish(to);
};

/** No log beside it: it can be read from a disk that cannot be written. */
const finish = (path: string): void => {
  const copy = new Database(path, { fileMustExist: true });
  copy.pragma('journal_mode = DELETE');
  copy.close();
  syncFile(path);
};
