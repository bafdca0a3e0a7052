// Who used most: on trees where each number is known, and on this machine with a real program that burns a CPU.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { systemClock } from '../../host/clock.ts';
import type { Host } from '../../host/host.ts';
import { hostAt, writeTree } from '../fixture.ts';
import { busiest, readProcesses } from './process-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-processes-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Seen = { readonly name?: string; readonly ticks?: number; readonly startTicks?: number; readonly kib?: number };

const UPTIME_MS = 1_000_000;
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(folder, 'machine-'));
});

const put = (pid: number, { name = `p${pid}`, ticks = 0, startTicks = 0, kib = 0 }: Seen): void => {
  const before = ['S', ...Array.from({ length: 10 }, () => '1')];
  const after = ['0', ...Array.from({ length: 6 }, () => '0'), String(startTicks), '4096', String(kib / 4)];
  writeTree(root, {
    [`proc/${pid}/stat`]: `${pid} (${name}) ${[...before, String(ticks), ...after].join(' ')} 0 0 0\n`,
    [`proc/${pid}/status`]: kib > 0 ? `Name:\t${name}\nVmRSS:\t${kib} kB\n` : `Name:\t${name}\n`,
  });
};

const machine = (): Host => ({ ...hostAt(root), uptimeMs: () => UPTIME_MS });
const read = (monoMs: number) => readProcesses(machine(), monoMs);

describe('ten seconds', () => {
  it('show who used the CPU, the greatest first, then who holds the memory', () => {
    for (const pid of [1, 2, 3, 4, 5]) put(pid, { ticks: 100, kib: pid * 1000 });
    const before = read(0);
    put(2, { ticks: 1_100, kib: 2000 }); // 10 s in 10 s
    put(3, { ticks: 2_100, kib: 3000 }); // two CPUs
    expect(busiest(machine(), read(10_000), before, 2)).toEqual([
      { pid: 3, name: 'p3', cpu: 2, memoryBytes: 3_072_000 },
      { pid: 2, name: 'p2', cpu: 1, memoryBytes: 2_048_000 },
      { pid: 5, name: 'p5', cpu: 0, memoryBytes: 5_120_000 },
      { pid: 4, name: 'p4', cpu: 0, memoryBytes: 4_096_000 },
    ]);
  });

  it('count of a process that began in them all that it used', () => {
    put(1, {});
    const before = read(0);
    put(9, { name: 'new', ticks: 500, startTicks: UPTIME_MS / 10 + 3 });
    expect(busiest(machine(), read(10_000), before, 5)).toEqual([{ pid: 9, name: 'new', cpu: 0.5, memoryBytes: 0 }]);
  });

  it('count nothing of another process that had the same number, nor of one that was overlooked', () => {
    put(9, { ticks: 90_000, startTicks: 5 });
    const before = read(0);
    put(9, { name: 'later', ticks: 100, startTicks: UPTIME_MS / 10 + 3, kib: 4 });
    put(8, { name: 'overlooked', ticks: 70_000, startTicks: 5, kib: 8 });
    expect(busiest(machine(), read(10_000), before, 5)).toEqual([
      { pid: 9, name: 'later', cpu: 0.1, memoryBytes: 4096 },
      { pid: 8, name: 'overlooked', memoryBytes: 8192 },
    ]);
  });

  it('of nothing at all show nothing', () => {
    put(1, {});
    expect(busiest(machine(), read(10_000), read(0), 5)).toEqual([]);
  });
});

describe('without a reading before', () => {
  it.each([
    ['at all', undefined],
    ['long enough ago', 9_600],
  ])('%s, there is no share, and the memory decides', (_name, agoMs) => {
    put(1, { ticks: 9_000, kib: 4 });
    put(2, { ticks: 1, kib: 40 });
    const before = agoMs === undefined ? undefined : read(agoMs);
    put(1, { ticks: 9_900, kib: 4 });
    const found = busiest(machine(), read(10_000), before, 5);
    expect(found).toEqual([
      { pid: 2, name: 'p2', memoryBytes: 40_960 },
      { pid: 1, name: 'p1', memoryBytes: 4_096 },
    ]);
  });
});

describe('what is in /proc', () => {
  it('is passed over where it is no process, or one that ended, or one that cannot be read', () => {
    put(1, { kib: 4 });
    writeTree(root, { 'proc/meminfo': '', 'proc/self/stat': '', 'proc/77/status': '', 'proc/88/stat': 'half of it' });
    writeTree(root, { 'proc/99/stat/is a folder': '' });
    expect([...read(0).byPid.keys()]).toEqual([1]);
  });

  it('is an error where there is no /proc', () => {
    expect(() => read(0)).toThrow('ENOENT');
  });
});

/** Others of this machine may use more. */
const EVERYBODY = 10_000;
const here = missing(needs.linux);

describe.skipIf(here.skip)(`a program that burns a CPU of this machine${here.why}`, () => {
  const burner = spawn('/bin/sh', ['-c', 'while :; do :; done']);
  afterEach(() => burner.kill('SIGKILL'));

  it('is found, with its share', { timeout: 40_000 }, async () => {
    const host = hostAt('');
    const before = readProcesses(host, systemClock.monoMs());
    const ticksOf = () => readProcesses(host, 0).byPid.get(burner.pid ?? 0)?.ticks ?? 0;
    const from = ticksOf();
    await expect.poll(ticksOf, { timeout: 30_000, interval: 50 }).toBeGreaterThan(from + 60); // at least 0.6 s, where a share says something
    const found = busiest(host, readProcesses(host, systemClock.monoMs()), before, EVERYBODY);
    const mine = found.find(({ pid }) => pid === burner.pid);
    expect(mine).toMatchObject({ name: 'sh' });
    expect(mine?.cpu).toBeGreaterThan(0.6 / 40); // others may burn as well
    expect(mine?.cpu).toBeLessThan(1.2);
    expect(mine?.memoryBytes).toBeGreaterThan(4096);
  });
});
