// Changes that people are to be told of elsewhere than in the console. A row is written with the change; what sends it comes later.
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

export const outboxTable = (db: Db) => {
  const add = db.prepare<[Notice]>(
    `INSERT INTO outbox (key, event, kind, subject, tenant, at_ms) VALUES (@key, @event, @kind, @subject, @tenant, @atMs)
     ON CONFLICT (key) DO NOTHING`,
  );
  return {
    /** Once per key. */
    add: (notice: Notice): void => void add.run(notice),
  };
};
