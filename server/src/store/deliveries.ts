// Messages to channels: those on their way, those sent, and those given up.
import type { Delivery } from '../domain/notice/delivery.ts';
import type { Message, Tell } from '../domain/notice/message.ts';
import type { Db } from './database.ts';
import { type Columns, fromJson, selectList, upsertSql } from './table.ts';

type Row = Omit<Delivery, 'message' | 'tells' | 'isOwed'> & {
  readonly message: string;
  readonly tells: string;
  readonly isOwed: number;
};

const columns: Columns<Delivery> = {
  id: 'id',
  key: 'key',
  channel: 'channel',
  tenant: 'tenant',
  topic: 'topic',
  message: 'message',
  tells: 'tells',
  state: 'state',
  attempts: 'attempts',
  nextMs: 'next_ms',
  isOwed: 'is_owed',
  answer: 'answer',
  madeMs: 'made_ms',
  settledMs: 'settled_ms',
};

export const deliveryTable = (db: Db) => {
  const select = `SELECT ${selectList(columns)} FROM deliveries`;
  const get = db.prepare<[string], Row>(`${select} WHERE id = ?`);
  // the first of each channel, by the index alone: while it is sent the others wait
  const unsettled = `state IN ('queued', 'sending')`;
  const due = db.prepare<[{ nowMs: number; busy: string; limit: number }], Row>(
    `${select} WHERE id IN (
       SELECT (SELECT id FROM deliveries d
               WHERE d.channel = c.channel AND d.${unsettled} AND d.next_ms <= @nowMs ORDER BY d.next_ms LIMIT 1)
       FROM (SELECT DISTINCT channel FROM deliveries WHERE ${unsettled}) c
       WHERE c.channel NOT IN (SELECT value FROM json_each(@busy)))
     ORDER BY next_ms LIMIT @limit`,
  );
  const count = db.prepare<[], number>(`SELECT count(*) FROM deliveries WHERE ${unsettled}`).pluck();
  const dead = db
    .prepare<[number], number>("SELECT count(*) FROM deliveries WHERE state = 'dead' AND settled_ms > ?")
    .pluck();
  const put = db.prepare<[Row]>(upsertSql('deliveries', columns, 'id'));
  const expire = db.prepare<[number, number]>(
    'DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE settled_ms < ? LIMIT ?)',
  );
  return {
    get: (id: string): Delivery | undefined => {
      const row = get.get(id);
      return row && known(row);
    },
    /** To be tried now, one of each channel that is not busy. */
    due: (nowMs: number, busy: readonly string[], limit: number): readonly Delivery[] =>
      due.all({ nowMs, busy: JSON.stringify(busy), limit }).map(known),
    /** That are not settled. */
    count: (): number => count.get() ?? 0,
    /** That were given up since. */
    deadSince: (sinceMs: number): number => dead.get(sinceMs) ?? 0,
    put: (delivery: Delivery): void => {
      const { message, tells, isOwed } = delivery;
      put.run({
        ...delivery,
        message: JSON.stringify(message),
        tells: JSON.stringify(tells),
        isOwed: Number(isOwed),
      });
    },
    /** @returns how many went */
    expire: (beforeMs: number, limit: number): number => expire.run(beforeMs, limit).changes,
  };
};

const known = (row: Row): Delivery => ({
  ...row,
  message: fromJson<Message>(row.message),
  tells: fromJson<readonly Tell[]>(row.tells),
  isOwed: row.isOwed === 1,
});
