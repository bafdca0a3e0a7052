// Where devices were while they were away.
import type { Device } from '../domain/device.ts';
import type { Absence } from '../domain/presence/absence.ts';
import type { Db } from './database.ts';

/** Of one device; the oldest goes. */
const KEPT_MAX = 100;

export const absenceTable = (db: Db) => {
  const add = db.prepare<[Absence & Pick<Device, 'tenant' | 'site'> & { readonly device: string }]>(
    `INSERT INTO absences (device, tenant, site, from_ms, to_ms, kind, evidence)
     VALUES (@device, @tenant, @site, @fromMs, @toMs, @kind, @evidence)`,
  );
  const trim = db.prepare<[{ readonly device: string }]>(
    `DELETE FROM absences WHERE device = @device
       AND id NOT IN (SELECT id FROM absences WHERE device = @device ORDER BY id DESC LIMIT ${KEPT_MAX})`,
  );
  const select = 'SELECT from_ms AS fromMs, to_ms AS toMs, kind, evidence FROM absences WHERE device = ?';
  const of = db.prepare<[string], Absence>(`${select} ORDER BY id DESC`);
  const around = db.prepare<[string, number, number], Absence>(
    `${select} AND from_ms <= ? AND to_ms >= ? ORDER BY id DESC LIMIT 1`,
  );
  const expire = db.prepare<[number, number]>(
    'DELETE FROM absences WHERE id IN (SELECT id FROM absences WHERE to_ms < ? ORDER BY to_ms LIMIT ?)',
  );
  return {
    add: ({ id: device, tenant, site }: Device, absence: Absence): void => {
      add.run({ device, tenant, site, ...absence });
      trim.run({ device });
    },
    /** The newest first. */
    of: (device: string): readonly Absence[] => of.all(device),
    /** That which it was in then. */
    around: (device: string, atMs: number): Absence | undefined => around.get(device, atMs, atMs),
    /** @returns how many went */
    expire: (beforeMs: number, limit: number): number => expire.run(beforeMs, limit).changes,
  };
};
