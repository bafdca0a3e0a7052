// The trail shows what was done to it, whoever did it with whatever program.
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import { NOW, openStores } from '../fixture.ts';

const ENTRIES = 12;

const open = () => {
  const { fettle, close } = openStores();
  const { audit, db } = fettle;
  const entry = (n: number) => ({
    atMs: NOW + n,
    tenant: 'acme',
    actor: 'person:p_1',
    action: 'ticket.take',
    subject: `t_${n}`,
    detail: { n },
  });
  const append = (n: number) => audit.append(entry(n));
  for (let n = 1; n <= ENTRIES; n += 1) append(n);
  /** As somebody with another program does it, who knows of the triggers. */
  const tamper = (sql: string): void => {
    const other = new Database(db.name);
    other.exec(`DROP TRIGGER audit_stays; DROP TRIGGER audit_keeps; ${sql}`);
    other.close();
  };
  return { fettle, audit, db, append, tamper, close };
};

describe('the audit trail', () => {
  it('is whole as it was written, and its head stands for all of it', () => {
    const { audit } = open();
    const verdict = audit.verify();
    expect(verdict).toEqual({ entries: ENTRIES, unsealed: 0, head: audit.head(), broken: undefined });
    expect(audit.head()).toMatchObject({ seq: ENTRIES, hash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
    expect(audit.hashAt(ENTRIES)).toBe(audit.head().hash);
  });

  it.each(["UPDATE audit SET actor = 'person:p_2' WHERE seq = 3", 'DELETE FROM audit WHERE seq = 3'])(
    'refuses %s',
    (sql) => {
      const { db, audit } = open();
      expect(() => db.exec(sql)).toThrow('audit');
      expect(audit.verify().broken).toBeUndefined();
    },
  );

  it('has no trace of an entry whose change came to nothing', () => {
    const { db, audit, append } = open();
    db.exec('BEGIN; SAVEPOINT event');
    append(99);
    db.exec('ROLLBACK TO event; RELEASE event');
    append(13);
    db.exec('COMMIT');
    expect(audit.verify()).toMatchObject({ entries: ENTRIES + 1, broken: undefined });
  });
});

describe('what was done to the file is found, and the first entry of it named:', { timeout: 30_000 }, () => {
  it.each([
    [
      'another actor',
      "UPDATE audit SET actor = 'person:p_2' WHERE seq = 5",
      { seq: 5, how: 'is not as it was written' },
    ],
    ['another time', 'UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 12', { seq: 12, how: 'is not as it was written' }],
    ['another hash', "UPDATE audit SET hash = 'ff' WHERE seq = 7", { seq: 7, how: 'is not as it was written' }],
    ['an entry taken out', 'DELETE FROM audit WHERE seq = 4', { seq: 4, how: 'is missing' }],
    ['the first taken out', 'DELETE FROM audit WHERE seq = 1', { seq: 1, how: 'is missing' }],
    ['the last taken out', 'DELETE FROM audit WHERE seq = 12', { seq: 12, how: 'is missing' }],
    ['all taken out', 'DELETE FROM audit', { seq: 1, how: 'is missing' }],
    [
      "two in each other's place",
      `CREATE TEMP TABLE swap AS SELECT * FROM audit WHERE seq IN (6, 7);
       UPDATE audit SET (actor, subject, at_ms, detail) = (SELECT actor, subject, at_ms, detail FROM swap WHERE swap.seq = 13 - audit.seq)
       WHERE seq IN (6, 7)`,
      { seq: 6, how: 'is not as it was written' },
    ],
    [
      'a changed entry without its hash',
      "UPDATE audit SET hash = NULL, actor = 'x' WHERE seq = 5",
      { seq: 5, how: 'is not as it was written' },
    ],
  ])('%s', (_name, sql, broken) => {
    const { audit, tamper } = open();
    tamper(sql);
    expect(audit.verify().broken).toEqual(broken);
  });

  it('any one of 200 edits at any place', () => {
    const { audit, db, tamper } = open();
    tamper('');
    const columns = ['at_ms', 'tenant', 'actor', 'action', 'subject', 'detail', 'hash'];
    for (let n = 0; n < 200; n += 1) {
      const [seq, column] = [1 + (n % ENTRIES), columns[n % columns.length] ?? ''];
      db.exec('BEGIN');
      const value = column === 'at_ms' ? String(n) : `'edit ${n}'`;
      db.exec(`UPDATE audit SET ${column} = ${value} WHERE seq = ${seq}`);
      expect(audit.verify().broken, `${column} of ${seq}`).toMatchObject({ seq });
      db.exec('ROLLBACK');
    }
    expect(audit.verify().broken).toBeUndefined();
  });
});

describe('entries of a program that is one step behind, which knows of no hashes', () => {
  const older = `INSERT INTO audit (at_ms, tenant, actor, action, subject, detail) VALUES (1, '', 'a', 'b', 'c', '{}')`;

  it('are said to be open to change until the next entry covers them', () => {
    const { db, audit, append, tamper } = open();
    db.exec(`${older}; ${older}`);
    expect(audit.verify()).toMatchObject({ entries: ENTRIES + 2, unsealed: 2, broken: undefined });
    append(15);
    expect(audit.verify()).toMatchObject({ entries: ENTRIES + 3, unsealed: 0, broken: undefined });
    tamper(`UPDATE audit SET actor = 'z' WHERE seq = ${ENTRIES + 2}`);
    expect(audit.verify().broken).toEqual({ seq: ENTRIES + 1, how: 'is not as it was written' });
  });
});
