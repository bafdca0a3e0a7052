// The only programs that are ever started, each by an absolute path: what somebody plants in PATH is never found.
import { accessSync, constants } from 'node:fs';

import type { ProgramName } from './host.ts';

const FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;
/** Programs that come with installers of their own, or that administrators build. */
const ELSEWHERE: { readonly [P in ProgramName]?: readonly string[] } = {
  borg: ['/usr/local/bin/borg'],
  restic: ['/usr/local/bin/restic'],
  smartctl: ['/usr/local/sbin/smartctl', '/opt/homebrew/sbin/smartctl'],
  mdatp: ['/opt/microsoft/mdatp/sbin/wdavdaemonclient'],
};

/** @param root what "/" is. @returns the path of the program, or undefined where it is not installed */
export const findProgram = (name: ProgramName, root = ''): string | undefined =>
  [...FOLDERS.map((folder) => `${folder}/${name}`), ...(ELSEWHERE[name] ?? [])]
    .map((path) => `${root}${path}`)
    .find(isExecutable);

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
