import { SUMMARY } from '../domain/ticket/crowd.ts';
import type { Ticket } from '../domain/ticket/ticket.ts';
import type { Db } from './database.ts';
import { type Columns, type Tenants, VALUE, fromJson, ofTenants, selectList, tenantsText, upsertSql } from './table.ts';
import { ticketHistory } from './ticket-history.ts';

type Row = Omit<Ticket, 'isTouched' | 'reopenedMs' | 'wait'> & {
  readonly isTouched: number;
  readonly reopenedMs: string;
  readonly wait: string | null;
};

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
  requester: 'requester',
  category: 'category',
  wait: 'wait',
  mergedInto: 'merged_into',
  wontFixUntilMs: 'wont_fix_until_ms',
  fires: 'fires',
  firesNotedMs: 'fires_noted_ms',
};

export type TicketPage = {
  readonly tenants: Tenants;
  readonly states: readonly string[];
  readonly device: string;
  readonly after: { readonly createdMs: number; readonly id: string };
  readonly limit: number;
};

export type NamedTicket = Ticket & { readonly deviceName: string | null };
type NamedRow = Row & Pick<NamedTicket, 'deviceName'>;

export const ticketTable = (db: Db) => {
  const select = `SELECT ${selectList(columns)} FROM tickets`;
  const named = `SELECT ${selectList(columns, 't')}, d.hostname AS deviceName FROM tickets t LEFT JOIN devices d ON d.id = t.device`;
  const byId = db.prepare<[string], Row>(`${select} WHERE id = ?`);
  // an open one is the newest, whatever the clock said when it was written
  const newest = db.prepare<[string], Row>(
    `${select} WHERE key = ${VALUE} ORDER BY state IN ('resolved', 'closed'), created_ms DESC, id DESC LIMIT 1`,
  );
  const crowd = db.prepare<[{ device: string; sinceMs: number }], { open: number; lately: number }>(
    `SELECT count(*) FILTER (WHERE state NOT IN ('resolved', 'closed')) AS open,
       count(*) FILTER (WHERE created_ms > @sinceMs) AS lately
     FROM tickets WHERE device = @device AND rule <> '' AND rule <> '${SUMMARY}'
       AND (state NOT IN ('resolved', 'closed') OR created_ms > @sinceMs)`,
  );
  const put = db.prepare<[Row]>(upsertSql('tickets', columns, 'id'));
  const number = db.prepare<[string], { number: string }>(
    `UPDATE tenants SET next_ticket = next_ticket + 1 WHERE id = ?
     RETURNING ticket_prefix || '-' || (next_ticket - 1) AS number`,
  );
  const one = db.prepare<[string], NamedRow>(`${named} WHERE t.id = ${VALUE}`);
  const page = db.prepare<[Record<string, string | number | null>], NamedRow>(
    `${named} WHERE (t.created_ms, t.id) < (@createdMs, @id)
       AND ${ofTenants('t.tenant')}
       AND (@states = '[]' OR t.state IN (SELECT value FROM json_each(@states)))
       AND (@device = '' OR t.device = @device)
     ORDER BY t.created_ms DESC, t.id DESC LIMIT @limit`,
  );
  return {
    ...ticketHistory(db),
    get: (id: string): Ticket | undefined => fromRow(byId.get(id)),
    named: (id: string): NamedTicket | undefined => fromRow(one.get(id)),
    newestOf: (key: string): Ticket | undefined => fromRow(newest.get(key)),
    /** How many tickets of a device are open, and were opened since. */
    crowdOf: (device: string, sinceMs: number) => crowd.get({ device, sinceMs }) ?? { open: 0, lately: 0 },
    put: (ticket: Ticket): void => void put.run(rowOf(ticket)),
    nextNumber: (tenant: string): string => number.get(tenant)?.number ?? '',
    page: ({ tenants, states, after, ...filter }: TicketPage): readonly NamedTicket[] =>
      page.all({ ...filter, ...after, tenants: tenantsText(tenants), states: JSON.stringify(states) }).map(known),
  };
};

const rowOf = (ticket: Ticket): Row => ({
  ...ticket,
  isTouched: Number(ticket.isTouched),
  reopenedMs: JSON.stringify(ticket.reopenedMs),
  wait: ticket.wait && JSON.stringify(ticket.wait),
});

const known = <R extends Row>(row: R) => ({
  ...row,
  isTouched: row.isTouched === 1,
  reopenedMs: fromJson<Ticket['reopenedMs']>(row.reopenedMs),
  wait: row.wait === null ? null : fromJson<Ticket['wait']>(row.wait),
});

const fromRow = <R extends Row>(row: R | undefined) => row && known(row);
