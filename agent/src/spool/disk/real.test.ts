// The spool on real file systems: its process is killed, its disk fills, its folder is none.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdirSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterAll, describe, expect, it } from 'vitest';

import { Mounts } from '../../../../test/support/mounts.ts';
import { missing, needs } from '../../../../test/support/needs.ts';
import { temporaryFolder } from '../../../../test/support/place.ts';
import { systemClock } from '../../host/clock.ts';
import { nodeSpoolDisk } from '../../host/spool-disk.ts';
import type { Spool, SpoolRecord } from '../spool.ts';
import { openDiskSpool } from './disk-spool.ts';
import type { SpoolHealth } from './keeper.ts';
import { DISK_LIMITS, type DiskLimits } from './limits.ts';

const place = temporaryFolder();
const root = place.path;
const mounts = new Mounts(root);
afterAll(() => {
  mounts.remove();
  place.remove();
});

let epochs = 0;
const openAt = (
  folder: string,
  limits: Partial<DiskLimits> = {},
  onHealth: (health: SpoolHealth) => void = () => undefined,
) =>
  openDiskSpool({
    disk: nodeSpoolDisk(folder),
    clock: systemClock,
    newEpoch: () => `epoch-${(epochs += 1)}`,
    bootId: 'boot',
    limits: { ...DISK_LIMITS, groupMs: 1, free: { bytes: 0, share: 0 }, ...limits },
    onHealth,
  });

const readAll = async (spool: Spool, lane: 'alerts' | 'metrics' = 'alerts') => {
  const all: SpoolRecord[] = [];
  for (let last = spool.counts(lane).acked; ; last = all.at(-1)?.seq ?? last) {
    const some = await spool.read(lane, last, 1_000);
    if (some.length === 0) return all;
    all.push(...some);
  }
};

describe('a process that appends', () => {
  const writer = join(import.meta.dirname, '../../spool-writer-fixture.ts');

  it('and is killed at any moment loses nothing that was safe, and doubles nothing', async () => {
    const folder = join(root, 'killed');
    let safe = 0;
    for (let kill = 0; kill < 5; kill += 1) {
      const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      const exit = once(child, 'exit');
      const lines = createInterface({ input: child.stdout });
      let left = 3 + 4 * kill; // at another place in a segment each time
      lines.on('line', (line) => {
        safe = Number(line);
        left -= 1;
        if (left === 0) child.kill('SIGKILL');
      });
      await exit;
      const spool = await openAt(folder, { segmentBytes: 4_096 });
      const records = await readAll(spool);
      const { nextSeq } = spool.counts('alerts');
      await spool.close();
      expect(nextSeq).toBeGreaterThan(safe);
      expect(records.map(({ seq }) => seq)).toEqual(Array.from({ length: nextSeq - 1 }, (_, index) => index + 1));
      for (const record of records) {
        expect(record.kind === 'data' && Buffer.from(record.payload).toString()).toBe(
          String(record.seq).padEnd(300, '.'),
        );
      }
    }
    expect(safe).toBeGreaterThan(5 * 15);
  }, 60_000);
});

