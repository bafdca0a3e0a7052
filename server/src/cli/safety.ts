// The verbs that keep data safe: make a backup, put one back, look whether all is well.

import { messageOf } from '@fettle/shared/error';
import { HOUR_MS } from '@fettle/shared/time';

import type { Config } from '../config/config.schema.ts';
import { backupFolderOf } from '../config/config.ts';
import { checkFolder } from '../store/check/folder.ts';
import { listBackups } from '../store/copies/backup-folder.ts';
import { makeBackup } from '../store/copies/make-backup.ts';
import { pause } from '../store/copies/pause.ts';
import { restore as putBack } from '../store/copies/restore.ts';
import { lockFolder } from '../store/folder-lock.ts';
import { StoreError } from '../store/store-error.ts';
import { type Arguments, CliError, EXIT, readConfig } from './arguments.ts';
import { refuseWithoutData } from './change.ts';
import { print, printFindings } from './print.ts';

/** The server makes its own each night. */
const FRESH_MS = 20 * HOUR_MS;

/** Beside a running server or without one: `backup [--out FOLDER] [--daily]`. */
export const backup = async (args: Arguments, overrides: Partial<Config>): Promise<number> => {
  const config = readConfig(args, overrides);
  const from = config.data_dir;
  refuseWithoutData(from);
  const to = args.flags['out'] ?? backupFolderOf(config);
  const isDaily = args.switches.has('daily');
  const fresh = isDaily ? freshIn(to, Date.now()) : undefined;
  if (fresh) {
    print(args, { path: fresh.path, files: fresh.manifest.files, problems: [] }, [`${fresh.path} is fresh enough`]);
    return EXIT.ok;
  }
  const keeping = { hourly: config['backup.hourly'], daily: config['backup.daily'] };
  try {
    const { path, manifest } = await makeBackup(
      { from, to, kind: isDaily ? 'daily' : 'manual', keeping, nowMs: Date.now() },
      pause,
    );
    const { files, problems } = manifest;
    print(args, { path, files, problems }, [path, ...problems.map((problem) => `not to be relied on: ${problem}`)]);
    return problems.length === 0 ? EXIT.ok : EXIT.failure;
  } catch (error) {
    throw new CliError(EXIT.failure, messageOf(error));
  }
};

const freshIn = (folder: string, nowMs: number) =>
  listBackups(folder).find(({ kind, isGood, madeMs }) => kind === 'daily' && isGood && nowMs - madeMs < FRESH_MS);

/** Without a running server: `restore FOLDER|FILE`. */
export const restore = (args: Arguments, overrides: Partial<Config>): Promise<number> => {
  const folder = readConfig(args, overrides).data_dir;
  const [source] = args.operands;
  if (source === undefined)
    throw new CliError(EXIT.usage, 'Name what to restore: the folder of a backup, or one database file of it.');
  try {
    const unlock = lockFolder(folder);
    try {
      const { files, movedTo } = putBack(source, folder, Date.now());
      const aside = movedTo === undefined ? [] : [`What was there is in ${movedTo}.`];
      const next = 'Everybody signs in anew. Agents send again what they still have of the time since.';
      print(args, { files, movedTo: movedTo ?? null }, [
        `Restored ${files.join(' and ')} in ${folder}.`,
        ...aside,
        next,
      ]);
    } finally {
      unlock();
    }
  } catch (error) {
    if (error instanceof StoreError) throw new CliError(EXIT.failure, error.message);
    throw error;
  }
  return Promise.resolve(EXIT.ok);
};

/** Beside a running server or without one: `check`. */
export const check = (args: Arguments, overrides: Partial<Config>): Promise<number> => {
  const config = readConfig(args, overrides);
  const findings = checkFolder({ folder: config.data_dir, backupFolder: backupFolderOf(config), nowMs: Date.now() });
  return Promise.resolve(printFindings(args, config.data_dir, findings));
};
