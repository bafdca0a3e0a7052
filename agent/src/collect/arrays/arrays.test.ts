// Arrays of recorded machines, and of machines made up for each way to fail.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Host } from '../../host/host.ts';
import type { Reading } from '../collector.ts';
import { faultyTexts } from '../faulty-texts.ts';
import { hostAt, writeTree } from '../fixture.ts';
import { HandClock } from '../hand-clock.ts';
import { makeLink, nodeExporter, sysfs, temporaryRoot, unpackTree } from '../trees/fixture.ts';
import { arrays } from './arrays.ts';
import { parseErrorStats } from './btrfs.parse.ts';

let root: ReturnType<typeof temporaryRoot>;
beforeEach(() => {
  root = temporaryRoot();
});
afterEach(() => root.remove());

const write = (files: Readonly<Record<string, string>>): void =>
  writeTree(root.path, Object.fromEntries(Object.entries(files).map(([path, text]) => [path, `${text}\n`])));
const hostHere = (changes: Partial<Host> = {}): Host => ({ ...hostAt(root.path, new HandClock()), ...changes });
const read = (changes: Partial<Host> = {}) =>
  arrays().collect(hostHere(changes), { monoMs: 0, signal: new AbortController().signal });
/** By name: [state, missing, errors]. */
const table = ({ samples }: Reading) => {
  const rows: Record<string, (number | undefined)[]> = {};
  const columns = ['fettle.raid.state', 'fettle.raid.missing', 'fettle.filesystem.errors'];
  for (const { metric, attributes, value } of samples) {
    (rows[attributes['hw.name'] ?? ''] ??= [undefined, undefined, undefined])[columns.indexOf(metric)] = value;
  }
  return rows;
};
const factsOf = ({ sections = [] }: Reading) =>
  sections.flatMap(({ facts }) => facts.map(({ label, value }) => `${label}: ${value}`));

const HEALTHY = 0;
const REBUILDING = 1;
const DEGRADED = 2;
const FAILED = 3;

describe('recorded arrays', () => {
  it('of two disks, healthy', async () => {
    unpackTree(root.path, sysfs('qemu-raid-ok'));
    expect(await arrays().probe(hostHere())).toMatchObject({ ok: true });
    const found = await read();
    expect(table(found)).toEqual({ md0: [HEALTHY, 0, undefined] });
    expect(factsOf(found)).toEqual(['md0: raid1, 2 disks, healthy']);
  });

  it('of two disks, one of which has failed: its state says "clean" all the same', async () => {
    unpackTree(root.path, sysfs('qemu-raid-degraded'));
    write({ 'sys/class/block/nvme1n1/device/serial': 'S4EV NF0M' });
    const found = await read();
    expect(table(found)).toEqual({ md0: [DEGRADED, 1, undefined] });
    expect(factsOf(found)).toEqual(['md0: raid1, 2 disks, degraded, failed: nvme1n1 (serial S4EV NF0M)']);
  });

  it.skipIf(nodeExporter.skip)(
    `of node_exporter's machine: every level, one degraded, one rebuilding${nodeExporter.why}`,
    async () => {
      unpackTree(root.path, nodeExporter.archive(), /^sys\/(?:block\/md|fs\/btrfs)/);
      const found = await read();
      expect(table(found)).toEqual({
        md0: [HEALTHY, undefined, undefined],
        md1: [HEALTHY, 0, undefined],
        md10: [HEALTHY, 0, undefined],
        md4: [HEALTHY, 0, undefined],
        md5: [DEGRADED, 1, undefined],
        md6: [REBUILDING, 1, undefined],
      });
      expect(found.samples[0]?.attributes).toEqual({
        'hw.id': '155f29ff-1716-4107-b362-52307ef86cac',
        'hw.name': 'md0',
      });
      expect(factsOf(found)).toEqual([
        'md0: raid0, 2 disks, healthy',
        'md1: raid1, 2 disks, healthy',
        'md10: raid10, 4 disks, healthy',
        'md4: raid4, 3 disks, healthy',
        'md5: raid5, 3 disks, degraded, failed: sdp',
        'md6: raid6, 4 disks, rebuilding',
        'fixture: btrfs',
        'btrfs 7f07c59f: btrfs',
      ]);
      expect(found.partial).toEqual([]);
    },
  );
});

