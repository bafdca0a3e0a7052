// Every step that there is, for both databases: killed behind each of its statements, and met by a program that does not know it yet.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import { aTold, freshFolder, openWriter } from '../fixture.ts';
import { APPLICATION, type DatabaseFile, type Db, openDatabase } from './database.ts';
import { openFettle } from './fettle.ts';
import { openMetrics } from './metrics.ts';
import { migrate } from './migrate.ts';

const stepsOf = (name: 'fettle' | 'metrics') => {
  const folder = join(import.meta.dirname, 'migrations', name);
  return readdirSync(folder)
    .toSorted()
    .map((file) => ({ file, path: join(folder, file), sql: readFileSync(join(folder, file), 'utf8') }));
};

/** The number of the newest step: numbers are given out before their steps are written, so some may be missing. */
const newestOf = (name: 'fettle' | 'metrics'): number => Number(stepsOf(name).at(-1)?.file.slice(0, 4));

/** A folder with the first `count` steps; the last of them perhaps another text. */
const stepsIn = (name: 'fettle' | 'metrics', count: number, lastSql?: string): string => {
  const folder = freshFolder();
  for (const [index, { file, sql }] of stepsOf(name).slice(0, count).entries())
    writeFileSync(join(folder, file), index === count - 1 ? (lastSql ?? sql) : sql);
  return folder;
};

/** As SQLite itself splits them: a piece is a statement when it can be prepared, and nothing is missing at its end. */
const statementsOf = (db: Db, sql: string): readonly string[] => {
  const statements: string[] = [];
  let piece = '';
  for (const part of sql.split(/(?<=;)/)) {
    piece += part;
    if (piece.replaceAll(/--.*/g, '').trim() === '') continue;
    try {
      db.prepare(piece);
    } catch (error) {
      if (String(error).includes('incomplete input')) continue;
      throw error;
    }
    db.exec(piece);
    statements.push(piece);
    piece = '';
  }
  return statements;
};

/** A step that takes the time of day gives another one each time. */
const withoutClock = (row: object): object => ('used_ms' in row ? { ...row, used_ms: Number(row.used_ms) > 0 } : row);

/** What there is: the shape, and what is in it. */
const contentOf = (path: string) => {
  const db = new Database(path, { readonly: true });
  const schema = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all();
  const rows = tables.map((table) => [table, db.prepare<[], object>(`SELECT * FROM ${table}`).all().map(withoutClock)]);
  const version = db.pragma('user_version', { simple: true });
  const integrity = db.pragma('integrity_check', { simple: true });
  db.close();
  return { version, integrity, schema, rows };
};

const open = (path: string): Db => {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = OFF'); // what is left here is what was written, not what was synced
  return db;
};

const CASES = (['fettle', 'metrics'] as const).flatMap((name) =>
  stepsOf(name).map(({ file, sql }, index) => ({ name, file, sql, count: index + 1 })),
);

