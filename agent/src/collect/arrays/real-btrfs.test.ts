// A real btrfs RAID1 on two loop devices: whole, corrupted and mended, and with a device missing.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Mounts } from '../../../../test/support/mounts.ts';
import { missing, needs } from '../../../../test/support/needs.ts';
import { temporaryFolder } from '../../../../test/support/place.ts';
import { hostAt } from '../fixture.ts';
import { HandClock } from '../hand-clock.ts';
import { arrays } from './arrays.ts';

const MIB = 2 ** 20;
const { skip, why } = missing(needs.linux, needs.root, needs.loopMount, needs.btrfs);

describe.skipIf(skip)(`a real btrfs of two devices${why}`, () => {
  const folder = temporaryFolder();
  const mounts = new Mounts(folder.path);
  const label = `fettle-${process.pid}`;
  let imageOfSecond: string;
  let first: string;
  let second: string;
  let path: string;

  beforeAll(() => {
    const image = mounts.image('first', 160);
    imageOfSecond = mounts.image('second', 160);
    [first, second] = [mounts.attach(image), mounts.attach(imageOfSecond)];
    execFileSync('/usr/sbin/mkfs.btrfs', ['-q', '-L', label, '-d', 'raid1', '-m', 'raid1', first, second]);
    path = mounts.mount('tank', first);
    writeFileSync(join(path, 'file'), Buffer.alloc(30 * MIB, 'x'));
    execFileSync('sync', ['-f', path]);
  });
  afterAll(() => {
    mounts.remove();
    folder.remove();
  });

  const read = async () => {
    const host = hostAt('', new HandClock());
    const { samples, sections = [] } = await arrays().collect(host, {
      monoMs: 0,
      signal: new AbortController().signal,
    });
    const own = samples.filter(({ attributes }) => attributes['hw.name'] === label);
    const fact = sections.flatMap(({ facts }) => facts).find((one) => one.label === label)?.value;
    const uuid = execFileSync('findmnt', ['-no', 'UUID', path], { encoding: 'utf8' }).trim();
    return {
      values: Object.fromEntries(own.map(({ metric, value }) => [metric, value])),
      fact,
      areKnownByUuid: own.every(({ attributes }) => attributes['hw.id'] === uuid),
    };
  };

  it('is healthy at first', async () => {
    expect(await read()).toEqual({
      values: { 'fettle.raid.state': 0, 'fettle.raid.missing': 0, 'fettle.filesystem.errors': 0 },
      fact: 'btrfs, 2 devices, healthy',
      areKnownByUuid: true,
    });
  });

  it('counts what a scrub finds corrupted, and is healthy all the same', async () => {
    mounts.unmount(path);
    const file = openSync(imageOfSecond, 'r+');
    // beyond the superblocks at 64 KiB and 64 MiB, which would keep it from being mounted
    for (let at = 66 * MIB; at < 150 * MIB; at += MIB) writeSync(file, Buffer.alloc(MIB, 'y'), 0, MIB, at);
    closeSync(file);
    path = mounts.mount('tank', first);
    try {
      execFileSync('btrfs', ['scrub', 'start', '-B', path], { stdio: 'ignore' });
    } catch {
      // its exit code says that there were errors
    }
    const { values, fact } = await read();
    expect(values).toMatchObject({ 'fettle.raid.state': 0, 'fettle.raid.missing': 0 });
    expect(values['fettle.filesystem.errors']).toBeGreaterThan(100);
    expect(fact).toMatch(/^btrfs, 2 devices, healthy, device 2 had \d+ errors$/);
  });

  it('is degraded without its second device', async () => {
    mounts.unmount(path);
    mounts.detach(second);
    execFileSync('btrfs', ['device', 'scan', '--forget', second]);
    path = mounts.mount('tank', '-o', 'degraded', first);
    const { values, fact } = await read();
    expect(values).toMatchObject({ 'fettle.raid.state': 2, 'fettle.raid.missing': 1 });
    expect(fact).toContain('btrfs, 2 devices, degraded, device 2 is missing');
  });
});