describe('an md array', () => {
  it('is known by its uuid, but not by one of zeros; its disk by the serial in its vital product data', async () => {
    const md = { array_state: 'clean', level: 'raid1', raid_disks: '2', degraded: '1', 'dev-sda1/state': 'faulty' };
    write(
      Object.fromEntries(
        Object.entries(md).flatMap(([file, text]) => [
          [`sys/block/md0/md/${file}`, text],
          [`sys/block/md1/md/${file}`, text],
        ]),
      ),
    );
    write({
      'sys/block/md0/md/uuid': '0fbf5f2c-add2-43c2-bd78-a4be3ab709ef',
      'sys/block/md1/md/uuid': '00000000-0000-0000-0000-000000000000',
    });
    mkdirSync(join(root.path, 'sys/devices/ata1/block/sda/sda1'), { recursive: true });
    makeLink(join(root.path, 'sys/class/block/sda1'), '../../devices/ata1/block/sda/sda1');
    write({ 'sys/devices/ata1/block/sda/device/vpd_pg80': '\u0000\u0080\u0000\u0014     WD-WCC4N1234567' });
    const found = await read();
    expect(new Set(found.samples.map(({ attributes }) => attributes['hw.id']))).toEqual(
      new Set(['0fbf5f2c-add2-43c2-bd78-a4be3ab709ef', 'md1']),
    );
    expect(factsOf(found)[0]).toBe('md0: raid1, 2 disks, degraded, failed: sda1 (serial WD-WCC4N1234567)');
  });
});

const UUID = '6b5536fa-3b94-4ca4-906c-039763100f55';
const OTHER = '7f07c59f-6136-449c-ab87-e1cf2328731b';
/** As Linux 6.18 writes it. */
const stats = (corruption: number) =>
  `write_errs 0\nread_errs 1\nflush_errs 0\ncorruption_errs ${corruption}\ngeneration_errs 2`;
const btrfs = (uuid: string, files: Readonly<Record<string, string>>): void =>
  write(Object.fromEntries(Object.entries(files).map(([file, text]) => [`sys/fs/btrfs/${uuid}/${file}`, text])));

describe('a btrfs', () => {
  it('of one device is no array, but counts errors', async () => {
    btrfs(UUID, { label: '', 'devinfo/1/missing': '0', 'devinfo/1/error_stats': stats(40) });
    const found = await read();
    expect(table(found)).toEqual({ 'btrfs 6b5536fa': [undefined, undefined, 43] });
    expect(found.samples[0]?.attributes['hw.id']).toBe(UUID);
    expect(factsOf(found)).toEqual(['btrfs 6b5536fa: btrfs, 1 device, device 1 had 43 errors']);
  });

  it.each<[operation: string, state: number]>([
    ['none', DEGRADED],
    ['balance', DEGRADED],
    ['device replace', REBUILDING],
    ['device remove', REBUILDING],
  ])('without a device, doing "%s"', async (operation, state) => {
    btrfs(UUID, { label: 'tank', exclusive_operation: operation, 'devinfo/1/missing': '0', 'devinfo/2/missing': '1' });
    btrfs(UUID, { 'devinfo/0/missing': '0', 'devinfo/1/error_stats': stats(0), 'devinfo/2/error_stats': stats(7) });
    const found = await read();
    expect(table(found)).toEqual({ tank: [state, 1, 13] });
    expect(factsOf(found)[0]).toContain('device 2 is missing, device 1 had 3 errors, device 2 had 10 errors');
  });

  it('with a label that another has too is told apart, and kernels without counters have none', async () => {
    btrfs(UUID, { label: 'data', 'devinfo/1/missing': '0', 'devinfo/2/missing': '0' });
    btrfs(OTHER, { label: 'data', 'devinfo/1/missing': '0', 'devinfo/2/missing': '0' });
    write({ 'sys/fs/btrfs/features/raid56': '0' });
    expect(table(await read())).toEqual({
      'data 6b5536fa': [HEALTHY, 0, undefined],
      'data 7f07c59f': [HEALTHY, 0, undefined],
    });
  });

  it.each(faultyTexts(stats(5)))('counts cleanly or not at all: $name', ({ text }) => {
    expect(parseErrorStats(text) ?? 0).toSatisfy((sum: number) => Number.isSafeInteger(sum) && sum >= 0);
  });

  it('does not count where a kind is missing: the sum would be another', () => {
    expect(parseErrorStats(stats(5))).toBe(8);
    expect(parseErrorStats(stats(5).replace('read_errs', 'lese_errs'))).toBeUndefined();
    expect(parseErrorStats('invalid')).toBeUndefined(); // what the kernel says while the device is not ready
  });
});

