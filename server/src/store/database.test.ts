import { mkdirSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import { freshFolder, openStores } from '../fixture.ts';
import { APPLICATION, type Db } from './database.ts';
import { openFettle, readFettle } from './fettle.ts';
import { openMetrics, readMetrics } from './metrics.ts';

const pragma = (db: Db, name: string) => db.pragma(name, { simple: true });

describe('a database of ours', () => {
  it.each(['fettle', 'metrics'] as const)(
    '%s.db writes to the disk before it says so, and keeps its references',
    (name) => {
      const { db } = openStores()[name];
      expect({
        journal_mode: pragma(db, 'journal_mode'),
        synchronous: pragma(db, 'synchronous'),
        foreign_keys: pragma(db, 'foreign_keys'),
        trusted_schema: pragma(db, 'trusted_schema'),
        cell_size_check: pragma(db, 'cell_size_check'),
        application_id: pragma(db, 'application_id'),
        integrity_check: pragma(db, 'integrity_check'),
      }).toEqual({
        journal_mode: 'wal',
        synchronous: 2, // FULL
        foreign_keys: 1,
        trusted_schema: 0,
        cell_size_check: 1,
        application_id: APPLICATION[name],
        integrity_check: 'ok',
      });
    },
  );

  it('is opened again as it is', () => {
    const { folder, close } = openStores();
    close();
    const again = openFettle(folder);
    expect([pragma(again.db, 'synchronous'), again.devices.get('d_1')?.hostname]).toEqual([2, 'srv-01']);
    again.db.close();
  });

  it('for questions can be read while it is written, and not be changed', () => {
    const { folder, fettle } = openStores();
    const reader = readFettle(folder);
    fettle.db.exec('BEGIN IMMEDIATE');
    fettle.devices.seen('d_1', 99);
    expect(reader.devices.get('d_1')?.lastSeenMs).not.toBe(99);
    expect(() => reader.devices.remove('d_1')).toThrow('readonly');
    fettle.db.exec('ROLLBACK');
    reader.db.close();
  });

  it('lies in a folder that only its owner can read', () => {
    const folder = join(freshFolder(), 'a', 'b');
    openFettle(folder).db.close();
    expect([statSync(join(folder, '..')).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o700, 0o700]);
  });
});

describe('a file that is not ours', () => {
  /** @returns the folder, with a file in place of fettle.db */
  const placed = (make: (path: string) => void) => {
    const folder = freshFolder();
    make(join(folder, 'fettle.db'));
    return folder;
  };
  const files = (folder: string) => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'hex')]);
  const aDatabase = (sql: string) => (path: string) => {
    const db = new Database(path);
    db.exec(sql);
    db.close();
  };

  it.each([
    ['the database of another program', aDatabase('CREATE TABLE songs (name)'), /is the database of another program/],
    [
      'of another program, by its number',
      aDatabase('PRAGMA application_id = 5; CREATE TABLE a (b)'),
      /another program/,
    ],
    [
      'the other one of ours',
      aDatabase(`PRAGMA application_id = ${APPLICATION.metrics}; CREATE TABLE a (b)`),
      /another/,
    ],
    ['no database at all', (path: string) => writeFileSync(path, 'Dear Sir or Madam, '.repeat(99)), /or damaged/],
  ])('but %s is refused, and left untouched', (_name, make, message) => {
    const folder = placed(make);
    const before = files(folder);
    expect(() => openFettle(folder)).toThrow(message);
    expect(() => readFettle(folder)).toThrow(folder);
    expect(files(folder)).toEqual(before);
  });

  it('but a folder is refused', () => {
    const folder = placed((path) => mkdirSync(path));
    expect(() => openFettle(folder)).toThrow(/fettle\.db cannot be opened/);
  });

  it('but damaged is refused with what to do', () => {
    const { folder, fettle, close } = openStores();
    const path = fettle.db.name;
    close();
    truncateSync(path, 8_192); // cut off behind the first pages
    expect(() => openFettle(folder)).toThrow(/fettle\.db cannot be opened: it is damaged\. Restore it from a backup/);
  });

  it('but empty is made into ours', () => {
    const folder = placed((path) => writeFileSync(path, ''));
    openFettle(folder).db.close();
    const reader = readFettle(folder);
    expect(pragma(reader.db, 'application_id')).toBe(APPLICATION.fettle);
    reader.db.close();
  });

  it('but not there cannot be asked', () => {
    const folder = freshFolder();
    expect(() => readMetrics(folder)).toThrow(/metrics\.db cannot be opened/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

it('a folder that cannot be made is told by its name', () => {
  const path = join(freshFolder(), 'data');
  writeFileSync(path, '');
  expect(() => openMetrics(join(path, 'deeper'))).toThrow(/data.*cannot be opened/);
});
