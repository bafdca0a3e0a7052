import { expect, it } from 'vitest';

import type { SpoolFile } from '../../host/spool-disk.ts';
import { seeded } from './fixture.ts';
import { SimDisk } from './sim-disk.ts';
import { writeAll } from './write-all.ts';

/** A file that takes so many bytes at a time. */
const slowly = (file: SpoolFile, most: number): SpoolFile => ({
  ...file,
  write: (at, bytes) => file.write(at, bytes.subarray(0, most)),
});

it('writes on until all is taken', async () => {
  const disk = new SimDisk({ rng: seeded(1) });
  const file = await disk.open('a', 'write');
  await writeAll(slowly(file, 3), 2, new Uint8Array([1, 2, 3, 4, 5, 6, 7]));
  expect(disk.contentOf('a')).toEqual(new Uint8Array([0, 0, 1, 2, 3, 4, 5, 6, 7]));
});

it('a disk that takes nothing is a full one', async () => {
  const file = await new SimDisk({ rng: seeded(1) }).open('a', 'write');
  await expect(writeAll(slowly(file, 0), 0, new Uint8Array(1))).rejects.toMatchObject({
    code: 'ENOSPC',
    message: 'the disk takes nothing',
  });
});
