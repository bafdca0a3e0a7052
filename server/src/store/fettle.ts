// fettle.db: everything but readings.
import { join } from 'node:path';

import { alertTable } from './alerts.ts';
import { auditTable } from './audit.ts';
import { APPLICATION, type DatabaseFile, type Db, databaseFrom, openDatabase, readDatabase } from './database.ts';
import { capabilityTable, inventoryTable } from './details.ts';
import { deviceTable } from './devices.ts';
import { eventTable } from './events.ts';
import { markTable } from './marks.ts';
import { outboxTable } from './outbox.ts';
import { enrollTokenTable, peopleTable, tenantTable } from './people.ts';
import { ticketTable, timerTable } from './tickets.ts';
import { toldTable } from './told.ts';

export type FettleStore = ReturnType<typeof tables> & { readonly db: Db };

const tables = (db: Db) => ({
  tenants: tenantTable(db),
  people: peopleTable(db),
  enrollTokens: enrollTokenTable(db),
  devices: deviceTable(db),
  inventory: inventoryTable(db),
  capabilities: capabilityTable(db),
  marks: markTable(db),
  told: toldTable(db),
  alerts: alertTable(db),
  tickets: ticketTable(db),
  timers: timerTable(db),
  events: eventTable(db),
  outbox: outboxTable(db),
  audit: auditTable(db),
  /** Writes a page with what is in it already. @throws SqliteError when the disk does not take it */
  proveWriting: (): void => void db.pragma(`user_version = ${Number(db.pragma('user_version', { simple: true }))}`),
});

const fileIn = (folder: string): DatabaseFile<ReturnType<typeof tables>> => ({
  path: join(folder, 'fettle.db'),
  application: APPLICATION.fettle,
  migrations: join(import.meta.dirname, 'migrations', 'fettle'),
  tables,
});

/** Migrated. @throws StoreError */
export const openFettle = (folder: string): FettleStore => openDatabase(fileIn(folder));

/** For questions only; the file must be there. @throws StoreError */
export const readFettle = (folder: string): FettleStore => readDatabase(fileIn(folder));

/** In memory, from what `db.serialize()` gave. */
export const fettleFrom = (bytes: Buffer): FettleStore => databaseFrom({ tables }, bytes);
