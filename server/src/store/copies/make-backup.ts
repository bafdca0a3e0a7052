// Makes a backup of both databases beside a running server, and tries it at once.
//
// Each file is copied as it was at one moment, so a mark and the rows before it, which stand in the same file, are both in the copy
// or both not: agents' alerts with their mark in fettle.db, batches with theirs in metrics.db. The readings are copied first: a
// device of theirs is then known in fettle.db, which is copied later. What was acknowledged after the copies is sent again by agents
// that still keep it, because the marks say that it is missing.
import { existsSync, statSync, statfsSync } from 'node:fs';
import { basename, join } from 'node:path';

import { messageOf } from '@fettle/shared/error';

import { type Backup, beginBackup, dropBackup, finishBackup, listBackups } from './backup-folder.ts';
import { copyCompact, copyInSteps } from './copy-database.ts';
import { type Keeping, leastWanted, tooMany } from './keep.ts';
import type { Manifest } from './manifest.schema.ts';
import { type Tried, tryCopy } from './try-copy.ts';

export type BackupOrder = {
  /** The data folder. */
  readonly from: string;
  /** The folder of all backups. */
  readonly to: string;
  readonly kind: Manifest['kind'];
  readonly keeping: Keeping;
  readonly nowMs: number;
};

/** In this order. */
const FILES = ['metrics', 'fettle'] as const;
/** Readings beyond this are copied once a day: a copy each hour would wear out the disk that it is to save. */
const HOURLY_MAX_BYTES = 1024 * 1024 * 1024;
/** Left free for what the backup is of. */
const SPARE_BYTES = 128 * 1024 * 1024;
const SPARE_SHARE = 16;

/** @param pause waits so many ms between two steps; @returns the backup, which may have problems; @throws when none could be made: nothing of it is left then */
export const makeBackup = async (order: BackupOrder, pause: (ms: number) => void): Promise<Backup> => {
  const files = FILES.filter((which) => isDue(order, which));
  let part: string | undefined;
  try {
    part = beginBackup(order.to, order.nowMs, order.kind);
    makeRoom(
      order,
      files.reduce((sum, which) => sum + sizeOf(pathOf(order.from, which)), 0),
    );
    const tried = new Map<string, Tried>();
    for (const which of files) {
      const [from, to] = [pathOf(order.from, which), pathOf(part, which)];
      if (order.kind === 'daily') copyCompact(from, to);
      else await copyInSteps(from, to, pause);
      tried.set(basename(to), tryCopy(to, which));
    }
    const made = finishBackup(part, manifestOf(order, tried));
    if (!made) throw new Error('What was written cannot be read again.');
    for (const path of tooMany(listBackups(order.to), order.keeping)) dropBackup(path);
    return made;
  } catch (error) {
    if (part !== undefined) dropBackup(part);
    throw new Error(`No backup could be made in ${order.to}: ${messageOf(error)}`, { cause: error });
  }
};

const pathOf = (folder: string, which: (typeof FILES)[number]): string => join(folder, `${which}.db`);

const isDue = ({ from, kind }: BackupOrder, which: (typeof FILES)[number]): boolean => {
  const path = pathOf(from, which);
  return which === 'fettle' || (existsSync(path) && (kind !== 'hourly' || sizeOf(path) <= HOURLY_MAX_BYTES));
};

/** With what is only in its log so far. */
const sizeOf = (path: string): number =>
  [path, `${path}-wal`].reduce((sum, one) => sum + (statSync(one, { throwIfNoEntry: false })?.size ?? 0), 0);

/** Old ones go for a new one; but never the last good one. @throws when that is not enough */
const makeRoom = ({ to }: BackupOrder, bytes: number): void => {
  for (;;) {
    const { bavail, blocks, bsize } = statfsSync(to);
    const spare = Math.min(SPARE_BYTES, (blocks * bsize) / SPARE_SHARE);
    if (bavail * bsize >= bytes + spare) return;
    const path = leastWanted(listBackups(to));
    if (path === undefined)
      throw new Error(
        `there is no room for ${mib(bytes)} MiB: ${mib(bavail * bsize)} MiB are free, ${mib(spare)} stay so.`,
      );
    dropBackup(path);
  }
};

const mib = (bytes: number): number => Math.ceil(bytes / 1024 / 1024);

const manifestOf = ({ nowMs, kind }: BackupOrder, tried: ReadonlyMap<string, Tried>): Manifest => ({
  format: 1,
  madeAt: new Date(nowMs).toISOString(),
  kind,
  files: Object.fromEntries([...tried].map(([name, { file }]) => [name, file])),
  audit: tried.get('fettle.db')?.audit ?? null,
  problems: [...tried.values()].flatMap(({ problems }) => problems),
  notes: [...tried.values()].flatMap(({ notes }) => notes),
});
