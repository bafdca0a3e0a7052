import type { Presence } from '@fettle/shared/api/device.schema';

import type { Alert, Hush } from '../domain/alert/alert.ts';
import type { Silence } from '../domain/presence/outage.ts';
import type { Db } from './database.ts';
import { type Columns, type Tenants, VALUE, fromJson, ofTenants, selectList, tenantsText, upsertSql } from './table.ts';

type Row = Omit<Alert, 'evidence' | 'processes' | 'firesMs' | 'flapping' | 'hush' | 'isFirst'> & {
  readonly evidence: string;
  readonly processes: string;
  readonly firesMs: string;
  readonly flapping: string | null;
  readonly isFirst: number;
  readonly hushWhy: Hush['why'] | null;
  readonly hushBy: string | null;
  readonly hushUntilMs: number | null;
};
type NamedRow = Row & Pick<NamedAlert, 'deviceName' | 'presence' | 'ticketNumber' | 'toldTitle'>;

const columns: Columns<Row> = {
  id: 'id',
  tenant: 'tenant',
  site: 'site',
  device: 'device',
  rule: 'rule',
  instance: 'instance',
  key: 'key',
  state: 'state',
  severity: 'severity',
  sinceMs: 'since_ms',
  updatedMs: 'updated_ms',
  resolvedMs: 'resolved_ms',
  reason: 'reason',
  occurrences: 'occurrences',
  evidence: 'evidence',
  processes: 'processes',
  ruleHash: 'rule_hash',
  ticket: 'ticket',
  ackedBy: 'acked_by',
  assignee: 'assignee',
  heard: 'heard',
  hushWhy: 'hush_why',
  hushBy: 'hush_by',
  hushUntilMs: 'hush_until_ms',
  isFirst: 'is_first',
  firesMs: 'fires',
  flapping: 'flapping',
};

export type AlertPage = {
  readonly tenants: Tenants;
  readonly states: readonly string[];
  readonly severity: string;
  readonly device: string;
  readonly rule: string;
  /** The newest first, so "after" is before in time. */
  readonly after: { readonly sinceMs: number; readonly id: string };
  readonly limit: number;
};

/** With what people call it, its device and its ticket, and whether the device is there. */
export type NamedAlert = Alert & {
  readonly deviceName: string;
  readonly presence: Presence;
  readonly ticketNumber: string | null;
  /** As the other system calls it that told of it; null: it is our own. */
  readonly toldTitle: string | null;
};

type Times = { readonly fromMs: number; readonly toMs: number };
type SilenceRow = Pick<Silence, 'sinceMs'> & { readonly isUnannounced: number };

/** More are no list that anybody reads. */
const WAITING_MAX = 20_000;

export const alertTable = (db: Db) => {
  const select = `SELECT ${selectList(columns)} FROM alerts`;
  const named = `SELECT ${selectList(columns, 'a')}, d.hostname AS deviceName, d.presence AS presence, t.number AS ticketNumber,
      coalesce(w.annotations ->> 'summary', w.labels ->> 'alertname') AS toldTitle
    FROM alerts a JOIN devices d ON d.id = a.device LEFT JOIN tickets t ON t.id = a.ticket
      LEFT JOIN alert_labels w ON w.alert = a.id`;
  const byId = db.prepare<[string], Row>(`${select} WHERE id = ?`);
  // an open one is the newest, whatever the clock said when it was written
  const newest = db.prepare<[string], Row>(
    `${select} WHERE key = ${VALUE} ORDER BY state = 'resolved', updated_ms DESC, id DESC LIMIT 1`,
  );
  const openOf = db.prepare<[string], Row>(`${select} WHERE device = ? AND state <> 'resolved'`);
  const ofTicket = db.prepare<[string], Row>(`${select} WHERE ticket = ${VALUE} ORDER BY since_ms DESC`);
  const openOn = db.prepare<[string, string, string | null], Row>(
    `${select} WHERE device = ? AND rule = ? AND state <> 'resolved' AND instance = ifnull(?, instance) LIMIT 1`,
  );
  const openAt = db.prepare<[string, string], Row>(`${select} WHERE site = ? AND rule = ? AND state <> 'resolved'`);
  const beside = db
    .prepare<[string, string], number>(
      `SELECT EXISTS (SELECT 1 FROM alerts WHERE ticket = ? AND state <> 'resolved' AND id <> ?)`,
    )
    .pluck();
  const put = db.prepare<[Row]>(upsertSql('alerts', columns, 'id'));
  const expire = db.prepare<[number, number]>(
    `DELETE FROM alerts WHERE id IN
       (SELECT id FROM alerts WHERE state = 'resolved' AND resolved_ms < ? ORDER BY resolved_ms LIMIT ?)`,
  );
  const one = db.prepare<[string], NamedRow>(`${named} WHERE a.id = ${VALUE}`);
  const page = db.prepare<[Record<string, string | number | null>], NamedRow>(
    `${named} WHERE (a.since_ms, a.id) < (@sinceMs, @id)
       AND ${ofTenants('a.tenant')}
       AND (@states = '[]' OR a.state IN (SELECT value FROM json_each(@states)))
       AND (@severity = '' OR a.severity = @severity)
       AND (@device = '' OR a.device = @device)
       AND (@rule = '' OR a.rule = @rule)
     ORDER BY a.since_ms DESC, a.id DESC LIMIT @limit`,
  );
  const waiting = db.prepare<[{ tenants: string | null }], Row>(
    `${select} WHERE ticket IS NULL AND state <> 'resolved' AND ${ofTenants('tenant')} ORDER BY since_ms LIMIT ${WAITING_MAX}`,
  );
  return {
    get: (id: string): Alert | undefined => fromRow(byId.get(id)),
    named: (id: string): NamedAlert | undefined => fromRow(one.get(id)),
    newestOf: (key: string): Alert | undefined => fromRow(newest.get(key)),
    openOf: (device: string): readonly Alert[] => openOf.all(device).map(known),
    /** Does any other of the ticket still stand? */
    standsBeside: (ticket: string, id: string): boolean => beside.get(ticket, id) === 1,
    ofTicket: (ticket: string): readonly Alert[] => ofTicket.all(ticket).map(known),
    /** An open one of a rule; of any instance where none is given. */
    openOn: (device: string, rule: string, instance: string | undefined): Alert | undefined =>
      fromRow(openOn.get(device, rule, instance ?? null)),
    openAt: (site: string, rule: string): readonly Alert[] => openAt.all(site, rule).map(known),
    /** Open, without a ticket, the oldest first. */
    waiting: (tenants: Tenants): readonly Alert[] => waiting.all({ tenants: tenantsText(tenants) }).map(known),
    put: (alert: Alert): void => void put.run(rowOf(alert)),
    /** Those that ended before. @returns how many went */
    expire: (beforeMs: number, limit: number): number => expire.run(beforeMs, limit).changes,
    page: ({ tenants, states, after, ...filter }: AlertPage): readonly NamedAlert[] =>
      page.all({ ...filter, ...after, tenants: tenantsText(tenants), states: JSON.stringify(states) }).map(known),
    ...silenceTable(db),
    ...openCounts(db),
  };
};

