// A real ext4 on a loop device, to fill and to empty. Needs root.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

const MIB = 2 ** 20;

export type LoopDisk = {
  readonly path: string;
  /** Fills or empties the volume until df would say this many percent. */
  readonly fillTo: (percent: number) => void;
  readonly remove: () => void;
};

export const makeLoopDisk = (folder: string, sizeMib: number): LoopDisk => {
  const [image, path] = [join(folder, 'disk.img'), join(folder, 'disk')];
  closeSync(openSync(image, 'w'));
  truncateSync(image, sizeMib * MIB);
  execFileSync('/usr/sbin/mkfs.ext4', ['-q', '-m', '0', image]);
  mkdirSync(path);
  execFileSync('mount', ['-o', 'loop', image, path]);
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
      execFileSync('umount', [path]);
      rmSync(image);
    },
  };
};
