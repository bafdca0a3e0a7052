// Calendars, what tenants are promised, which stages have been told, and when tickets are due.
import type { Calendar } from '../domain/sla/calendar.ts';
import type { Stage, StageKey } from '../domain/sla/stages.ts';
import { type Contract, type Edition, STANDARD_TERMS, type Terms } from '../domain/sla/terms.ts';
import type { Db } from './database.ts';
import { type Tenants, fromJson, ofTenants, tenantsText } from './table.ts';

export type KeptCalendar = {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly version: number;
};
export type KeptTerms = { readonly version: number; readonly terms: Terms };
export type KeptStage = Stage & { readonly toldMs: number };
type StageRow = Omit<KeptStage, 'isLate'> & { readonly isLate: number; readonly ticket: string };

export type Due = {
  readonly ticket: string;
  readonly tenant: string;
  readonly responseMs: number | null;
  readonly resolutionMs: number | null;
  readonly nextDueMs: number | null;
  readonly nextStageMs: number | null;
};

export type DuePage = { readonly tenants: Tenants; readonly limit: number };

export const slaTable = (db: Db) => {
  const [calendars, terms] = [calendarTable(db), termsTable(db)];
  return {
    ...calendars,
    ...terms,
    ...stageTable(db),
    ...dueTable(db),
    /** What the clocks of a tenant's tickets go by, and have gone by: until it has terms of its own the standard ones. */
    promisedTo: (tenant: string): Omit<Contract, 'pace'> => ({
      terms: [{ fromMs: 0, value: STANDARD_TERMS }, ...terms.termsEditions(tenant)],
      calendars: calendars.calendarEditions(tenant),
    }),
  };
};

const calendarTable = (db: Db) => {
  const put = db.prepare<[KeptCalendar]>(
    `INSERT INTO calendars (id, tenant, name, version) VALUES (@id, @tenant, @name, @version)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, version = excluded.version`,
  );
  const putEdition = db.prepare<[string, number, string]>(
    `INSERT INTO calendar_editions (calendar, from_ms, definition) VALUES (?, ?, ?)
     ON CONFLICT (calendar, from_ms) DO UPDATE SET definition = excluded.definition`,
  );
  const select = 'SELECT id, tenant, name, version FROM calendars';
  const get = db.prepare<[string], KeptCalendar>(`${select} WHERE id = ?`);
  const named = db.prepare<[string, string], KeptCalendar>(`${select} WHERE tenant = ? AND name = ?`);
  const all = db.prepare<[{ tenants: string | null }], KeptCalendar>(
    `${select} WHERE ${ofTenants('tenant')} ORDER BY tenant, name`,
  );
  const newest = db.prepare<[string], { definition: string }>(
    'SELECT definition FROM calendar_editions WHERE calendar = ? ORDER BY from_ms DESC LIMIT 1',
  );
  const editions = db.prepare<[string], { id: string; fromMs: number; definition: string }>(
    `SELECT c.id, e.from_ms AS fromMs, e.definition FROM calendars c JOIN calendar_editions e ON e.calendar = c.id
     WHERE c.tenant = ? ORDER BY c.id, e.from_ms`,
  );
  return {
    putCalendar: (calendar: KeptCalendar, { fromMs, value }: Edition<Calendar>): void => {
      put.run(calendar);
      putEdition.run(calendar.id, fromMs, JSON.stringify(value));
    },
    calendar: (id: string): KeptCalendar | undefined => get.get(id),
    calendarNamed: (tenant: string, name: string): KeptCalendar | undefined => named.get(tenant, name),
    calendars: (tenants: Tenants): readonly KeptCalendar[] => all.all({ tenants: tenantsText(tenants) }),
    /** As it is now. */
    definition: (id: string): Calendar | undefined => {
      const found = newest.get(id);
      return found && fromJson<Calendar>(found.definition);
    },
    calendarEditions: (tenant: string): Contract['calendars'] => {
      const byId = Map.groupBy(editions.all(tenant), ({ id }) => id);
      return Object.fromEntries(
        [...byId].map(([id, rows]) => [
          id,
          rows.map(({ fromMs, definition }) => ({ fromMs, value: fromJson<Calendar>(definition) })),
        ]),
      );
    },
  };
};

