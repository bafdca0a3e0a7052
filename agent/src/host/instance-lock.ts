// One agent per data folder. The lock names its owner, so that one left behind by a kill does not lock anybody out.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { codeOf } from '@fettle/shared/error';

import { ensureFolder } from './ensure-folder.ts';

/** Another agent runs on this folder. */
export class InstanceLockedError extends Error {}

/** @returns what releases it. @throws InstanceLockedError */
export const lockInstance = (path: string): (() => void) => {
  ensureFolder(dirname(path));
  if (!tryLock(path)) {
    const owner = readOwner(path);
    if (owner && isRunning(owner)) {
      throw new InstanceLockedError(
        `Another agent (process ${owner.pid}) uses ${dirname(path)}. Stop it, or give this one another data_dir.`,
      );
    }
    rmSync(path, { force: true });
    if (!tryLock(path)) throw new InstanceLockedError(`Another agent has just started on ${dirname(path)}.`);
  }
  return () => rmSync(path, { force: true });
};

type Owner = { readonly pid: number; readonly started: string };

const tryLock = (path: string): boolean => {
  try {
    writeFileSync(path, `${process.pid} ${startOf(process.pid)}`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
};

const readOwner = (path: string): Owner | undefined => {
  try {
    const [pid = '', started = ''] = readFileSync(path, 'utf8').split(' ');
    return Number(pid) > 0 ? { pid: Number(pid), started } : undefined;
  } catch {
    return undefined; // released in between
  }
};

const isRunning = ({ pid, started }: Owner): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  return startOf(pid) === started;
};

/** When the process began, in ticks since boot (proc_pid_stat(5), field 22): the same number again is another process. "" where there is no /proc. */
const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
};
