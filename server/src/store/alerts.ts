import type { Alert } from '../domain/alert.ts';
import type { Db } from './database.ts';
import { type Columns, type Tenants, VALUE, fromJson, ofTenants, selectList, tenantsText, upsertSql } from './table.ts';

type Row = Omit<Alert, 'evidence' | 'processes'> & { readonly evidence: string; readonly processes: string };
type NamedRow = Row & Pick<NamedAlert, 'deviceName' | 'ticketNumber'>;

const columns: Columns<Alert> = {
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

/** With what people call its device and its ticket. */
export type NamedAlert = Alert & { readonly deviceName: string; readonly ticketNumber: string | null };

export const alertTable = (db: Db) => {
  const select = `SELECT ${selectList(columns)} FROM alerts`;
  const named = `SELECT ${selectList(columns, 'a')}, d.hostname AS deviceName, t.number AS ticketNumber
    FROM alerts a JOIN devices d ON d.id = a.device LEFT JOIN tickets t ON t.id = a.ticket`;
  const byId = db.prepare<[string], Row>(`${select} WHERE id = ?`);
  // an open one is the newest, whatever the clock said when it was written
  const newest = db.prepare<[string], Row>(
    `${select} WHERE key = ${VALUE} ORDER BY state = 'resolved', updated_ms DESC, id DESC LIMIT 1`,
  );
  const openOf = db.prepare<[string], Row>(`${select} WHERE device = ? AND state <> 'resolved'`);
  const ofTicket = db.prepare<[string], Row>(`${select} WHERE ticket = ${VALUE} ORDER BY since_ms DESC`);
  const put = db.prepare<[Row]>(upsertSql('alerts', columns, 'id'));
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
  const open = `state <> 'resolved' AND ${ofTenants('tenant')}`;
  const counts = db.prepare<[{ tenants: string | null }], { device: string; severity: string; count: number }>(
    `SELECT device, severity, count(*) AS count FROM alerts WHERE ${open} GROUP BY device, severity`,
  );
  const ruleCounts = db.prepare<[{ tenants: string | null }], { rule: string; count: number }>(
    `SELECT rule, count(*) AS count FROM alerts WHERE ${open} GROUP BY rule`,
  );
  const alerting = db.prepare<[string], { device: string }>(
    "SELECT DISTINCT device FROM alerts WHERE rule = ? AND state <> 'resolved'",
  );
  return {
    get: (id: string): Alert | undefined => fromRow(byId.get(id)),
    named: (id: string): NamedAlert | undefined => fromRow(one.get(id)),
    newestOf: (key: string): Alert | undefined => fromRow(newest.get(key)),
    openOf: (device: string): readonly Alert[] => openOf.all(device).map(known),
    ofTicket: (ticket: string): readonly Alert[] => ofTicket.all(ticket).map(known),
    put: (alert: Alert): void => {
      const { evidence, processes } = alert;
      put.run({ ...alert, evidence: JSON.stringify(evidence), processes: JSON.stringify(processes) });
    },
    page: ({ tenants, states, after, ...filter }: AlertPage): readonly NamedAlert[] =>
      page.all({ ...filter, ...after, tenants: tenantsText(tenants), states: JSON.stringify(states) }).map(known),
    openCounts: (tenants: Tenants) => counts.all({ tenants: tenantsText(tenants) }),
    openCountsByRule: (tenants: Tenants) => ruleCounts.all({ tenants: tenantsText(tenants) }),
    devicesAlerting: (rule: string): readonly string[] => alerting.all(rule).map(({ device }) => device),
  };
};

const known = <R extends Row>(row: R) => ({
  ...row,
  evidence: fromJson<Alert['evidence']>(row.evidence),
  processes: fromJson<Alert['processes']>(row.processes),
});

const fromRow = <R extends Row>(row: R | undefined) => row && known(row);
