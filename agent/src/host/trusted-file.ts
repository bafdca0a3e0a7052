// May a program be run as who we are? Only if nobody else could have put other words into it.
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { HostError } from './host.ts';

const WRITABLE_BY_OTHERS = 0o022;
/** In such a folder (/tmp) one may replace only what is one's own. */
const STICKY = 0o1000;

/**
 * Refuses a file that another user than root and ourselves could change or replace: the file itself and every folder above it,
 * links followed. Windows has other rights: there every file passes.
 * @throws HostError `policy_blocked`, else as fs does
 */
export const refuseForeign = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const trusted = new Set([0, process.getuid?.()]);
  let isFolder = false;
  for (let at = await realpath(path); ; at = dirname(at)) {
    const { uid, mode } = await stat(at);
    const isOpen = (mode & WRITABLE_BY_OTHERS) !== 0 && !(isFolder && (mode & STICKY) !== 0);
    if (isOpen || !trusted.has(uid))
      throw new HostError(
        'policy_blocked',
        `${path} is not run: ${at} can be changed by others than root`,
        `chown root ${at} && chmod go-w ${at}`,
      );
    if (at === dirname(at)) return;
    isFolder = true;
  }
};
