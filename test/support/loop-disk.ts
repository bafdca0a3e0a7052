// A real ext4 on a loop device, to fill and to empty. Needs root.
import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

import { Mounts } from './mounts.ts';

export type LoopDisk = {
  readonly path: string;
  /** Fills or empties the volume until df would say this many percent. */
  readonly fillTo: (percent: number) => void;
  readonly remove: () => void;
};

export const makeLoopDisk = (folder: string, sizeMib: number): LoopDisk => {
  const mounts = new Mounts(folder);
  const image = mounts.image('disk', sizeMib);
  execFileSync('/usr/sbin/mkfs.ext4', ['-q', '-m', '0', image]);
  const path = mounts.mount('disk', '-o', 'loop', image);
  const filler = join(path, 'filler');
  return {
    path,
    fillTo: (percent) => {
      rmSync(filler, { force: true });
      const { bsize, blocks, bfree, bavail } = statfsSync(path);
      const used = blocks - bfree;
      const bytes = Math.floor((((used + bavail) * percent) / 100 - used) * bsize);
      if (bytes > 0) execFileSync('fallocate', ['-l', String(bytes), filler]);
    },
    remove: () => {
      mounts.unmount(path);
      rmSync(image);
    },
  };
};
