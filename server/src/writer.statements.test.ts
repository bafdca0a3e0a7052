// Each event is there with all that belongs to it, or not at all: it fails at its first statement, at its second, and so on to its last.
import { describe, expect, it } from 'vitest';

import type { Outcome } from './domain/event.ts';
import { CASES, type Stores, open } from './writer.statements-fixture.ts';

/** All rows of all tables of both files. */
const rowsOf = ({ fettle, metrics }: Stores): Readonly<Record<string, readonly unknown[]>> =>
  Object.fromEntries(
    [fettle, metrics].flatMap(({ db }) =>
      db
        .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .pluck()
        .all()
        .map((name) => [name, db.prepare(`SELECT * FROM ${name}`).all()] as const),
    ),
  );

const WAYS = ['run', 'get', 'all'] as const;
type Statement = Record<(typeof WAYS)[number], (...args: readonly unknown[]) => unknown>;

/** Runs `work` with the `at`-th statement of it failing. @returns how many statements came to the database */
const failing = ({ fettle }: Stores, at: number, error: Error, work: () => void): number => {
  const statement = Object.getPrototypeOf(fettle.db.prepare('SELECT 1')) as Statement;
  const real = Object.fromEntries(WAYS.map((way) => [way, statement[way]])) as Statement;
  let count = 0;
  for (const way of WAYS) {
    statement[way] = function counted(this: unknown, ...args) {
      count += 1;
      if (count === at) throw error;
      return real[way].apply(this, [...args]);
    };
  }
  try {
    work();
    return count;
  } finally {
    Object.assign(statement, real);
  }
};

/** @returns what sets the marks back to what they are now */
const keepMarks = ({ fettle, metrics }: Stores): (() => void) => {
  const files = [
    { db: fettle.db, table: 'alert_marks' },
    { db: metrics.db, table: 'metric_marks' },
  ];
  for (const { db, table } of files) db.exec(`CREATE TEMP TABLE kept AS SELECT * FROM ${table}`);
  return () => {
    for (const { db, table } of files) db.exec(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept`);
  };
};

const FAULT = new Error('planted');
const DISK = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_WRITE' });
describe.each(CASES)('$name:', { timeout: 30_000 }, ({ before, event: eventOf, changes }) => {
  const start = () => {
    const stores = open();
    for (const event of before) expect(['done', 'made']).toContain(stores.commit(event)?.is);
    const event = eventOf(stores);
    return { stores, event, rows: rowsOf(stores) };
  };
  /** How many statements the whole of it is. */
  const length = (): number => {
    const { stores, event } = start();
    return failing(stores, 0, FAULT, () =>
      expect(['done', 'made', 'enrolled', 'removed']).toContain(stores.commit(event)?.is),
    );
  };

  it('the disk fails at any statement, and nothing is there; then all of it', () => {
    const statements = length();
    const { stores, event, rows } = start();
    for (let at = 1; at <= statements; at += 1) {
      let outcome: Outcome | undefined;
      failing(stores, at, DISK, () => (outcome = stores.again(() => stores.commit(event))));
      expect(outcome, `at ${at} of ${statements}`).toMatchObject({ is: 'unavailable' });
      expect(rowsOf(stores), `at ${at} of ${statements}`).toEqual(rows);
    }
    stores.commit(event);
    const after = rowsOf(stores);
    expect(Object.keys(after).filter((table) => JSON.stringify(after[table]) !== JSON.stringify(rows[table]))).toEqual(
      expect.arrayContaining([...changes]),
    );
    const { stores: other, event: same } = start();
    other.commit(same);
    expect(after).toEqual(rowsOf(other));
    expect(stores.fettle.audit.verify().broken).toBeUndefined();
  });

  it('a fault of ours at any statement leaves nothing of it but its place in the lane', () => {
    const statements = length();
    const { stores, event, rows } = start();
    const putBack = keepMarks(stores);
    for (let at = 1; at <= statements; at += 1) {
      let outcome: Outcome | undefined;
      failing(stores, at, FAULT, () => (outcome = stores.commit(event)));
      expect(['refused', 'unavailable'], `at ${at} of ${statements}`).toContain(outcome?.is);
      const { alert_marks: _a, metric_marks: _m, sqlite_sequence: _s, ...left } = rowsOf(stores);
      const { alert_marks: _b, metric_marks: _n, sqlite_sequence: _t, ...was } = rows;
      expect(left, `at ${at} of ${statements}`).toEqual(was);
      putBack();
    }
  });
});
