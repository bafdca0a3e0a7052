// Volumes of this very machine, against its own `df`; and mounts that are not to be read, or cannot be.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../test/support/needs.ts';
import { HostError } from '../host/host.ts';
import { hostAt } from './fixture.ts';
import { HandClock } from './hand-clock.ts';
import { volumes } from './volumes.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-volumes-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

/** A machine with these mount points, each a volume of its own; what they hold is asked of the real system. */
const read = (mountpoints: readonly string[], host: Partial<ReturnType<typeof hostAt>> = {}) => {
  const lines = mountpoints.map((at, index) => `${index} 0 8:${index} / ${at} rw - ext4 /dev/sd${index} rw`);
  write('proc/self/mountinfo', `${lines.join('\n')}\n`);
  const real = hostAt(folder, new HandClock());
  return volumes().collect({ ...real, ...host }, { monoMs: 0, signal: new AbortController().signal });
};
type Found = Awaited<ReturnType<typeof read>>;
const values = ({ samples }: Found) => Object.fromEntries(samples.map(({ metric, value }) => [metric, value]));
const mountpoints = ({ samples }: Found) =>
  samples.flatMap(({ metric, attributes }) =>
    metric === 'system.filesystem.limit' ? [attributes['system.filesystem.mountpoint']] : [],
  );

const { skip, why } = missing(needs.linux);

describe.skipIf(skip)(`a volume${why}`, () => {
  it('is as df has it', async () => {
    const columns = ['size', 'used', 'avail', 'itotal', 'iused'];
    const printed = execFileSync('df', ['-B1', `--output=${columns.join()}`, folder], { encoding: 'utf8' });
    const [size = 0, used = 0, available = 0, inodes = 0, inodesUsed = 0] =
      printed.split('\n')[1]?.trim().split(/\s+/).map(Number) ?? [];
    const found = values(await read([folder]));
    const near = (value: number | undefined, expected: number, off: number) =>
      expect(Math.abs((value ?? Number.NaN) - expected)).toBeLessThan(off);
    expect(found['system.filesystem.limit']).toBe(size);
    // others write meanwhile
    near(found['system.filesystem.usage'], used, 2 ** 28);
    near(found['fettle.filesystem.available'], available, 2 ** 28);
    near(found['system.filesystem.utilization'], used / (used + available), 0.005);
    if (inodes > 0) near(found['fettle.filesystem.inodes.utilization'], inodesUsed / inodes, 0.005);
  });

  it('says what it is', async () => {
    const { samples } = await read([folder]);
    expect(samples[0]?.attributes).toEqual({
      'system.device': '/dev/sd0',
      'system.filesystem.mountpoint': folder,
      'system.filesystem.type': 'ext4',
    });
  });

  it('without blocks has nothing to say', async () => {
    expect(await read(['/proc'])).toEqual({ samples: [], partial: [] });
  });

  it.each([
    ['sys/dev/block/8:0/removable', 'a card'],
    ['sys/dev/block/removable', 'a partition of one'],
  ])('that comes and goes is left alone: %s, %s', async (path) => {
    mkdirSync(join(folder, 'sys/dev/block/8:0'), { recursive: true });
    write(path, '1\n');
    const found = await read([folder]);
    expect(found.samples).toEqual([]);
    write(path, '0\n');
    expect(mountpoints(await read([folder]))).toEqual([folder]);
  });

  it('that cannot be read is told, and the others are read', async () => {
    const gone = join(folder, 'gone');
    const found = await read([gone, folder]);
    expect(found.partial).toMatchObject([{ code: 'no_hardware' }]);
    expect(mountpoints(found)).toEqual([folder]);
  });

  it('that hangs holds up no other, and no more than two are asked at once', async () => {
    let asked = 0;
    let most = 0;
    const statVolume = async (path: string) => {
      asked += 1;
      most = Math.max(most, asked);
      await Promise.resolve();
      asked -= 1;
      if (path === '/b') throw new HostError('timeout', '/b did not answer within 3 s');
      return { blockBytes: 1, blocks: 10, free: 5, available: 4, inodes: 0, inodesFree: 0 };
    };
    const found = await read(['/a', '/b', '/c', '/d', '/e'], { statVolume });
    expect(mountpoints(found)).toEqual(['/a', '/c', '/d', '/e']);
    expect(found.partial).toMatchObject([{ code: 'timeout' }]);
    expect([values(found)['system.filesystem.utilization'], most]).toEqual([5 / 9, 2]);
  });

  it('beyond two hundred is told rather than read', async () => {
    const statVolume = () =>
      Promise.resolve({ blockBytes: 1, blocks: 10, free: 5, available: 5, inodes: 0, inodesFree: 0 });
    const found = await read(
      Array.from({ length: 500 }, (_, index) => `/v${index}`),
      { statVolume },
    );
    expect(mountpoints(found)).toHaveLength(200);
    expect(found.partial?.map(({ detail }) => detail)).toEqual(['500 volumes are mounted, 200 are read']);
  });
});
