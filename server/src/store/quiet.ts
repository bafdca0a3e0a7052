// What people want to hear nothing of: problems until a date, and maintenance windows.
import type { MaintenanceWindow } from '../domain/alert/maintenance.ts';
import { endOf } from '../domain/alert/maintenance.ts';
import type { Db } from './database.ts';
import { type Tenants, fromJson, ofTenants, tenantsText } from './table.ts';

export type Mute = {
  readonly key: string;
  readonly tenant: string;
  readonly untilMs: number;
  readonly by: string;
  readonly reason: string;
  readonly atMs: number;
};

export const muteTable = (db: Db) => {
  const get = db.prepare<[string], Mute>(
    'SELECT key, tenant, until_ms AS untilMs, by, reason, at_ms AS atMs FROM mutes WHERE key = ?',
  );
  const put = db.prepare<[Mute]>(
    `INSERT INTO mutes (key, tenant, until_ms, by, reason, at_ms) VALUES (@key, @tenant, @untilMs, @by, @reason, @atMs)
     ON CONFLICT (key) DO UPDATE SET until_ms = excluded.until_ms, by = excluded.by, reason = excluded.reason, at_ms = excluded.at_ms`,
  );
  const drop = db.prepare<[string]>('DELETE FROM mutes WHERE key = ?');
  const expire = db.prepare<[number]>('DELETE FROM mutes WHERE until_ms < ?');
  return {
    get: (key: string): Mute | undefined => get.get(key),
    put: (mute: Mute): void => void put.run(mute),
    drop: (key: string): void => void drop.run(key),
    expire: (beforeMs: number): void => void expire.run(beforeMs),
  };
};

export const maintenanceTable = (db: Db) => {
  type Row = { readonly body: string };
  const get = db.prepare<[string], Row>('SELECT body FROM maintenance WHERE id = ?');
  const since = db.prepare<[string, number], Row>('SELECT body FROM maintenance WHERE tenant = ? AND until_ms > ?');
  const list = db.prepare<[{ tenants: string | null; nowMs: number }], Row>(
    `SELECT body FROM maintenance WHERE ${ofTenants('tenant')} AND until_ms > @nowMs ORDER BY until_ms, id`,
  );
  const put = db.prepare<[string, string, number, string]>(
    'INSERT INTO maintenance (id, tenant, until_ms, body) VALUES (?, ?, ?, ?)',
  );
  const drop = db.prepare<[string]>('DELETE FROM maintenance WHERE id = ?');
  const expire = db.prepare<[number]>('DELETE FROM maintenance WHERE until_ms < ?');
  const known = ({ body }: Row) => fromJson<MaintenanceWindow>(body);
  return {
    get: (id: string): MaintenanceWindow | undefined => {
      const row = get.get(id);
      return row && known(row);
    },
    /** Of a tenant, those that end after. */
    since: (tenant: string, afterMs: number): readonly MaintenanceWindow[] => since.all(tenant, afterMs).map(known),
    list: (tenants: Tenants, nowMs: number): readonly MaintenanceWindow[] =>
      list.all({ tenants: tenantsText(tenants), nowMs }).map(known),
    put: (window: MaintenanceWindow): void =>
      void put.run(window.id, window.tenant, endOf(window), JSON.stringify(window)),
    drop: (id: string): void => void drop.run(id),
    expire: (beforeMs: number): void => void expire.run(beforeMs),
  };
};
