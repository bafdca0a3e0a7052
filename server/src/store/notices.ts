// Who is to be told of what, what waits for its message, and who has been told.
import type { Severity } from '@fettle/shared/alert/alert';

import type { Target } from '../domain/notice/route.ts';
import type { Db } from './database.ts';
import { type Columns, type Tenants, ofTenants, selectList, tenantsText } from './table.ts';

export type NewNotice = Target & {
  readonly outbox: number;
  readonly round: number;
  readonly kind: string;
  readonly subject: string;
  readonly tenant: string;
  readonly atMs: number;
  readonly topic: string;
  readonly state: 'waiting' | 'skipped';
  readonly why: string;
};

export type WaitingNotice = Omit<NewNotice, 'state' | 'why'> & { readonly id: number };

export type Group = {
  readonly topic: string;
  readonly channel: string;
  /** null: nothing waits. */
  readonly dueMs: number | null;
  /** The message that is on its way; null: none. */
  readonly delivery: string | null;
  readonly lastMs: number | null;
};

export type ToldRow = Target & {
  readonly subject: string;
  readonly outbox: number;
  readonly severity: Severity;
  readonly rounds: number;
  readonly toldMs: number;
  readonly repeatMs: number | null;
  readonly escalateMs: number | null;
};

export type ShownNotice = {
  readonly id: number;
  readonly atMs: number;
  readonly tenant: string;
  readonly kind: string;
  readonly subject: string;
  readonly channel: string;
  readonly state: 'waiting' | 'skipped' | 'queued' | 'sending' | 'sent' | 'dead';
  readonly why: string;
  readonly attempts: number;
  readonly nextMs: number | null;
  readonly settledMs: number | null;
  readonly delivery: string | null;
};

export type NoticePage = {
  readonly tenants: Tenants;
  readonly states: readonly string[];
  readonly subject: string;
  readonly beforeId: number;
  readonly limit: number;
};

const noticeColumns: Columns<Omit<NewNotice, 'state' | 'why'>> = {
  outbox: 'outbox',
  round: 'round',
  kind: 'kind',
  subject: 'subject',
  tenant: 'tenant',
  atMs: 'at_ms',
  channel: 'channel',
  route: 'route',
  rota: 'rota',
  topic: 'topic',
};

export const noticeTable = (db: Db) => {
  const names = Object.values(noticeColumns).join(', ');
  const values = Object.keys(noticeColumns)
    .map((property) => `@${property}`)
    .join(', ');
  const add = db.prepare<[NewNotice]>(`INSERT INTO notices (${names}, state, why) VALUES (${values}, @state, @why)`);
  const waiting = db.prepare<[string, number], WaitingNotice>(
    `SELECT id, ${selectList(noticeColumns)} FROM notices WHERE topic = ? AND state = 'waiting' ORDER BY id LIMIT ?`,
  );
  const skip = db.prepare<[string, number]>("UPDATE notices SET state = 'skipped', why = ? WHERE id = ?");
  const bundle = db.prepare<[string, number]>("UPDATE notices SET state = 'bundled', delivery = ? WHERE id = ?");
  // who knows of it, and who is about to
  const hearers = db.prepare<[{ subject: string }], Target>(
    `SELECT channel, route, rota FROM notice_told WHERE subject = @subject
     UNION ALL SELECT n.channel, n.route, n.rota FROM notices n LEFT JOIN deliveries d ON d.id = n.delivery
       WHERE n.subject = @subject AND n.channel <> ''
         AND (n.state = 'waiting' OR n.state = 'bundled' AND d.state IN ('queued', 'sending'))`,
  );
  const state = `CASE WHEN n.state <> 'bundled' THEN n.state ELSE coalesce(d.state, 'skipped') END`;
  const page = db.prepare<[Record<string, string | number | null>], ShownNotice>(
    `SELECT n.id, n.at_ms AS atMs, n.tenant, n.kind, n.subject, n.channel, ${state} AS state,
       CASE WHEN n.state = 'bundled' THEN coalesce(d.answer, '') ELSE n.why END AS why, coalesce(d.attempts, 0) AS attempts,
       CASE WHEN d.state = 'queued' THEN d.next_ms END AS nextMs, d.settled_ms AS settledMs, n.delivery
     FROM notices n LEFT JOIN deliveries d ON d.id = n.delivery
     WHERE n.id < @beforeId AND ${ofTenants('n.tenant')} AND (@subject = '' OR n.subject = @subject)
       AND (@states = '[]' OR ${state} IN (SELECT value FROM json_each(@states)))
     ORDER BY n.id DESC LIMIT @limit`,
  );
  return {
    add: (notice: NewNotice): void => void add.run(notice),
    /** Of one topic, the oldest first. */
    waiting: (topic: string, limit: number): readonly WaitingNotice[] => waiting.all(topic, limit),
    skip: (id: number, why: string): void => void skip.run(why, id),
    bundle: (id: number, delivery: string): void => void bundle.run(delivery, id),
    /** Each channel once. */
    hearersOf: (subject: string): readonly Target[] => [
      ...new Map(hearers.all({ subject }).map((target) => [target.channel, target])).values(),
    ],
    /** The newest first. */
    page: ({ tenants, states, ...rest }: NoticePage): readonly ShownNotice[] =>
      page.all({ ...rest, tenants: tenantsText(tenants), states: JSON.stringify(states) }),
  };
};

