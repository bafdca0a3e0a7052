// Real file systems of this kernel: filled, out of inodes, broken, hidden behind images, and one whose daemon is stopped.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { makeLoopDisk } from '../../../test/support/loop-disk.ts';
import { Mounts } from '../../../test/support/mounts.ts';
import { missing, needs } from '../../../test/support/needs.ts';
import { temporaryFolder } from '../../../test/support/place.ts';
import type { Host } from '../host/host.ts';
import { hostAt } from './fixture.ts';
import { HandClock } from './hand-clock.ts';
import { volumes } from './volumes.ts';

const clock = new HandClock();
const real = hostAt('', clock);
const answered = new Set<string>();
const host: Host = {
  ...real,
  statVolume: async (path) => {
    const stat = await real.statVolume(path);
    answered.add(path);
    return stat;
  },
};
const collector = volumes();
const read = () => collector.collect(host, { monoMs: clock.monoMs(), signal: new AbortController().signal });
/** By the last word of the metric, of the volume at this path. */
const valuesAt = async (path: string) => {
  const { samples } = await read();
  const own = samples.filter(({ attributes }) => attributes['system.filesystem.mountpoint'] === path);
  return Object.fromEntries(
    own.map(({ metric, value }) => [metric.replace(/^(?:fettle|system)\.filesystem\./, ''), value]),
  );
};

/** @param args of mkfs. @returns its device */
const makeExt4 = (mounts: Mounts, name: string, ...args: readonly string[]): string => {
  const image = mounts.image(name, 64);
  execFileSync('/usr/sbin/mkfs.ext4', ['-q', ...args, image]);
  return mounts.attach(image);
};

const { skip, why } = missing(needs.linux, needs.root, needs.loopMount);

describe.skipIf(skip)(`a real ext4${why}`, () => {
  const folder = temporaryFolder();
  const mounts = new Mounts(folder.path);
  afterAll(() => {
    mounts.remove();
    folder.remove();
  });

  it('is filled across 85 %', async () => {
    const disk = makeLoopDisk(folder.path, 200);
    try {
      disk.fillTo(84);
      expect((await valuesAt(disk.path))['utilization']).toBeCloseTo(0.84, 3);
      disk.fillTo(86);
      expect((await valuesAt(disk.path))['utilization']).toBeCloseTo(0.86, 3);
    } finally {
      disk.remove();
    }
  });

  it('keeps a part for root, which df counts for nobody', async () => {
    const path = mounts.mount('reserved', makeExt4(mounts, 'reserved', '-m', '10'));
    writeFileSync(join(path, 'some'), Buffer.alloc(20 * 2 ** 20));
    execFileSync('sync', ['-f', path]);
    const printed = execFileSync('df', ['-B1', '--output=used,avail,size', path], { encoding: 'utf8' }).split('\n')[1];
    const [used = 0, available = 0, size = 0] = printed?.trim().split(/\s+/).map(Number) ?? [];
    const found = await valuesAt(path);
    expect(found).toMatchObject({
      usage: used,
      available,
      limit: size,
      utilization: used / (used + available),
      readonly: 0,
    });
    expect(used / (used + available)).toBeGreaterThan(used / size + 0.03);
  });

  it('runs out of inodes with space to spare', async () => {
    const path = mounts.mount('inodes', makeExt4(mounts, 'inodes', '-N', '64'));
    const fill = () => {
      for (let file = 0; file < 1_000; file += 1) writeFileSync(join(path, String(file)), '');
    };
    expect(fill).toThrow(/ENOSPC/);
    const found = await valuesAt(path);
    expect(found['inodes.utilization']).toBe(1);
    expect(found['utilization']).toBeLessThan(0.2);
  });

  it('is turned read-only by the kernel at an error, and still read', async () => {
    const device = makeExt4(mounts, 'broken');
    const path = mounts.mount('broken', '-o', 'errors=remount-ro', device);
    const before = await valuesAt(path);
    expect(before['readonly']).toBe(0);
    writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, '1');
    await vi.waitFor(() => expect(() => writeFileSync(join(path, 'file'), '')).toThrow(/EROFS/));
    expect(await valuesAt(path)).toEqual({ ...before, readonly: 1 });
  });

  it('mounted read-only by someone is not the kernel’s doing', async () => {
    const path = mounts.mount('chosen', '-o', 'ro', makeExt4(mounts, 'chosen'));
    const found = await valuesAt(path);
    expect(found['limit']).toBeGreaterThan(0);
    expect(found).not.toHaveProperty('readonly');
  });
});