/** Rows of before the step, so that it has something to lose. */
const seed = (db: Db, name: 'fettle' | 'metrics', count: number): void => {
  if (count === 1) return;
  if (name === 'metrics')
    return void db.exec(`INSERT INTO device_keys (device) VALUES ('d_1'); INSERT INTO series_sets (device_key, hash, series) VALUES (1, 'h', '[]');
      INSERT INTO metric_marks (device_key, epoch, seq) VALUES (1, 'e', 1); INSERT INTO hot (device_key, seq, t0_ms, set_id, block) VALUES (1, 1, 5, 1, x'00')`);
  db.exec(`INSERT INTO tenants (id, name, ticket_prefix, next_ticket) VALUES ('t', 'T', 'T', 1);
    INSERT INTO sites (id, tenant, name) VALUES ('s', 't', 'S');
    INSERT INTO audit (at_ms, tenant, actor, action, subject, detail) VALUES (1, 't', 'a', 'b', 'c', '{}');
    INSERT INTO devices (id, tenant, site, public_key, hostname, os, class, agent_version, boot_id, enrolled_ms, last_seen_ms, presence,
      presence_since_ms, clock_offset_ms, lost_records, capabilities, inventory)
    VALUES ('d', 't', 's', 'k', 'h', 'linux', 'server', '1', 'b', 1, 1, 'online', 1, 0, 0, '["cpu"]',
      '{"atMs":1,"sections":[{"id":"os","title":"OS","facts":[]}]}');
    INSERT INTO alert_marks (device, epoch, seq) VALUES ('d', 'e', 3);
    INSERT INTO tickets (id, tenant, site, device, rule, instance, key, number, state, priority, subject, body, is_touched, created_ms,
      updated_ms, reopened, reopened_ms, version)
    VALUES ('k', 't', 's', 'd', 'r', '/', 'key', 'T-1', 'new', 'high', 'subject', 'body', 0, 1, 2, 0, '[]', 1);
    INSERT INTO ticket_notes (id, ticket, at_ms, by, what, text) VALUES (7, 'k', 1, 'Fettle', 'opened', 'Opened.')`);
};

describe.each(CASES)('$file of $name', { timeout: 30_000 }, ({ name, sql, count }) => {
  /** A database of the step before. */
  const before = () => {
    const path = join(freshFolder(), `${name}.db`);
    const db = open(path);
    migrate(db, stepsIn(name, count - 1));
    seed(db, name, count);
    return { path, db };
  };

  it('is all there or not at all, wherever in it the program is killed, and can be made after that', () => {
    const scratch = before();
    const statements = statementsOf(scratch.db, sql);
    scratch.db.close();
    expect(statements.length).toBeGreaterThan(0);
    const whole = before();
    migrate(whole.db, stepsIn(name, count));
    whole.db.close();
    const wanted = contentOf(whole.path);
    for (let killed = 1; killed <= statements.length; killed += 1) {
      const { path, db } = before();
      const was = (db.pragma('wal_checkpoint(TRUNCATE)'), contentOf(path));
      const left = freshFolder();
      db.pragma('cache_size = 1'); // so that half a step gets as far as the log
      db.function('killed_here', () => {
        cpSync(join(path, '..'), left, { recursive: true });
        throw new Error('killed');
      });
      const half = `${statements.slice(0, killed).join('')}\nSELECT killed_here();\n${statements.slice(killed).join('')}`;
      expect(() => migrate(db, stepsIn(name, count, half))).toThrow('killed');
      // where it only failed, and where it was killed: both are as before, and go on to be as wanted
      for (const file of [path, join(left, `${name}.db`)]) {
        if (file === path) db.close();
        rmSync(`${file}-shm`, { force: true });
        const again = open(file);
        expect(contentOf(file), `behind statement ${killed}`).toEqual(was);
        migrate(again, stepsIn(name, count));
        again.close();
        expect(contentOf(file), `behind statement ${killed}`).toEqual(wanted);
      }
    }
  });

  it('takes nothing from a program that does not know it, unless it says so', () => {
    const { db } = before();
    const columnsOf = () =>
      new Map(
        db
          .prepare<[], { name: string }>(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
          )
          .all()
          .map((table) => [
            table.name,
            db
              .prepare<[string], { name: string; notnull: number; dflt_value: unknown }>(
                'SELECT * FROM pragma_table_info(?)',
              )
              .all(table.name),
          ]),
      );
    const was = columnsOf();
    migrate(db, stepsIn(name, count));
    const is = columnsOf();
    db.close();
    if (/^-- readable by: /m.test(sql)) return;
    for (const [table, columns] of was) {
      const now = is.get(table) ?? [];
      expect(
        now.map((column) => column.name),
        table,
      ).toEqual(expect.arrayContaining(columns.map((column) => column.name)));
      const known = new Set(columns.map((column) => column.name));
      const needed = now.filter(
        (column) => !known.has(column.name) && column.notnull === 1 && column.dflt_value === null,
      );
      expect(needed, `new columns of ${table} that an older program would have to fill`).toEqual([]);
    }
  });
});

