// How each kind of backup is asked for what came of it.
import { MINUTE_MS } from '@fettle/shared/time';

import { type ChildHost, HostError } from '../../host/host.ts';
import { understood } from '../output.ts';
import { backupFiles } from './backup-files.ts';
import { parseCommand } from './command.parse.ts';
import { type BackupOutcome, type Made, outcomeOf } from './outcome.ts';
import { parseArchives, parseSnapshots } from './repository.parse.ts';
import { UNIT_PROPERTIES, type UnitRun, parseUnitRun } from './unit.parse.ts';

export type Backup = ChildHost['declared']['backup'][number];
type Of<K extends Backup['kind']> = Extract<Backup, { kind: K }>;

const ASK_MS = 50_000;
const ANSWERED = { timeoutMs: ASK_MS, codes: [0] } as const;
/** What is smaller than a backup and this young is still being written. */
const WRITING_MS = 30 * MINUTE_MS;

/** @returns undefined where nothing is known since the machine was started. @throws HostError, and as fs does */
export const askBackup = (host: ChildHost, backup: Backup): Promise<BackupOutcome | undefined> => {
  switch (backup.kind) {
    case 'files':
      return askFiles(host, backup);
    case 'restic':
      return askRestic(host, backup);
    case 'borg':
      return askBorg(host, backup);
    case 'systemd':
      return askUnit(host, backup.unit);
    case 'command':
      return askCommand(host, backup);
  }
};

const askFiles = async (host: ChildHost, { path, min_size: minBytes = 0 }: Of<'files'>): Promise<BackupOutcome> => {
  const isBeingWritten = ({ atMs, bytes = 0 }: Made) => bytes < minBytes && host.wallMs() - atMs < WRITING_MS;
  const made = await backupFiles(host, path);
  return outcomeOf(
    made.filter((one) => !isBeingWritten(one)),
    minBytes,
  );
};

/** Without locks and caches: nothing is written, neither there nor here. */
const RESTIC = ['snapshots', '--json', '--latest', '1', '--no-lock', '--no-cache'] as const;

const askRestic = async (host: ChildHost, { repository, password_file: file, ...of }: Of<'restic'>) => {
  await refuseOpenSecret(host, file);
  const where = [
    `--repo=${repository}`,
    `--password-file=${file}`,
    ...(of.host === undefined ? [] : [`--host=${of.host}`]),
  ];
  const { stdout } = await host.run('restic', [...RESTIC, ...where], ANSWERED);
  return outcomeOf(understood('restic', parseSnapshots(stdout)), of.min_size);
};

const askBorg = async (host: ChildHost, { repository, passphrase_file: file, archives }: Of<'borg'>) => {
  const which = archives === undefined ? [] : [`--glob-archives=${archives}`];
  const { stdout } = await host.run('borg', ['list', '--json', '--last=1', '--bypass-lock', ...which, repository], {
    ...ANSWERED,
    codes: [0, 1], // 1 is a warning
    env: {
      // a list is nothing that a repository could do harm with
      BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
      ...(file !== undefined && { BORG_PASSPHRASE: await readSecret(host, file) }),
    },
  });
  return outcomeOf(understood('borg', parseArchives(stdout)));
};

const askUnit = async (host: ChildHost, name: string): Promise<BackupOutcome | undefined> => {
  const first = await showUnit(host, name);
  const run = first.kind === 'timer' ? await showUnit(host, first.unit) : first;
  switch (run.kind) {
    case 'ended':
      return run.isGood ? { state: 'ok', goodMs: run.atMs } : { state: 'failed' };
    case 'not yet':
      return undefined;
    case 'timer':
    case 'unknown':
      throw new HostError('service_broken', `${name}: ${run.kind === 'unknown' ? run.why : 'a timer of a timer'}`);
  }
};

const showUnit = async (host: ChildHost, unit: string): Promise<UnitRun> => {
  const { stdout } = await host.run('systemctl', ['show', '-p', UNIT_PROPERTIES, '--', unit], ANSWERED);
  return parseUnitRun(stdout);
};

const askCommand = async (host: ChildHost, { command, min_size: minBytes }: Of<'command'>): Promise<BackupOutcome> => {
  const { code, stdout } = await host.runDeclared(command, { timeoutMs: ASK_MS });
  return parseCommand(code, stdout, minBytes);
};

const READ_BY_OTHERS = 0o004;
const SECRET_MAX_BYTES = 4_096;

const refuseOpenSecret = async (host: ChildHost, path: string): Promise<void> => {
  const { mode } = await host.statFile(path);
  if ((mode & READ_BY_OTHERS) !== 0)
    throw new HostError('policy_blocked', `${path} can be read by every user of this machine`, `chmod 600 ${path}`);
};

const readSecret = async (host: ChildHost, path: string): Promise<string> => {
  await refuseOpenSecret(host, path);
  return (await host.readFile(path, SECRET_MAX_BYTES)).toString('utf8').replace(/\r?\n$/, '');
};