const images = missing(needs.linux, needs.root, needs.loopMount, needs.squashfs);

describe.skipIf(images.skip)(`what is no volume${images.why}`, () => {
  const folder = temporaryFolder();
  const mounts = new Mounts(folder.path);
  afterAll(() => {
    mounts.remove();
    folder.remove();
  });

  it('is an image, an overlay, memory, or a second sight of the same', async () => {
    const memory = mounts.mount('memory', '-t', 'tmpfs', 'tmpfs');
    for (const name of ['lower', 'upper', 'work']) mkdirSync(join(memory, name));
    writeFileSync(join(memory, 'lower', 'file'), 'text');
    const image = join(folder.path, 'image');
    execFileSync('mksquashfs', [join(memory, 'lower'), image, '-quiet', '-no-progress'], { stdio: 'ignore' });
    const layers = `lowerdir=${memory}/lower,upperdir=${memory}/upper,workdir=${memory}/work`;
    mounts.mount('squash', '-t', 'squashfs', '-o', 'loop', image);
    mounts.mount('overlay', '-t', 'overlay', '-o', layers, 'overlay');
    const real = mounts.mount('real', makeExt4(mounts, 'real'));
    mounts.mount('bound', '--bind', real);
    const { samples } = await read();
    const paths = samples.flatMap(({ attributes }) => attributes['system.filesystem.mountpoint'] ?? []);
    expect(new Set(paths.filter((path) => path.startsWith(folder.path)))).toEqual(new Set([real]));
  });
});

const fuse = missing(needs.linux, needs.root, needs.loopMount, needs.ntfs3g);

describe.skipIf(fuse.skip)(`a volume whose daemon is stopped${fuse.why}`, () => {
  const folder = temporaryFolder();
  const mounts = new Mounts(folder.path);
  let other: string;
  let ntfs: Awaited<ReturnType<Mounts['mountNtfs']>>;
  beforeAll(async () => {
    other = mounts.mount('other', makeExt4(mounts, 'other'));
    ntfs = await mounts.mountNtfs('windows');
  });
  afterAll(() => {
    mounts.remove();
    folder.remove();
  });

  it('is given up after 3 s, not asked again, and asked again when it has answered', async () => {
    const own = async () => {
      const { partial = [] } = await read();
      return partial.flatMap(({ detail }) => (detail.includes(ntfs.path) ? [detail.replace(ntfs.path, 'it')] : []));
    };
    expect((await valuesAt(ntfs.path))['limit']).toBeGreaterThan(30 * 2 ** 20);
    ntfs.daemon('SIGSTOP');
    answered.clear();
    const reading = own();
    await vi.waitFor(() => expect(answered).toContain(other)); // the hand of the clock is quicker than any disk
    await clock.pass(3_000);
    expect(await reading).toEqual(['it did not answer within 3 s']);
    expect(await own()).toEqual(['it still does not answer']);
    ntfs.daemon('SIGCONT');
    await vi.waitFor(async () => expect(await own()).toEqual(['it answered too late and is asked again within 1 min']));
    await clock.pass(57_000);
    expect((await valuesAt(ntfs.path))['limit']).toBeGreaterThan(30 * 2 ** 20);
    expect(await own()).toEqual([]);
  });
});