it('a process that is killed by the system within a step has left the file as it was', { timeout: 30_000 }, () => {
  const folder = freshFolder();
  const path = join(folder, 'fettle.db');
  const db = open(path);
  db.pragma(`application_id = ${APPLICATION.fettle}`);
  migrate(db, stepsIn('fettle', 5));
  db.close();
  const was = contentOf(path);
  const last = stepsOf('fettle')[5];
  const half = stepsIn('fettle', 6, `${last?.sql ?? ''}\nSELECT killed_here();`);
  const program = `
    import { createRequire } from 'node:module';
    import { migrate } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'migrate.ts')).href)};
    const db = new (createRequire(${JSON.stringify(import.meta.url)})('better-sqlite3'))(${JSON.stringify(path)});
    db.function('killed_here', () => process.kill(process.pid, 'SIGKILL'));
    migrate(db, ${JSON.stringify(half)});`;
  expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', program])).toThrow('Command failed');
  expect(contentOf(path)).toEqual(was);
  openFettle(folder).db.close();
  expect(contentOf(path)).toMatchObject({ version: newestOf('fettle'), integrity: 'ok' });
});

describe('a program that is one step behind', () => {
  const behind = (name: 'fettle' | 'metrics', folder: string) => {
    const file: DatabaseFile<object> = {
      path: join(folder, `${name}.db`),
      application: APPLICATION[name],
      migrations: stepsIn(name, stepsOf(name).length - 1),
      tables: () => ({}),
    };
    return openDatabase(file).db;
  };

  it('opens both files, writes, and this one goes on with what it has written', () => {
    const { folder, writer, close } = openWriter();
    writer.commit([aTold(1)], 1);
    close();
    for (const name of ['fettle', 'metrics'] as const) {
      const db = behind(name, folder);
      expect(db.pragma('user_version', { simple: true })).toBe(newestOf(name));
      if (name === 'fettle') {
        db.exec(`INSERT INTO audit (at_ms, tenant, actor, action, subject, detail) VALUES (1, '', 'old', 'b', 'c', '{}');
          UPDATE alert_marks SET seq = 2`);
      }
      db.close();
    }
    const again = openFettle(folder);
    expect([again.marks.get('d_1')?.seq, again.audit.verify().broken]).toEqual([2, undefined]);
    again.db.close();
    openMetrics(folder).db.close();
  });

  it.each([
    ['can be read by it', 'CREATE TABLE more (a);', undefined],
    ['says it can be read by even older ones', '-- readable by: 1\nCREATE TABLE more (a);', undefined],
    [
      'says it cannot',
      '-- readable by: 3\nDROP TABLE two;',
      /was written by a newer version \(its shape is 3, this program knows 2\)/,
    ],
  ])('when the step %s', (_name, third, message) => {
    const folder = freshFolder();
    const steps = join(folder, 'steps');
    mkdirSync(steps);
    const put = (name: string, sql: string) => writeFileSync(join(steps, name), sql);
    put('0001_one.sql', 'CREATE TABLE one (a);');
    put('0002_two.sql', 'CREATE TABLE two (a);');
    put('0003_three.sql', third);
    const file: DatabaseFile<object> = {
      path: join(folder, 'x.db'),
      application: 5,
      migrations: steps,
      tables: () => ({}),
    };
    openDatabase(file).db.close();
    rmSync(join(steps, '0003_three.sql'));
    const use = () => openDatabase(file).db.close();
    if (message) expect(use).toThrow(message);
    else use();
    rmSync(join(steps, '0002_two.sql'));
    if (third.includes('by: 1')) use();
    else expect(use).toThrow('was written by a newer version');
  });
});
