// The event log that feeds resume from.
import type { FeedEvent } from '@fettle/shared/api/feed.schema';

import type { Db } from './database.ts';
import { type Tenants, fromJson, ofTenants, tenantsText } from './table.ts';

export type EventPage = {
  readonly tenants: Tenants;
  readonly afterSeq: number;
  readonly limit: number;
};

export const eventTable = (db: Db) => {
  const add = db.prepare<[number, string], { seq: number }>(
    "INSERT INTO events (at_ms, tenant, event) VALUES (?, ?, '') RETURNING seq",
  );
  const fill = db.prepare<[string, number]>('UPDATE events SET event = ? WHERE seq = ?');
  const page = db.prepare<[Record<string, string | number | null>], { event: string }>(
    `SELECT event FROM events WHERE seq > @afterSeq
       AND ${ofTenants('tenant')}
     ORDER BY seq LIMIT @limit`,
  );
  // whoever was told of it is to be told again, and that it is over: its event stays for that, however old it is
  const stillTold = 'SELECT o.event FROM notice_told t JOIN outbox o ON o.id = t.outbox';
  const range = db.prepare<[], { first: number | null; last: number | null }>(
    `SELECT (SELECT seq FROM events WHERE seq NOT IN (${stillTold}) ORDER BY seq LIMIT 1) AS first,
       (SELECT max(seq) FROM events) AS last`,
  );
  const expire = db.prepare<[number, number]>(
    `DELETE FROM events WHERE seq IN
       (SELECT seq FROM events WHERE at_ms < ? AND seq NOT IN (${stillTold}) ORDER BY at_ms LIMIT ?)`,
  );
  return {
    /** @param build makes the event of its number; @returns it */
    add: (atMs: number, tenant: string, build: (seq: number) => FeedEvent): FeedEvent => {
      const event = build(add.get(atMs, tenant)?.seq ?? 0);
      fill.run(JSON.stringify(event), event.seq);
      return event;
    },
    page: ({ tenants, ...range_ }: EventPage): readonly FeedEvent[] =>
      page.all({ ...range_, tenants: tenantsText(tenants) }).map(({ event }) => fromJson<FeedEvent>(event)),
    /** The oldest number from which on all are kept, and the newest; 0 for none. */
    range: () => {
      const found = range.get();
      return { first: found?.first ?? 0, last: found?.last ?? 0 };
    },
    /** @returns how many went */
    expire: (beforeMs: number, limit: number): number => expire.run(beforeMs, limit).changes,
  };
};
