// The audit trail: a chain of hashes, so that a row that was changed, taken out or put in is found. SQLite keeps no checksums.
// Whoever can write the file can make the whole chain anew: the head stands in every backup, too, and is compared with it.
import { createHash } from 'node:crypto';

import type { Db } from './database.ts';

export type AuditEntry = {
  readonly atMs: number;
  readonly tenant: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

type Row = Omit<AuditEntry, 'detail'> & { readonly seq: number; readonly detail: string };
type SealedRow = Row & { readonly hash: string | null };

/** The last entry of the chain, and its hash. */
export type AuditHead = { readonly seq: number; readonly hash: string };

export type AuditVerdict = {
  readonly entries: number;
  readonly head: AuditHead;
  /** Entries after the head: of a program that is one step behind. The next entry of this one covers them. */
  readonly unsealed: number;
  /** The first entry that is not as it was written, and in which way. */
  readonly broken: { readonly seq: number; readonly how: string } | undefined;
};

const NO_HEAD: AuditHead = { seq: 0, hash: '' };

const SELECT = `SELECT seq, at_ms AS atMs, tenant, actor, action, subject, detail, hash FROM audit`;

export const auditTable = (db: Db) => {
  const last = db.prepare<[], AuditHead>(
    'SELECT seq, hash FROM audit WHERE hash IS NOT NULL ORDER BY seq DESC LIMIT 1',
  );
  const since = db.prepare<[number], SealedRow>(`${SELECT} WHERE seq > ? ORDER BY seq`);
  const at = db.prepare<[number], { hash: string | null }>('SELECT hash FROM audit WHERE seq = ?');
  const issued = db.prepare<[], { seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'audit'");
  const add = db.prepare<[SealedRow]>(
    `INSERT INTO audit (seq, at_ms, tenant, actor, action, subject, detail, hash)
     VALUES (@seq, @atMs, @tenant, @actor, @action, @subject, @detail, @hash)`,
  );
  const head = (): AuditHead => last.get() ?? NO_HEAD;
  return {
    /** Within the transaction of what it tells of. */
    append: (entry: AuditEntry): void => {
      const before = head();
      const row: Row = { ...entry, detail: JSON.stringify(entry.detail), seq: (issued.get()?.seq ?? 0) + 1 };
      add.run({ ...row, hash: hashOf(before.hash, [...since.all(before.seq), row]) });
    },
    head,
    /** @returns the hash of an entry; undefined when there is no such entry, null when it has none of its own */
    hashAt: (seq: number): string | null | undefined => at.get(seq)?.hash,
    /** Reads all of it. */
    verify: (): AuditVerdict => verify(since.iterate(0), issued.get()?.seq ?? 0),
  };
};

const verify = (rows: Iterable<SealedRow>, issued: number): AuditVerdict => {
  let head = NO_HEAD;
  let entries = 0;
  let unsealed: SealedRow[] = [];
  const soFar = () => ({ entries, head, unsealed: unsealed.length });
  for (const row of rows) {
    entries += 1;
    unsealed.push(row);
    if (row.seq !== entries) return { ...soFar(), broken: { seq: entries, how: 'is missing' } };
    if (row.hash === null) continue;
    if (row.hash !== hashOf(head.hash, unsealed))
      return { ...soFar(), broken: { seq: unsealed[0]?.seq ?? row.seq, how: 'is not as it was written' } };
    head = { seq: row.seq, hash: row.hash };
    unsealed = [];
  }
  return { ...soFar(), broken: issued > entries ? { seq: entries + 1, how: 'is missing' } : undefined };
};

/** SHA-256 in hex over the hash before and a line of JSON per entry. */
const hashOf = (before: string, rows: readonly Row[]): string => {
  const hash = createHash('sha256').update(`${before}\n`);
  for (const { seq, atMs, tenant, actor, action, subject, detail } of rows)
    hash.update(`${JSON.stringify([seq, atMs, tenant, actor, action, subject, detail])}\n`);
  return hash.digest('hex');
};
