// fettle.db: everything but readings.
import { join } from 'node:path';

import { alertTable } from './alerts.ts';
import { APPLICATION, type Db, openDatabase } from './database.ts';
import { deviceTable } from './devices.ts';
import { eventTable } from './events.ts';
import { markTable } from './marks.ts';
import { migrate } from './migrate.ts';
import { enrollTokenTable, peopleTable, tenantTable } from './people.ts';
import { ticketTable, timerTable } from './tickets.ts';

export type FettleStore = ReturnType<typeof tables> & { readonly db: Db };

const tables = (db: Db) => ({
  tenants: tenantTable(db),
  people: peopleTable(db),
  enrollTokens: enrollTokenTable(db),
  devices: deviceTable(db),
  marks: markTable(db),
  alerts: alertTable(db),
  tickets: ticketTable(db),
  timers: timerTable(db),
  events: eventTable(db),
});

const pathIn = (folder: string): string => join(folder, 'fettle.db');

/** Migrated. @throws StoreError */
export const openFettle = (folder: string): FettleStore => {
  const db = openDatabase(pathIn(folder), APPLICATION.fettle, { readonly: false });
  migrate(db, join(import.meta.dirname, 'migrations', 'fettle'));
  return { db, ...tables(db) };
};

/** For questions only; the file must be there. @throws StoreError */
export const readFettle = (folder: string): FettleStore => {
  const db = openDatabase(pathIn(folder), APPLICATION.fettle, { readonly: true });
  return { db, ...tables(db) };
};
