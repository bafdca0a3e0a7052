import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import { freshFolder } from '../fixture.ts';
import { type DatabaseFile, type Db, openDatabase } from './database.ts';

const ONE = "CREATE TABLE pets (name TEXT NOT NULL) STRICT; INSERT INTO pets VALUES ('Rex');";
const TWO = 'ALTER TABLE pets ADD COLUMN age INTEGER; UPDATE pets SET age = 3;';
const BROKEN = 'ALTER TABLE pets ADD COLUMN colour TEXT; INSERT INTO cats VALUES (1);';

/** A database with steps of the test's own. */
const aPlace = () => {
  const folder = freshFolder();
  const migrations = join(folder, 'steps');
  mkdirSync(migrations);
  const file: DatabaseFile<object> = { path: join(folder, 'pets.db'), application: 77, migrations, tables: () => ({}) };
  const step = (name: string, sql: string) => writeFileSync(join(migrations, name), sql);
  const open = <T>(look: (db: Db) => T): T => {
    const { db } = openDatabase(file);
    const seen = look(db);
    db.close();
    return seen;
  };
  const kept = () => readdirSync(folder).filter((name) => name.includes('.before-'));
  return { ...file, step, open, kept };
};

const pets = (db: Db) => db.prepare('SELECT * FROM pets').all();
const version = (db: Db) => db.pragma('user_version', { simple: true });

describe('a database', () => {
  it('that is not there is made by all steps in their order', () => {
    const { step, open, kept } = aPlace();
    step('0002_age.sql', TWO);
    step('0001_start.sql', ONE);
    step('README.md', 'not a step');
    expect(open((db) => [version(db), pets(db)])).toEqual([2, [{ name: 'Rex', age: 3 }]]);
    expect(kept()).toEqual([]);
  });

  it('of before gets what it lacks, once, and is kept as it was beside', () => {
    const { step, open, kept, path } = aPlace();
    step('0001_start.sql', ONE);
    open((db) => db.exec("INSERT INTO pets VALUES ('Tom')"));
    step('0002_age.sql', TWO);
    const look = (db: Db) => [version(db), pets(db).length];
    expect([open(look), open(look)]).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(kept()).toEqual(['pets.db.before-2']);
    const backup = new Database(`${path}.before-2`, { readonly: true });
    expect([version(backup), pets(backup)]).toEqual([1, [{ name: 'Rex' }, { name: 'Tom' }]]);
    backup.close();
  });

  it('is as before when a step fails, and the error names the step', () => {
    const { step, open, path, migrations } = aPlace();
    step('0001_start.sql', ONE);
    open(version);
    step('0002_age.sql', TWO);
    step('0003_colour.sql', BROKEN);
    const message = `${join(migrations, '0003_colour.sql')} failed: no such table: cats`;
    expect(() => open(version)).toThrow(message);
    expect(() => open(version)).toThrow(message);
    const left = new Database(path, { readonly: true });
    expect([version(left), pets(left)]).toEqual([2, [{ name: 'Rex', age: 3 }]]);
    left.close();
    step('0003_colour.sql', 'ALTER TABLE pets ADD COLUMN colour TEXT;');
    expect(open(version)).toBe(3);
  });

  it('whose first step fails can be made later', () => {
    const { step, open } = aPlace();
    step('0001_start.sql', 'CREATE TABLE half (a); INSERT INTO cats VALUES (1);');
    expect(() => open(version)).toThrow('0001_start.sql failed');
    step('0001_start.sql', ONE);
    expect(open((db) => [version(db), pets(db).length])).toEqual([1, 1]);
  });

  it('gets no step without a backup of it', () => {
    const { step, open, path } = aPlace();
    step('0001_start.sql', ONE);
    open(version);
    step('0002_age.sql', TWO);
    mkdirSync(`${path}.before-2`); // in the way
    expect(() => open(version)).toThrow(`the backup ${path}.before-2 failed`);
    expect(existsSync(path)).toBe(true);
    const left = new Database(path, { readonly: true });
    expect(version(left)).toBe(1);
    left.close();
  });
});

describe('a database of a newer program', () => {
  it('is used when it is one step ahead', () => {
    const { step, open, kept } = aPlace();
    step('0001_start.sql', ONE);
    open((db) => db.pragma('user_version = 2'));
    expect(open((db) => [version(db), pets(db).length])).toEqual([2, 1]);
    expect(kept()).toEqual([]);
  });

  it('is refused when it is further ahead, and left as it is', () => {
    const { step, open, path } = aPlace();
    step('0001_start.sql', ONE);
    open((db) => db.pragma('user_version = 3'));
    expect(() => open(version)).toThrow(`${path} was written by a newer version`);
    const left = new Database(path, { readonly: true });
    expect([version(left), pets(left)]).toEqual([3, [{ name: 'Rex' }]]);
    left.close();
  });
});
