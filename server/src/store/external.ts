// Which tickets another system has, too, and how far both sides are.
import {
  type ExternalSystem,
  type Link,
  type NoteCopy,
  type TicketCopy,
  placeOf,
} from '../domain/external/external.ts';
import type { Db } from './database.ts';
import { type Columns, fromJson, selectList, upsertSql } from './table.ts';

const columns: Columns<Link> = {
  ticket: 'ticket',
  tenant: 'tenant',
  externalId: 'external_id',
  toldVersion: 'told_version',
  toldNote: 'told_note',
  toldState: 'told_state',
  heardMark: 'heard_mark',
  heardState: 'heard_state',
  lookedMs: 'looked_ms',
  failures: 'failures',
  retryMs: 'retry_ms',
  problem: 'problem',
};

/** At a time: the others a moment later. */
const NOTES_AT_ONCE = 100;

/** So often one after the other, and a person should know: a quarter of an hour or more. The index knows the number, too. */
const FAILING = 5;

/** `placeOf` of a system. */
const PLACE = `SELECT coalesce(settings ->> 'url', settings ->> 'to') FROM external_systems s`;

type SystemRow = { readonly tenant: string; readonly kind: ExternalSystem['kind']; readonly settings: string };

export const externalTable = (db: Db) => {
  const put = db.prepare<[Link]>(upsertSql('external_tickets', columns, 'ticket'));
  const get = db.prepare<[string], Link>(`SELECT ${selectList(columns)} FROM external_tickets WHERE ticket = ?`);
  const failing = db
    .prepare<[], number>(
      `SELECT EXISTS (SELECT 1 FROM external_tickets x JOIN external_systems s ON s.tenant = x.tenant
       WHERE x.failures >= ${FAILING} AND s.kind <> 'none')`,
    )
    .pluck();
  const due = db.prepare<[{ tenant: string; nowMs: number; lookBeforeMs: number; limit: number }], { ticket: string }>(
    `SELECT t.id AS ticket FROM tickets t
       JOIN external_systems s ON s.tenant = t.tenant
       LEFT JOIN external_tickets x ON x.ticket = t.id
     WHERE t.tenant = @tenant
       AND ((x.ticket IS NULL AND t.created_ms >= s.since_ms)
         OR (x.retry_ms <= @nowMs AND (t.version > x.told_version OR (t.state <> 'closed' AND x.looked_ms <= @lookBeforeMs))))
     ORDER BY coalesce(x.looked_ms, 0), t.id LIMIT @limit`,
  );
  const copy = db.prepare<[string], TicketCopy & { readonly tenant: string; readonly place: string | null }>(
    `SELECT id, tenant, number, subject, body, state, version, (${PLACE} WHERE s.tenant = t.tenant) AS place
     FROM tickets t WHERE id = ?`,
  );
  const notes = db.prepare<[string, number, number], Omit<NoteCopy, 'isInternal'> & { readonly isInternal: number }>(
    'SELECT id, "by", what, text, is_internal AS isInternal FROM ticket_notes WHERE ticket = ? AND id > ? ORDER BY id LIMIT ?',
  );
  return {
    ...systemTable(db),
    link: (ticket: string): Link | undefined => get.get(ticket),
    putLink: (link: Link): void => void put.run(link),
    /** Tickets to be told of, and to be looked at there: those first that were not looked at for longest. */
    due: (of: {
      readonly tenant: string;
      readonly nowMs: number;
      readonly lookBeforeMs: number;
      readonly limit: number;
    }) => due.all(of).map(({ ticket }) => ticket),
    /** Is there a ticket that does not get there? */
    isFailing: (): boolean => failing.get() === 1,
    copy: (ticket: string) => copy.get(ticket),
    /** @returns the next of them, and whether those are all */
    notesAfter: (ticket: string, after: number): { readonly notes: readonly NoteCopy[]; readonly areAll: boolean } => {
      const found = notes.all(ticket, after, NOTES_AT_ONCE);
      const read = found.map((note) => ({ ...note, isInternal: note.isInternal === 1 }));
      return { notes: read, areAll: found.length < NOTES_AT_ONCE };
    },
  };
};

/** Where the tickets of whom go. */
const systemTable = (db: Db) => {
  const place = `${PLACE} WHERE s.tenant = @tenant`;
  const putSystem = db.prepare<[SystemRow & { readonly sinceMs: number; readonly place: string }]>(
    `INSERT INTO external_systems (tenant, kind, settings, since_ms) VALUES (@tenant, @kind, @settings, @sinceMs)
     ON CONFLICT (tenant) DO UPDATE SET kind = excluded.kind, settings = excluded.settings,
       since_ms = CASE WHEN excluded.kind = 'rt' OR (${place}) = @place THEN since_ms ELSE excluded.since_ms END`,
  );
  const forget = db.prepare<[{ tenant: string; place: string }]>(
    `DELETE FROM external_tickets WHERE tenant = @tenant AND (${place}) <> @place`,
  );
  const leave = db.prepare<[string]>("UPDATE external_systems SET kind = 'none' WHERE tenant = ?");
  const systems = db.prepare<[], { tenant: string; system: string }>(
    `SELECT tenant, json_patch(json_object('kind', kind), settings) AS system
     FROM external_systems WHERE kind <> 'none' ORDER BY tenant`,
  );
  return {
    /**
     * What is known of tickets in another one than before is forgotten. Where it can be looked for they are found again; what can
     * only be told begins with the tickets from then on.
     */
    putSystem: (tenant: string, system: ExternalSystem, sinceMs: number): void => {
      const { kind, ...settings } = system;
      const row = { tenant, place: placeOf(system) };
      forget.run(row);
      putSystem.run({ ...row, kind, settings: JSON.stringify(settings), sinceMs });
    },
    /** What is known of its tickets stays, so that nothing comes twice when it is set again. */
    leaveSystem: (tenant: string): void => void leave.run(tenant),
    systems: (): readonly { readonly tenant: string; readonly system: ExternalSystem }[] =>
      systems.all().map(({ tenant, system }) => ({ tenant, system: fromJson<ExternalSystem>(system) })),
  };
};
