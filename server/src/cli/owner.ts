// Root and the server's own user: what root leaves in the data folder the server could not use.
import { statSync } from 'node:fs';

/**
 * What root has started is whoever the folder belongs to from here on; whoever else has started it, or where the folder is root's or
 * not there, nothing changes. Not back again.
 */
export const becomeOwnerOf = (folder: string): void => {
  if (process.getuid?.() !== 0) return;
  const owner = statSync(folder, { throwIfNoEntry: false });
  if (!owner || owner.uid === 0) return;
  process.setgroups?.([owner.gid]);
  process.setgid?.(owner.gid);
  process.setuid?.(owner.uid);
};