const termsTable = (db: Db) => {
  const put = db.prepare<[string, number, number, string]>(
    'INSERT INTO sla_terms (tenant, version, from_ms, terms) VALUES (?, ?, ?, ?)',
  );
  const editions = db.prepare<[string], { version: number; fromMs: number; terms: string }>(
    'SELECT version, from_ms AS fromMs, terms FROM sla_terms WHERE tenant = ? ORDER BY version',
  );
  const newest = db.prepare<[string], { version: number; terms: string }>(
    'SELECT version, terms FROM sla_terms WHERE tenant = ? ORDER BY version DESC LIMIT 1',
  );
  return {
    putTerms: (tenant: string, { version, terms }: KeptTerms, fromMs: number): void =>
      void put.run(tenant, version, fromMs, JSON.stringify(terms)),
    /** As they are now; undefined: the standard ones. */
    terms: (tenant: string): KeptTerms | undefined => {
      const found = newest.get(tenant);
      return found && { version: found.version, terms: fromJson<Terms>(found.terms) };
    },
    termsEditions: (tenant: string): Contract['terms'] =>
      editions.all(tenant).map(({ fromMs, terms }) => ({ fromMs, value: fromJson<Terms>(terms) })),
  };
};

const stageTable = (db: Db) => {
  const add = db.prepare<[StageRow]>(
    `INSERT INTO sla_stages (ticket, clock, round, stage, at_ms, told_ms, is_late)
     VALUES (@ticket, @clock, @round, @stage, @atMs, @toldMs, @isLate)`,
  );
  const of = db.prepare<[string], StageRow>(
    `SELECT ticket, clock, round, stage, at_ms AS atMs, told_ms AS toldMs, is_late AS isLate
     FROM sla_stages WHERE ticket = ? ORDER BY at_ms, clock, stage`,
  );
  return {
    addStage: (ticket: string, { isLate, ...stage }: KeptStage): void =>
      void add.run({ ...stage, ticket, isLate: Number(isLate) }),
    stages: (ticket: string): readonly (KeptStage & StageKey)[] =>
      of.all(ticket).map(({ ticket: _ticket, isLate, ...stage }) => ({ ...stage, isLate: isLate === 1 })),
  };
};

const dueTable = (db: Db) => {
  const put = db.prepare<[Due]>(
    `INSERT INTO sla_due (ticket, tenant, response_ms, resolution_ms, next_due_ms, next_stage_ms)
     VALUES (@ticket, @tenant, @responseMs, @resolutionMs, @nextDueMs, @nextStageMs)
     ON CONFLICT (ticket) DO UPDATE SET response_ms = excluded.response_ms, resolution_ms = excluded.resolution_ms,
       next_due_ms = excluded.next_due_ms, next_stage_ms = excluded.next_stage_ms`,
  );
  const drop = db.prepare<[string]>('DELETE FROM sla_due WHERE ticket = ?');
  const soonest = db.prepare<[{ tenants: string | null; limit: number }], Due>(
    `SELECT ticket, tenant, response_ms AS responseMs, resolution_ms AS resolutionMs, next_due_ms AS nextDueMs,
       next_stage_ms AS nextStageMs
     FROM sla_due WHERE next_due_ms IS NOT NULL AND ${ofTenants('tenant')} ORDER BY next_due_ms LIMIT @limit`,
  );
  return {
    putDue: (due: Due): void => void put.run(due),
    dropDue: (ticket: string): void => void drop.run(ticket),
    soonest: ({ tenants, limit }: DuePage): readonly Due[] => soonest.all({ tenants: tenantsText(tenants), limit }),
  };
};
