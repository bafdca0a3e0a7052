import type { Ticket, TicketNote, Timer } from '../domain/ticket.ts';
import type { Db } from './database.ts';
import { type Columns, type Tenants, VALUE, fromJson, ofTenants, selectList, tenantsText, upsertSql } from './table.ts';

type Row = Omit<Ticket, 'isTouched' | 'reopenedMs'> & { readonly isTouched: number; readonly reopenedMs: string };

const columns: Columns<Ticket> = {
  id: 'id',
  tenant: 'tenant',
  site: 'site',
  device: 'device',
  rule: 'rule',
  instance: 'instance',
  key: 'key',
  number: 'number',
  state: 'state',
  priority: 'priority',
  subject: 'subject',
  body: 'body',
  assignee: 'assignee',
  isTouched: 'is_touched',
  createdMs: 'created_ms',
  updatedMs: 'updated_ms',
  resolvedMs: 'resolved_ms',
  reopenedMs: 'reopened_ms',
  reopened: 'reopened',
  version: 'version',
};

export type TicketPage = {
  readonly tenants: Tenants;
  readonly states: readonly string[];
  readonly device: string;
  readonly after: { readonly createdMs: number; readonly id: string };
  readonly limit: number;
};

export type NamedTicket = Ticket & { readonly deviceName: string };
export type KeptNote = TicketNote & { readonly atMs: number };

export const ticketTable = (db: Db) => {
  const select = `SELECT ${selectList(columns)} FROM tickets`;
  const named = `SELECT ${selectList(columns, 't')}, d.hostname AS deviceName FROM tickets t JOIN devices d ON d.id = t.device`;
  const byId = db.prepare<[string], Row>(`${select} WHERE id = ?`);
  // an open one is the newest, whatever the clock said when it was written
  const newest = db.prepare<[string], Row>(
    `${select} WHERE key = ${VALUE} ORDER BY state IN ('resolved', 'closed'), created_ms DESC, id DESC LIMIT 1`,
  );
  const put = db.prepare<[Row]>(upsertSql('tickets', columns, 'id'));
  const number = db.prepare<[string], { number: string }>(
    `UPDATE tenants SET next_ticket = next_ticket + 1 WHERE id = ?
     RETURNING ticket_prefix || '-' || (next_ticket - 1) AS number`,
  );
  const addNote = db.prepare<[string, number, string, string, string]>(
    'INSERT INTO ticket_notes (ticket, at_ms, by, what, text) VALUES (?, ?, ?, ?, ?)',
  );
  const notes = db.prepare<[string], KeptNote>(
    'SELECT at_ms AS atMs, by, what, text FROM ticket_notes WHERE ticket = ? ORDER BY id',
  );
  const one = db.prepare<[string], Row & { deviceName: string }>(`${named} WHERE t.id = ${VALUE}`);
  const page = db.prepare<[Record<string, string | number | null>], Row & { deviceName: string }>(
    `${named} WHERE (t.created_ms, t.id) < (@createdMs, @id)
       AND ${ofTenants('t.tenant')}
       AND (@states = '[]' OR t.state IN (SELECT value FROM json_each(@states)))
       AND (@device = '' OR t.device = @device)
     ORDER BY t.created_ms DESC, t.id DESC LIMIT @limit`,
  );
  return {
    get: (id: string): Ticket | undefined => fromRow(byId.get(id)),
    named: (id: string): NamedTicket | undefined => fromRow(one.get(id)),
    newestOf: (key: string): Ticket | undefined => fromRow(newest.get(key)),
    put: (ticket: Ticket): void =>
      void put.run({ ...ticket, isTouched: Number(ticket.isTouched), reopenedMs: JSON.stringify(ticket.reopenedMs) }),
    nextNumber: (tenant: string): string => number.get(tenant)?.number ?? '',
    addNote: (ticket: string, atMs: number, note: TicketNote): void =>
      void addNote.run(ticket, atMs, note.by, note.what, note.text),
    notes: (ticket: string): readonly KeptNote[] => notes.all(ticket),
    page: ({ tenants, states, after, ...filter }: TicketPage): readonly NamedTicket[] =>
      page.all({ ...filter, ...after, tenants: tenantsText(tenants), states: JSON.stringify(states) }).map(known),
  };
};

const known = <R extends Row>(row: R) => ({
  ...row,
  isTouched: row.isTouched === 1,
  reopenedMs: fromJson<Ticket['reopenedMs']>(row.reopenedMs),
});

const fromRow = <R extends Row>(row: R | undefined) => row && known(row);

export const timerTable = (db: Db) => {
  const put = db.prepare<[Timer]>(
    `INSERT INTO timers (kind, subject, due_ms) VALUES (@kind, @subject, @dueMs)
     ON CONFLICT (kind, subject) DO UPDATE SET due_ms = excluded.due_ms`,
  );
  const drop = db.prepare<[string, string]>('DELETE FROM timers WHERE kind = ? AND subject = ?');
  const due = db.prepare<[number, number], Timer>(
    `SELECT kind, subject, due_ms AS dueMs FROM timers WHERE due_ms <= ${VALUE} ORDER BY due_ms LIMIT ${VALUE}`,
  );
  return {
    put: (timer: Timer): void => void put.run(timer),
    drop: (kind: Timer['kind'], subject: string): void => void drop.run(kind, subject),
    due: (nowMs: number, limit: number): readonly Timer[] => due.all(nowMs, limit),
  };
};
