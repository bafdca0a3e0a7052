// Puts a backup in the place of the data. Nothing is deleted: what was there is moved aside. A kill at any moment leaves the old
// files, the new ones, or a folder that no server starts on before the restore is run again.
import { constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { SYSTEM } from '../../domain/actor.ts';
import { APPLICATION, applicationOf } from '../database.ts';
import { ensureFolder } from '../ensure-folder.ts';
import { openFettle } from '../fettle.ts';
import { newId } from '../ids.ts';
import { openMetrics } from '../metrics.ts';
import { StoreError } from '../store-error.ts';
import { syncFile, syncFolder } from '../sync-file.ts';
import { readBackup } from './backup-folder.ts';
import { digestOf, tryCopy } from './try-copy.ts';

const STAGE = 'restoring';
const NAMES = ['metrics.db', 'fettle.db'] as const;
type Name = (typeof NAMES)[number];

export type Restored = { readonly files: readonly string[]; readonly movedTo: string | undefined };

/** Some files may be the old ones, some the new ones, and some not there. */
export const isHalfRestored = (folder: string): boolean => existsSync(join(folder, STAGE, 'moving'));

/** For whoever has the folder locked: to start on what is left would begin an empty database. @throws StoreError */
export const refuseHalfRestored = (folder: string): void => {
  if (isHalfRestored(folder))
    throw new StoreError(`A restore into ${folder} was cut short. Run it again: fettle-server restore`);
  rmSync(join(folder, STAGE), { recursive: true, force: true });
};

/**
 * @param source a backup's folder, or one database file of it; @param folder the data folder, which the caller has locked
 * @throws StoreError when the source is not as it was written, or cannot be used; the data are as they were then
 */
export const restore = (source: string, folder: string, nowMs: number): Restored => {
  const files = sourceFiles(source);
  const stage = join(folder, STAGE);
  ensureFolder(folder);
  if (!isHalfRestored(folder)) rmSync(stage, { recursive: true, force: true });
  ensureFolder(stage);
  for (const [name, path] of files) stageFile(path, join(stage, name), name);
  prepare(stage, files.has('metrics.db'), files.has('fettle.db') ? source : undefined, nowMs);
  return swap(folder, stage, [...files.keys()], nowMs);
};

const sourceFiles = (source: string): ReadonlyMap<Name, string> => {
  const found = statSync(source, { throwIfNoEntry: false });
  if (!found) throw new StoreError(`There is no ${source}.`);
  if (!found.isDirectory()) return new Map([[nameOf(source), source]]);
  const backup = readBackup(source);
  const files = new Map(
    NAMES.map((name) => [name, join(source, name)] as const).filter(([, path]) => existsSync(path)),
  );
  if (files.size === 0)
    throw new StoreError(`${source} has no fettle.db or metrics.db. Name the folder of one backup.`);
  for (const [name, path] of files) {
    const written = backup?.manifest.files[name];
    if (written && digestOf(path).sha256 !== written.sha256)
      throw new StoreError(`${path} is not as it was written (its SHA-256 differs). Use another backup.`);
  }
  return files;
};

/** By what the file says of itself, whatever it is called. */
const nameOf = (path: string): Name => {
  const application = applicationOf(path);
  if (application === APPLICATION.fettle) return 'fettle.db';
  if (application === APPLICATION.metrics) return 'metrics.db';
  throw new StoreError(`${path} is no database of Fettle.`);
};

const stageFile = (from: string, to: string, name: Name): void => {
  rmSync(`${to}-shm`, { force: true });
  // a log beside it is part of it: so what a restore has moved aside can be put back
  for (const part of ['', '-wal']) {
    rmSync(`${to}${part}`, { force: true });
    if (existsSync(`${from}${part}`)) copyFileSync(`${from}${part}`, `${to}${part}`, constants.COPYFILE_FICLONE);
  }
  const { problems } = tryCopy(to, name === 'fettle.db' ? 'fettle' : 'metrics');
  if (problems.length > 0) throw new StoreError(`${from} cannot be used: ${problems.join('; ')}. Use another backup.`);
};

/** Of the newest shape, with nobody signed in, and a word in the audit trail. */
const prepare = (stage: string, hasMetrics: boolean, source: string | undefined, nowMs: number): void => {
  if (hasMetrics) openMetrics(stage).db.close();
  if (source === undefined) return;
  const { db, people, tenants, audit } = openFettle(stage);
  try {
    db.transaction(() => {
      people.signAllOut();
      tenants.setMeta('lineage', newId('l'));
      const actor = `${SYSTEM.kind}:${SYSTEM.id}`;
      audit.append({ atMs: nowMs, tenant: '', actor, action: 'data.restore', subject: basename(source), detail: {} });
    })();
  } finally {
    db.close();
  }
};

const swap = (folder: string, stage: string, names: readonly Name[], nowMs: number): Restored => {
  for (const name of names) syncFile(join(stage, name));
  mkdirSync(join(stage, 'moving'), { recursive: true });
  syncFolder(stage);
  const aside = join(folder, `replaced-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}`);
  const old = names
    .flatMap((name) => [name, `${name}-wal`, `${name}-shm`])
    .filter((name) => existsSync(join(folder, name)));
  if (old.length > 0) ensureFolder(aside);
  for (const name of old) renameSync(join(folder, name), join(aside, name));
  for (const name of names) renameSync(join(stage, name), join(folder, name));
  syncFolder(folder);
  rmSync(stage, { recursive: true, force: true });
  return { files: names, movedTo: old.length > 0 ? aside : undefined };
};
