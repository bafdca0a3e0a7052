// The real log of this machine's kernel, and pipes in its place.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../test/support/needs.ts';
import { openKernelLog } from './kernel-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-kmsg-'));
afterAll(() => rmSync(folder, { recursive: true }));

const kmsg = { isMet: existsSync('/dev/kmsg'), reason: 'needs /dev/kmsg' };
const real = missing(needs.root, kmsg);

describe.skipIf(real.skip)(`the log of this kernel${real.why}`, () => {
  it('gives one record at a time from the oldest on, then nothing, without waiting', () => {
    const log = openKernelLog('/dev/kmsg');
    const first = log.read(3);
    const rest = log.read(100_000);
    const all = [...first, ...rest];
    expect(first).toHaveLength(3);
    expect(all.filter((record) => !/^\d+,\d+,\d+,/.test(record))).toEqual([]);
    const numbers = all.map((record) => Number(record.split(',')[1]));
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    log.close();
  });

  it('says what is written from then on, with the facility of a program', () => {
    const log = openKernelLog('/dev/kmsg');
    log.read(1_000_000);
    const mark = `fettle test ${process.pid}`;
    writeFileSync('/dev/kmsg', `<0>${mark}: Kernel panic - not syncing: not at all\n`);
    const found = log.read(1_000).find((record) => record.includes(mark));
    expect(found).toMatch(/^8,\d+,\d+,/); // 1 × 8 + 0, although it asked for 0
    log.close();
  });
});

// the line stays in the log of the machine, where an agent that runs there finds it too
const isAllowed = process.env['FETTLE_TEST_KERNEL_LOG'] === '1' && existsSync('/usr/sbin/debugfs');
const wish = { isMet: isAllowed, reason: 'leaves an error in the kernel log: FETTLE_TEST_KERNEL_LOG=1' };
const loop = missing(needs.root, needs.loopMount, kmsg, wish);

describe.skipIf(loop.skip)(`an ext4 with a torn folder${loop.why}`, () => {
  const image = join(folder, 'image');
  const mountpoint = join(folder, 'mnt');

  beforeAll(() => {
    mkdirSync(join(folder, 'source/torn'), { recursive: true });
    mkdirSync(mountpoint);
    closeSync(openSync(image, 'w'));
    truncateSync(image, 8 * 2 ** 20);
    execFileSync('/usr/sbin/mkfs.ext4', ['-q', '-d', join(folder, 'source'), image]);
    execFileSync('/usr/sbin/debugfs', ['-w', '-R', 'zap_block -f torn 0', image], { stdio: 'ignore' });
    execFileSync('mount', ['-o', 'loop', image, mountpoint]);
  });
  afterAll(() => execFileSync('umount', [mountpoint]));

  it('is told by the kernel as its own, in the words that are looked for', () => {
    const log = openKernelLog('/dev/kmsg');
    log.read(1_000_000);
    expect(() => execFileSync('ls', [join(mountpoint, 'torn')], { stdio: 'ignore' })).toThrow('ls');
    const found = log.read(1_000).find((record) => record.includes('EXT4-fs error'));
    expect(found).toMatch(/^2,\d+,\d+,-[^;]*;EXT4-fs error \(device loop\d+\): /);
    log.close();
  });
});

describe('in place of the log', () => {
  it('a pipe that has nothing yet is at its end for now', () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const log = openKernelLog(path);
    const writer = openSync(path, constants.O_WRONLY);
    expect(log.read(10)).toEqual([]);
    writeSync(writer, Buffer.from('3,1,2,-;caf\xe9\n', 'latin1'));
    expect(log.read(10)).toEqual(['3,1,2,-;caf\xe9\n']);
    closeSync(writer);
    expect(log.read(10)).toEqual([]);
    log.close();
  });

  it('a folder, or nothing, is an error with its code', () => {
    expect(() => openKernelLog(folder).read(1)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
    expect(() => openKernelLog(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});