const small = missing(needs.root, needs.linux);
describe.skipIf(small.skip)(`a file system of 2 MiB${small.why}`, () => {
  it('that is full of metrics takes every alert, and heals when there is room', async () => {
    const folder = mounts.mount('tiny', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs');
    const health: SpoolHealth[] = [];
    const limits = { segmentBytes: 64 * 1024, ballastBytes: 128 * 1024, spillAfterMs: 1, retryMs: 50, lookAgainMs: 1 };
    const spool = await openAt(folder, limits, (one) => health.push(one));
    await spool.append('alerts', new Uint8Array(300), 0); // and so there is a ballast
    await spool.setAside('alerts', '', 0);
    for (let id = 0; id < 120; id += 1) await spool.append('metrics', new Uint8Array(30_000).fill(id), 0);
    await expect.poll(() => spool.counts('metrics').dropped, { timeout: 20_000 }).toBeGreaterThan(30);
    for (let id = 0; id < 200; id += 1) await spool.append('alerts', new Uint8Array(2_000).fill(id), 0);
    expect(spool.counts('alerts')).toMatchObject({ pending: 201, dropped: 0 });
    expect(health.filter(({ lane }) => lane === 'alerts')).toEqual([]);
    const metrics = await readAll(spool, 'metrics');
    expect(metrics[0]).toMatchObject({ kind: 'gap', from: 1, reason: 'disk_full' });
    expect(metrics.at(-1)).toMatchObject({ kind: 'data', seq: 120 });
    await spool.close();
    const again = await openAt(folder, limits);
    expect((await readAll(again)).map(({ seq }) => seq)).toEqual(Array.from({ length: 201 }, (_, index) => index + 1));
    await again.close();
  }, 60_000);

  it('that somebody else has filled keeps alerts in memory until there is room', async () => {
    const folder = mounts.mount('taken', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs');
    const health: SpoolHealth[] = [];
    const spool = await openAt(folder, { ballastBytes: 0, retryMs: 50 }, (one) => health.push(one));
    await spool.append('alerts', new Uint8Array(300), 0);
    const other = openSync(join(folder, 'other'), 'w');
    const block = new Uint8Array(4_096);
    try {
      while (writeSync(other, block) > 0);
    } catch {
      // full
    }
    closeSync(other);
    for (let id = 0; id < 50; id += 1) await spool.append('alerts', new Uint8Array(300).fill(id), 0);
    expect((await readAll(spool)).length).toBe(51);
    expect(health).toMatchObject([{ lane: 'alerts', kept: 'memory' }]);
    writeFileSync(join(folder, 'other'), '');
    await expect.poll(() => health.at(-1)?.kept, { timeout: 5_000 }).toBe('disk');
    await spool.close();
    const again = await openAt(folder);
    expect((await readAll(again)).length).toBe(51);
    await again.close();
  }, 30_000);
});

describe('a folder', () => {
  it('that is a file is no spool', async () => {
    const folder = join(root, 'file');
    writeFileSync(folder, 'mine');
    await expect(openAt(folder)).rejects.toThrow(/ENOTDIR|EEXIST/);
  });

  const readOnly = missing(needs.root, needs.linux);
  it.skipIf(readOnly.skip)(`that has become read-only is read, and the rest is in memory${readOnly.why}`, async () => {
    const image = mounts.mount('read-only', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs');
    const spool = await openAt(image);
    await spool.append('alerts', new Uint8Array(10).fill(1), 0);
    await spool.close();
    execFileSync('mount', ['-o', 'remount,ro', image]);
    const health: SpoolHealth[] = [];
    const again = await openAt(image, {}, (one) => health.push(one));
    await again.append('alerts', new Uint8Array(10).fill(2), 0);
    expect((await readAll(again)).map(({ seq }) => seq)).toEqual([1, 2]);
    expect(health).toMatchObject([{ lane: 'alerts', kept: 'memory', why: expect.stringMatching(/EROFS/) as string }]);
    await again.close();
  });

  it('is for its owner alone', async () => {
    const folder = join(root, 'owner');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    const spool = await openAt(folder);
    await spool.append('alerts', new Uint8Array(10), 0);
    await spool.close();
    expect(statSync(join(folder, 'alerts')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'alerts/000000000001-000000000000001.seg')).mode & 0o777).toBe(0o600);
  });
});

it('an alert is on the disk within 50 ms', async () => {
  const spool = await openAt(join(root, 'soon'), { groupMs: DISK_LIMITS.groupMs });
  await spool.append('alerts', new Uint8Array(300), 0);
  const times: number[] = [];
  for (let count = 0; count < 20; count += 1) {
    const begin = systemClock.monoMs();
    await spool.append('alerts', new Uint8Array(300), 0);
    times.push(systemClock.monoMs() - begin);
  }
  await spool.close();
  const [, , , , , , , , , , median = 0] = times.toSorted((a, b) => a - b);
  process.stderr.write(`an alert was on the disk after ${median.toFixed(1)} ms (median of ${times.length})\n`);
  expect(median).toBeLessThan(50);
});
