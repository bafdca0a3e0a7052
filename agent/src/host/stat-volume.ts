import { statfs } from 'node:fs/promises';

import type { VolumeStat } from './host.ts';

export const statVolume = async (path: string): Promise<VolumeStat> => {
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path);
  return { blockBytes: bsize, blocks, free: bfree, available: bavail, inodes: files, inodesFree: ffree };
};
