import { describe, expect, it } from 'vitest';

import { Ballast } from './ballast.ts';
import { seeded } from './fixture.ts';
import { SimDisk } from './sim-disk.ts';

const PATH = 'reserve/ballast';
const BYTES = 200_000;

const aDisk = () => new SimDisk({ rng: seeded(1) });

describe('a ballast', () => {
  it('is written once, on the disk, and of bytes that no file system packs', async () => {
    const disk = aDisk();
    const ballast = new Ballast(disk, BYTES);
    await ballast.keep();
    const { syncs, writtenBytes } = disk;
    await ballast.keep();
    await new Ballast(disk, BYTES).keep(); // the next process finds it
    expect([disk.syncs, disk.writtenBytes, disk.openFiles]).toEqual([syncs, writtenBytes, 0]);
    expect(syncs).toBe(1);
    const content = disk.contentOf(PATH) ?? new Uint8Array();
    expect(content.length).toBeGreaterThanOrEqual(BYTES);
    const counts = Array.from({ length: 256 }, () => 0);
    for (const byte of content) counts[byte] = (counts[byte] ?? 0) + 1;
    expect(Math.max(...counts)).toBeLessThan((2 * content.length) / 256);
  });

  it('is given once, and can be kept again', async () => {
    const disk = aDisk();
    const ballast = new Ballast(disk, BYTES);
    expect(await ballast.release()).toBe(false);
    await ballast.keep();
    expect([await ballast.release(), await ballast.release()]).toEqual([true, false]);
    expect(disk.paths).not.toContain(PATH);
    await ballast.keep();
    expect(disk.paths).toContain(PATH);
  });

  it('that finds no room is none, and leaves nothing behind', async () => {
    const disk = aDisk();
    disk.capacityBytes = BYTES / 2;
    const ballast = new Ballast(disk, BYTES);
    await ballast.keep();
    expect([...disk.paths]).toEqual([]);
    expect(await ballast.release()).toBe(false);
    disk.capacityBytes = Number.POSITIVE_INFINITY;
    await ballast.keep();
    expect(await ballast.release()).toBe(true);
  });

  it('of nothing is nothing', async () => {
    const disk = aDisk();
    await new Ballast(disk, 0).keep();
    expect([...disk.paths]).toEqual([]);
  });
});
