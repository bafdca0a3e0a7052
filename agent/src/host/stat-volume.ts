// statfs that cannot take the agent down with it. A hung mount (a dead NFS server, a stopped FUSE daemon) holds a thread of
// Node's pool for ever and cannot be cancelled: so one question per volume at a time, and few that hang in all.
import { statfs } from 'node:fs/promises';

import type { Clock } from '@fettle/shared/time';

import { HostError, type VolumeStat } from './host.ts';

const DEADLINE_MS = 3_000;
/** Of the pool's four threads. */
const HUNG_MAX = 2;

export const createStatVolume = (clock: Clock): ((path: string) => Promise<VolumeStat>) => {
  const hung = new Set<string>();
  return async (path) => {
    if (hung.has(path)) throw new HostError('timeout', `${path} still does not answer`);
    if (hung.size >= HUNG_MAX)
      throw new HostError('timeout', `${path} was not asked: ${[...hung].join(', ')} do not answer`);
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = clock.after(DEADLINE_MS, () => {
      hung.add(path);
      reject(new HostError('timeout', `${path} did not answer within ${DEADLINE_MS / 1000} s`));
    });
    const answer = statfs(path).finally(() => {
      cancel();
      hung.delete(path);
    });
    const { bsize, blocks, bfree, bavail, files, ffree } = await Promise.race([answer, late]);
    return { blockBytes: bsize, blocks, free: bfree, available: bavail, inodes: files, inodesFree: ffree };
  };
};
