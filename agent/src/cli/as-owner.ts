// Root enrols for the service: what is written then is the service's own, who is to read it.
import { type Stats, statSync } from 'node:fs';

/** Root is the owner of `folder` while `work` goes on; whoever else calls stays who they are. */
export const asOwnerOf = async <T>(folder: string, work: () => Promise<T>): Promise<T> => {
  const owner = process.geteuid?.() === 0 ? statSync(folder, { throwIfNoEntry: false }) : undefined;
  if (!owner || owner.uid === 0) return work();
  const becomeRoot = become(owner);
  try {
    return await work();
  } finally {
    becomeRoot();
  }
};

/** @returns the way back */
const become = ({ uid, gid }: Stats): (() => void) => {
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([gid]);
  process.setegid?.(gid);
  process.seteuid?.(uid);
  return () => {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
  };
};
