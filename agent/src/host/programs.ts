// Programs are started by an absolute path each: what somebody plants in PATH is never found.
import { accessSync, constants } from 'node:fs';
import { normalize } from 'node:path';

import type { Os } from '@fettle/shared/rule/scope';

import type { ProgramName } from './program-names.ts';

const FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;
/** Programs that come with installers of their own, or that administrators build. */
const ELSEWHERE: { readonly [P in ProgramName]?: readonly string[] } = {
  borg: ['/usr/local/bin/borg'],
  restic: ['/usr/local/bin/restic'],
  smartctl: ['/usr/local/sbin/smartctl', '/opt/homebrew/sbin/smartctl'],
  mdatp: ['/opt/microsoft/mdatp/sbin/wdavdaemonclient'],
};

/** Below the folder of Windows, where only administrators write. */
const IN_WINDOWS: { readonly [P in ProgramName]?: string } = {
  powershell: 'System32/WindowsPowerShell/v1.0/powershell.exe',
  reg: 'System32/reg.exe',
  sc: 'System32/sc.exe',
  smartctl: '../Program Files/smartmontools/bin/smartctl.exe',
  wevtutil: 'System32/wevtutil.exe',
};

/** The service manager sets it, not a user. */
export const windowsFolder = (): string => process.env['SystemRoot'] ?? 'C:/Windows';

/** @param root what "/" is. @returns the path of the program, or undefined where it is not installed */
export const findProgram = (name: ProgramName, root = '', os: Os = 'linux'): string | undefined =>
  (os === 'windows' ? pathsOnWindows(name, root) : pathsOf(name, root)).find(isExecutable);

const pathsOf = (name: ProgramName, root: string): readonly string[] =>
  [...FOLDERS.map((folder) => `${folder}/${name}`), ...(ELSEWHERE[name] ?? [])].map((path) => `${root}${path}`);

/** Where nobody but root writes; elsewhere a user may, such as in the folder of Homebrew. */
export const isOfSystem = (path: string, root: string): boolean =>
  FOLDERS.some((folder) => path.startsWith(`${root}${folder}/`));

const pathsOnWindows = (name: ProgramName, root: string): readonly string[] => {
  const path = IN_WINDOWS[name];
  return path === undefined ? [] : [normalize(`${root === '' ? '' : `${root}/`}${windowsFolder()}/${path}`)];
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
