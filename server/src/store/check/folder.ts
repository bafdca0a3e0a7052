// Everything that can be found out about a data folder and its backups by reading. Beside a running server or without one.
import { existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

import { messageOf } from '@fettle/shared/error';
import { DAY_MS, HOUR_MS } from '@fettle/shared/time';

import { auditTable } from '../audit.ts';
import { Ballast } from '../ballast.ts';
import { type Backup, listBackups } from '../copies/backup-folder.ts';
import { isHalfRestored } from '../copies/restore.ts';
import { hasChain, lineageOf } from '../copies/try-copy.ts';
import { APPLICATION, type Db, readDatabase } from '../database.ts';
import { checkDatabase } from './database.ts';
import { type Finding, bad, ok } from './finding.ts';

export type CheckOrder = { readonly folder: string; readonly backupFolder: string; readonly nowMs: number };

export const checkFolder = ({ folder, backupFolder, nowMs }: CheckOrder): readonly Finding[] => {
  if (isHalfRestored(folder))
    return [bad('data folder', 'a restore was cut short', 'Run it again: fettle-server restore')];
  const found: Finding[] = [];
  const backups = listBackups(backupFolder);
  const [fettle, metrics] = [opened(folder, 'fettle', found), opened(folder, 'metrics', found)];
  try {
    if (fettle) found.push(...checkDatabase(fettle, 'fettle'));
    if (metrics) found.push(...checkDatabase(metrics, 'metrics'));
    const isReadable = found.every(({ level }) => level !== 'bad');
    if (fettle && metrics && isReadable) found.push(checkDevices(fettle, metrics));
    if (fettle && isReadable) found.push(checkHeads(fettle, backups));
    if (!existsSync(folder)) return found;
    return [...found, checkSpace(folder), checkBackups(backups, backupFolder, nowMs)];
  } finally {
    fettle?.close();
    metrics?.close();
  }
};

const opened = (folder: string, which: 'fettle' | 'metrics', found: Finding[]): Db | undefined => {
  const name = `${which}.db`;
  if (!existsSync(join(folder, name))) {
    found.push(
      bad(name, `there is none in ${folder}`, 'Check data_dir (--data), or restore a backup: fettle-server restore'),
    );
    return undefined;
  }
  try {
    // of whatever shape: it may wait for an upgrade
    const file = { path: join(folder, name), application: APPLICATION[which], migrations: '', tables: () => ({}) };
    return readDatabase(file).db;
  } catch (error) {
    found.push(bad(name, messageOf(error), 'Move it away, and restore a backup: fettle-server restore'));
    return undefined;
  }
};

/** Readings of a device that is not there are shown to nobody, and go at night. */
const checkDevices = (fettle: Db, metrics: Db): Finding => {
  const known = new Set(fettle.prepare<[], string>('SELECT id FROM devices').pluck().all());
  const orphans = metrics
    .prepare<[], string>('SELECT device FROM device_keys')
    .pluck()
    .all()
    .filter((id) => !known.has(id));
  const what = 'readings of devices that are gone';
  return orphans.length === 0 ? ok(what, 'none') : { level: 'note', what, message: `of ${orphans.length} devices` };
};

/** What a backup saw of the audit trail must still be in it: a trail that was made anew from its beginning is found so. */
const checkHeads = (fettle: Db, backups: readonly Backup[]): Finding => {
  const what = 'audit trail, against the backups';
  if (!hasChain(fettle)) return ok(what, 'none of this shape');
  const audit = auditTable(fettle);
  const lineage = lineageOf(fettle);
  const heads = backups.flatMap(({ manifest }) => manifest.audit ?? []).filter((one) => one.lineage === lineage);
  const other = heads.find(({ seq, hash }) => seq > 0 && audit.hashAt(seq) !== hash);
  if (!other) return ok(what, `${heads.length} compared`);
  return bad(
    what,
    `entry ${other.seq} is another than in a backup`,
    'Somebody rewrote the trail. Keep the file and the backups as evidence.',
  );
};

const checkSpace = (folder: string): Finding => {
  const { bavail, bsize } = statfsSync(folder);
  const ballast = new Ballast(folder);
  const what = 'space on the disk';
  const [freeMib, wantedMib] = [bavail * bsize, 2 * ballast.fullBytes].map((bytes) => Math.floor(bytes / 1024 / 1024));
  const message = `${freeMib} MiB free`;
  if (bavail * bsize >= 2 * ballast.fullBytes) return ok(what, message);
  const advice = `Free some: from ${wantedMib} MiB on readings are taken again by themselves.`;
  return ballast.bytes >= ballast.fullBytes ? { level: 'note', what, message, advice } : bad(what, message, advice);
};

const checkBackups = (all: readonly Backup[], folder: string, nowMs: number): Finding => {
  const what = 'backups';
  const advice = 'See the log of the server, or make one: fettle-server backup';
  const good = all.find(({ isGood }) => isGood);
  const [newest] = all;
  if (!newest || !good) return { level: 'note', what, message: `none in ${folder} that can be restored`, advice };
  if (!newest.isGood) return bad(what, `${newest.path}: ${newest.manifest.problems.join('; ')}`, advice);
  const hours = Math.floor((nowMs - good.madeMs) / HOUR_MS);
  const message = `${all.length}, the newest ${hours} h old and tried: ${good.path}`;
  return nowMs - good.madeMs > DAY_MS ? { level: 'note', what, message, advice } : ok(what, message);
};
