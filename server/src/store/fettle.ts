// fettle.db: everything but readings.
import { join } from 'node:path';

import { absenceTable } from './absences.ts';
import { alertTable } from './alerts.ts';
import { auditTable } from './audit.ts';
import { bucketTable, channelTable, rotaTable, routeTable } from './channels.ts';
import { APPLICATION, type DatabaseFile, type Db, databaseFrom, openDatabase, readDatabase } from './database.ts';
import { deliveryTable } from './deliveries.ts';
import { capabilityTable, inventoryTable } from './details.ts';
import { deviceTable } from './devices.ts';
import { eventTable } from './events.ts';
import { externalTable } from './external.ts';
import { forecastTable } from './forecasts.ts';
import { alertLabelTable, ingestTokenTable } from './ingest.ts';
import { markTable } from './marks.ts';
import { groupTable, noticeTable, noticeToldTable } from './notices.ts';
import { onceTable } from './once.ts';
import { outboxTable } from './outbox.ts';
import { enrollTokenTable, peopleTable, tenantTable } from './people.ts';
import { maintenanceTable, muteTable } from './quiet.ts';
import { ruleTable } from './rules.ts';
import { slaTable } from './sla.ts';
import { evidenceTable } from './ticket-evidence.ts';
import { ticketTable } from './tickets.ts';
import { timerTable } from './timers.ts';
import { toldTable } from './told.ts';

export type FettleStore = ReturnType<typeof tables> & { readonly db: Db };

const tables = (db: Db) => ({
  tenants: tenantTable(db),
  people: peopleTable(db),
  enrollTokens: enrollTokenTable(db),
  devices: deviceTable(db),
  absences: absenceTable(db),
  forecasts: forecastTable(db),
  inventory: inventoryTable(db),
  capabilities: capabilityTable(db),
  marks: markTable(db),
  told: toldTable(db),
  alerts: alertTable(db),
  mutes: muteTable(db),
  maintenance: maintenanceTable(db),
  tickets: ticketTable(db),
  ticketEvidence: evidenceTable(db),
  sla: slaTable(db),
  timers: timerTable(db),
  events: eventTable(db),
  rules: ruleTable(db),
  once: onceTable(db),
  outbox: outboxTable(db),
  external: externalTable(db),
  notices: noticeTable(db),
  noticeGroups: groupTable(db),
  noticeTold: noticeToldTable(db),
  deliveries: deliveryTable(db),
  channels: channelTable(db),
  routes: routeTable(db),
  rotas: rotaTable(db),
  buckets: bucketTable(db),
  ingestTokens: ingestTokenTable(db),
  alertLabels: alertLabelTable(db),
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
