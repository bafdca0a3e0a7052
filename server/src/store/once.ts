// Keys of requests that were answered, and what came of them.
import type { KnownKey } from '../domain/ticket/once.ts';
import type { Db } from './database.ts';

type Row = KnownKey & { readonly actor: string; readonly key: string };

export const onceTable = (db: Db) => {
  const get = db.prepare<[string, string], KnownKey>(
    'SELECT asked, ticket, at_ms AS atMs FROM once_keys WHERE actor = ? AND key = ?',
  );
  const count = db
    .prepare<[string, number], number>('SELECT count(*) FROM once_keys WHERE actor = ? AND at_ms > ?')
    .pluck();
  const put = db.prepare<[Row]>(
    `INSERT INTO once_keys (actor, key, asked, ticket, at_ms) VALUES (@actor, @key, @asked, @ticket, @atMs)
     ON CONFLICT (actor, key) DO UPDATE SET asked = excluded.asked, ticket = excluded.ticket, at_ms = excluded.at_ms`,
  );
  const expire = db.prepare<[number, number]>(
    `DELETE FROM once_keys WHERE (actor, key) IN (SELECT actor, key FROM once_keys WHERE at_ms <= ? ORDER BY at_ms LIMIT ?)`,
  );
  return {
    get: (actor: string, key: string): KnownKey | undefined => get.get(actor, key),
    /** Of an actor, younger than that. */
    count: (actor: string, sinceMs: number): number => count.get(actor, sinceMs) ?? 0,
    put: (row: Row): void => void put.run(row),
    /** @returns how many went */
    expire: (beforeMs: number, limit: number): number => expire.run(beforeMs, limit).changes,
  };
};
