// Changes that people are to be told of elsewhere than in the console. A row is written with the change, and taken once to be told.
import type { Db } from './database.ts';

export type Notice = {
  /** The same for the same change, also when a restored server hears of it again: whoever is told can tell it is the same. */
  readonly key: string;
  /** The number of the event that says what happened. */
  readonly event: number;
  readonly kind: string;
  /** The alert's or ticket's id. */
  readonly subject: string;
  readonly tenant: string;
  readonly atMs: number;
};

export type OutboxRow = Omit<Notice, 'event'> & { readonly id: number };

export const outboxTable = (db: Db) => {
  const add = db.prepare<[Notice]>(
    `INSERT INTO outbox (key, event, kind, subject, tenant, at_ms) VALUES (@key, @event, @kind, @subject, @tenant, @atMs)
     ON CONFLICT (key) DO NOTHING`,
  );
  const untaken = db.prepare<[number], OutboxRow>(
    'SELECT id, key, kind, subject, tenant, at_ms AS atMs FROM outbox WHERE sent_ms IS NULL ORDER BY id LIMIT ?',
  );
  const take = db.prepare<[number, number]>('UPDATE outbox SET sent_ms = ? WHERE id = ?');
  const key = db.prepare<[number], string>('SELECT key FROM outbox WHERE id = ?').pluck();
  return {
    /** Once per key. */
    add: (notice: Notice): void => void add.run(notice),
    /** The oldest first. */
    untaken: (limit: number): readonly OutboxRow[] => untaken.all(limit),
    /** It is known for whom it is; what becomes of that stands in `notices`. */
    take: (id: number, nowMs: number): void => void take.run(nowMs, id),
    keyOf: (id: number): string => key.get(id) ?? '',
  };
};
