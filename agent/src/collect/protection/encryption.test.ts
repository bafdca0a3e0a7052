// Whether the disk of the system is encrypted: made-up block devices that lie on one another.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { writeTree } from '../fixture.ts';
import { PlainMachine, codes, facts, mounted, values } from './fixture.ts';

let machine: PlainMachine;
beforeEach(() => {
  machine = new PlainMachine();
});
afterEach(() => machine.remove());

describe('encryption of the disk of the system', () => {
  const LUKS = 'CRYPT-LUKS2-0123456789abcdef-root';
  const onVolume = () =>
    writeTree(machine.root, { 'proc/self/mountinfo': mounted('ext4', '/dev/mapper/vg-root', '254:1') });

  it.each<[string, () => void, number]>([
    ['a plain partition', () => undefined, 0],
    [
      'LUKS on a partition',
      () => {
        writeTree(machine.root, { 'proc/self/mountinfo': mounted('ext4', '/dev/mapper/root', '254:0') });
        machine.block('dm-0', { dev: '254:0', 'dm/name': 'root', 'dm/uuid': LUKS }, ['sda2']);
      },
      1,
    ],
    [
      'a volume on LUKS',
      () => {
        onVolume();
        machine.block('dm-0', { dev: '254:0', 'dm/name': 'crypt', 'dm/uuid': LUKS }, ['sda2']);
        machine.block('dm-1', { dev: '254:1', 'dm/name': 'vg-root', 'dm/uuid': 'LVM-x' }, ['dm-0']);
      },
      1,
    ],
    [
      'a volume on two disks of which one is encrypted',
      () => {
        onVolume();
        machine.block('dm-0', { dev: '254:0', 'dm/uuid': LUKS }, ['sda2']);
        machine.block('dm-1', { dev: '254:1', 'dm/name': 'vg-root', 'dm/uuid': 'LVM-x' }, ['dm-0', 'sda2']);
      },
      0,
    ],
    [
      'verity, which hides nothing',
      () => {
        onVolume();
        machine.block('dm-1', { dev: '254:1', 'dm/name': 'vg-root', 'dm/uuid': 'CRYPT-VERITY-x' }, ['sda2']);
      },
      0,
    ],
    [
      'the device behind /dev/root',
      () => {
        writeTree(machine.root, { 'proc/self/mountinfo': mounted('ext4', '/dev/root', '254:0') });
        machine.block('dm-0', { dev: '254:0', 'dm/uuid': LUKS });
      },
      1,
    ],
    [
      'btrfs on one encrypted disk and one that is not',
      () => {
        writeTree(machine.root, { 'proc/self/mountinfo': mounted('btrfs', '/dev/mapper/a', '0:25') });
        machine.block('dm-0', { dev: '254:0', 'dm/name': 'a', 'dm/uuid': LUKS });
        for (const name of ['dm-0', 'sda2'])
          mkdirSync(join(machine.root, `sys/fs/btrfs/id/devices/${name}`), { recursive: true });
      },
      0,
    ],
    [
      'a device in a circle',
      () => {
        onVolume();
        machine.block('dm-1', { dev: '254:1', 'dm/name': 'vg-root', 'dm/uuid': 'LVM-x' }, ['dm-1']);
      },
      0,
    ],
  ])('%s', async (_what, setUp, value) => {
    setUp();
    expect(values(await machine.read())['encryption']).toBe(value);
  });

  it.each([
    ['in a container', mounted('overlay', 'overlay', '0:60'), 'virtual'],
    ['on ZFS', mounted('zfs', 'rpool/ROOT/debian', '0:25'), 'tool_missing'],
    ['nowhere', '', 'virtual'],
  ])('%s is not known', async (_what, mountinfo, code) => {
    writeTree(machine.root, { 'proc/self/mountinfo': mountinfo });
    const reading = await machine.read();
    expect([values(reading), codes(reading)]).toEqual([{}, ['tool_missing', code]]);
  });

  it('swap is told beside', async () => {
    const titles = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';
    const line = (path: string, kind: string) => `${path}                               ${kind}\t8388604\t\t0\t\t-2\n`;
    const swaps = `${titles}${line('/dev/sda2', 'partition')}${line('/dev/dm-0', 'partition')}${line('/dev/zram0', 'partition')}`;
    writeTree(machine.root, { 'proc/swaps': `${swaps}${line('/swap.img', 'file')}rubbish\n` });
    machine.block('dm-0', { dev: '254:0', 'dm/uuid': LUKS });
    expect(facts(await machine.read())).toMatchObject({
      'Swap /dev/sda2': 'not encrypted',
      'Swap /dev/dm-0': 'encrypted',
      'Swap /dev/zram0': 'in memory, compressed',
      'Swap /swap.img': 'a file: as its disk',
    });
  });
});