describe('a ZFS pool', () => {
  it.each<[said: string, state: number]>([
    ['ONLINE', HEALTHY],
    ['DEGRADED', DEGRADED],
    ['FAULTED', FAILED],
    ['UNAVAIL', FAILED],
    ['SUSPENDED', FAILED],
  ])('%s', async (said, state) => {
    write({
      'proc/spl/kstat/zfs/tank/state': said,
      'proc/spl/kstat/zfs/arcstats': 'x',
      'proc/spl/kstat/zfs/tank/io': '1 2',
    });
    expect(table(await read())).toEqual({ tank: [state, undefined, undefined] });
  });

  it('in a state that nobody knows is told, not guessed', async () => {
    write({ 'proc/spl/kstat/zfs/tank/state': 'SLEEPING', 'proc/spl/kstat/zfs/other/state': 'ONLINE' });
    const found = await read();
    expect(table(found)).toEqual({ other: [HEALTHY, undefined, undefined] });
    expect(found.partial).toEqual([{ code: 'parse_error', detail: 'pool tank: "SLEEPING"' }]);
  });
});

describe('a machine', () => {
  it('without any says so', async () => {
    write({ 'sys/fs/btrfs/features/raid56': '0', 'sys/block/sda/size': '1' });
    expect(await arrays().probe(hostHere())).toMatchObject({ ok: false, reason: { code: 'no_hardware' } });
    expect(await read()).toMatchObject({ samples: [], partial: [] });
  });

  it('whose last array is gone says so after an hour', async () => {
    const collector = arrays();
    const minute = () => collector.collect(hostHere(), { monoMs: 0, signal: new AbortController().signal });
    for (let passed = 0; passed < 59; passed += 1) await minute();
    await expect(minute()).rejects.toMatchObject({ reason: { code: 'no_hardware' } });
  });

  it.each(['EACCES', 'EPERM', 'EIO'])(
    'that refuses one kind (%s) is told of it, and gives the others',
    async (code) => {
      unpackTree(root.path, sysfs('qemu-raid-ok'));
      btrfs(UUID, { label: 'data', 'devinfo/1/missing': '0', 'devinfo/2/missing': '1' });
      const { readKernel } = hostHere();
      const found = await read({
        readKernel: (path) => {
          if (path.includes('btrfs')) throw Object.assign(new Error(`${code}: open '${path}'`), { code });
          return readKernel(path);
        },
      });
      expect(table(found)).toEqual({ md0: [HEALTHY, 0, undefined] });
      expect(found.partial).toMatchObject([{ code: code === 'EIO' ? 'service_broken' : 'permission' }]);
      expect(found.sections).toBeUndefined();
    },
  );
});