export const groupTable = (db: Db) => {
  const columns = 'topic, channel, due_ms AS dueMs, delivery, last_ms AS lastMs';
  const get = db.prepare<[string], Group>(`SELECT ${columns} FROM notice_groups WHERE topic = ?`);
  const due = db.prepare<[number, number], Group>(
    `SELECT ${columns} FROM notice_groups WHERE due_ms <= ? AND delivery IS NULL ORDER BY due_ms LIMIT ?`,
  );
  const put = db.prepare<[Group]>(
    `INSERT INTO notice_groups (topic, channel, due_ms, delivery, last_ms) VALUES (@topic, @channel, @dueMs, @delivery, @lastMs)
     ON CONFLICT (topic) DO UPDATE SET due_ms = excluded.due_ms, delivery = excluded.delivery, last_ms = excluded.last_ms`,
  );
  const expire = db.prepare<[number, number]>(
    `DELETE FROM notice_groups WHERE topic IN
       (SELECT topic FROM notice_groups WHERE due_ms IS NULL AND delivery IS NULL AND last_ms < ? LIMIT ?)`,
  );
  return {
    get: (topic: string): Group | undefined => get.get(topic),
    due: (nowMs: number, limit: number): readonly Group[] => due.all(nowMs, limit),
    put: (group: Group): void => void put.run(group),
    /** @returns how many went */
    expire: (beforeMs: number, limit: number): number => expire.run(beforeMs, limit).changes,
  };
};

const toldColumns: Columns<ToldRow> = {
  subject: 'subject',
  channel: 'channel',
  outbox: 'outbox',
  route: 'route',
  rota: 'rota',
  severity: 'severity',
  rounds: 'rounds',
  toldMs: 'told_ms',
  repeatMs: 'repeat_ms',
  escalateMs: 'escalate_ms',
};

export const noticeToldTable = (db: Db) => {
  const select = `SELECT ${selectList(toldColumns)} FROM notice_told`;
  const get = db.prepare<[string, string], ToldRow>(`${select} WHERE subject = ? AND channel = ?`);
  // two searches of an index each: OR would look at every row
  const due = (column: 'repeat_ms' | 'escalate_ms') =>
    db.prepare<[number, number], ToldRow>(`${select} WHERE ${column} <= ? ORDER BY ${column} LIMIT ?`);
  const [toRepeat, toEscalate] = [due('repeat_ms'), due('escalate_ms')];
  const values = Object.keys(toldColumns)
    .map((property) => `@${property}`)
    .join(', ');
  const put = db.prepare<[ToldRow]>(
    `INSERT OR REPLACE INTO notice_told (${Object.values(toldColumns).join(', ')}) VALUES (${values})`,
  );
  const drop = db.prepare<[string, string]>('DELETE FROM notice_told WHERE subject = ? AND channel = ?');
  return {
    get: (subject: string, channel: string): ToldRow | undefined => get.get(subject, channel),
    toRepeat: (nowMs: number, limit: number): readonly ToldRow[] => toRepeat.all(nowMs, limit),
    toEscalate: (nowMs: number, limit: number): readonly ToldRow[] => toEscalate.all(nowMs, limit),
    put: (row: ToldRow): void => void put.run(row),
    drop: (subject: string, channel: string): void => void drop.run(subject, channel),
  };
};