/** What an outage of a site is known by. */
const silenceTable = (db: Db) => {
  const silences = db.prepare<[string, string, number, number], SilenceRow>(
    `SELECT a.since_ms AS sinceMs, d.goodbye IS NULL AS isUnannounced FROM alerts a JOIN devices d ON d.id = a.device
     WHERE a.site = ${VALUE} AND a.rule = ${VALUE} AND a.state <> 'resolved' AND a.since_ms BETWEEN ${VALUE} AND ${VALUE}`,
  );
  const countAt = db
    .prepare<[string, string], number>(
      `SELECT count(*) FROM alerts WHERE site = ${VALUE} AND rule = ${VALUE} AND state <> 'resolved'`,
    )
    .pluck();
  return {
    countAt: (site: string, rule: string): number => countAt.get(site, rule) ?? 0,
    /** Open ones of the rule that judges silence, of these times, each with what an outage is known by. */
    silencesAt: (site: string, rule: string, { fromMs, toMs }: Times): readonly Silence[] =>
      silences
        .all(site, rule, fromMs, toMs)
        .map(({ sinceMs, isUnannounced }) => ({ sinceMs, isUnannounced: isUnannounced === 1 })),
  };
};

/** How many are open, and of whom. */
const openCounts = (db: Db) => {
  const open = `state <> 'resolved' AND ${ofTenants('tenant')}`;
  const counts = db.prepare<[{ tenants: string | null }], { device: string; severity: string; count: number }>(
    `SELECT device, severity, count(*) AS count FROM alerts WHERE ${open} GROUP BY device, severity`,
  );
  const ruleCounts = db.prepare<[{ tenants: string | null }], { tenant: string; rule: string; count: number }>(
    `SELECT tenant, rule, count(*) AS count FROM alerts WHERE ${open} GROUP BY tenant, rule`,
  );
  const alerting = db.prepare<[string], { device: string }>(
    "SELECT DISTINCT device FROM alerts WHERE rule = ? AND state <> 'resolved'",
  );
  return {
    openCounts: (tenants: Tenants) => counts.all({ tenants: tenantsText(tenants) }),
    openCountsByRule: (tenants: Tenants) => ruleCounts.all({ tenants: tenantsText(tenants) }),
    devicesAlerting: (rule: string): readonly string[] => alerting.all(rule).map(({ device }) => device),
  };
};

const rowOf = ({ hush, ...alert }: Alert): Row => ({
  ...alert,
  evidence: JSON.stringify(alert.evidence),
  processes: JSON.stringify(alert.processes),
  firesMs: JSON.stringify(alert.firesMs),
  flapping: alert.flapping && JSON.stringify(alert.flapping),
  isFirst: Number(alert.isFirst),
  hushWhy: hush?.why ?? null,
  hushBy: hush?.by ?? null,
  hushUntilMs: hush?.untilMs ?? null,
});

const known = <R extends Row>({ hushWhy, hushBy, hushUntilMs, ...row }: R) => ({
  ...row,
  evidence: fromJson<Alert['evidence']>(row.evidence),
  processes: fromJson<Alert['processes']>(row.processes),
  firesMs: fromJson<Alert['firesMs']>(row.firesMs),
  flapping: row.flapping === null ? null : fromJson<Alert['flapping']>(row.flapping),
  isFirst: row.isFirst === 1,
  hush: hushWhy && { why: hushWhy, by: hushBy, untilMs: hushUntilMs },
});

const fromRow = <R extends Row>(row: R | undefined) => row && known(row);
