// Backups of a running server, in their own thread.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { HOUR_MS } from '@fettle/shared/time';
import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';

import { Backups } from './backups.ts';
import { NOW, aDataFolder, freshFolder } from './fixture.ts';
import { listBackups } from './store/copies/backup-folder.ts';

const open = (dataFolder = aDataFolder(), folder = freshFolder(), isDeaf = false) => {
  const damage: string[] = [];
  const lines: string[] = [];
  const clock = { nowMs: NOW };
  const backups = new Backups({
    dataFolder,
    plan: { folder, hourly: 2, daily: 2 },
    log: pino({ level: 'warn' }, { write: (line) => void lines.push(line) }),
    nowMs: () => clock.nowMs,
    onDamage: (what) => {
      if (isDeaf) throw new Error('not now');
      damage.push(...what);
    },
  });
  onTestFinished(() => backups.close());
  return { dataFolder, folder, backups, damage, lines, clock };
};

const aDamagedFolder = (): string => {
  const folder = aDataFolder();
  const path = join(folder, 'fettle.db');
  const bytes = readFileSync(path);
  for (let page = 20; page * 4_096 < bytes.length; page += 1) bytes.fill(0x55, page * 4_096, page * 4_096 + 64);
  writeFileSync(path, bytes);
  return folder;
};

describe('backups', { timeout: 30_000 }, () => {
  it('are made one after the other, and the last is remembered over a start', async () => {
    const { dataFolder, folder, backups, lines } = open();
    expect(backups.last).toBeNull();
    await Promise.all([backups.make('hourly'), backups.make('daily')]);
    expect(backups.last).toMatchObject({ kind: 'daily', atMs: NOW, problems: [] });
    expect(open(dataFolder, folder).backups.last).toMatchObject({ atMs: NOW, problems: [] });
    expect(lines).toEqual([]);
  });

  it('are made after a start when the last is older than an hour', async () => {
    const { backups, clock } = open();
    await backups.makeIfMissed();
    clock.nowMs += HOUR_MS - 1;
    await backups.makeIfMissed();
    expect(backups.last?.atMs).toBe(NOW);
    clock.nowMs += 1;
    await backups.makeIfMissed();
    expect(backups.last?.atMs).toBe(NOW + HOUR_MS);
  });

  it('that cannot be made are told of, and nothing is called damaged for it', async () => {
    const { backups, damage, lines } = open(aDataFolder(), join(import.meta.filename, 'in-a-file'));
    await backups.make('hourly');
    expect(backups.last).toMatchObject({ path: null, problems: [expect.stringContaining('No backup could be made')] });
    expect(damage).toEqual([]);
    expect(lines.join()).toContain('the backup is not to be relied on');
  });

  it('of damaged data say so of the data themselves', async () => {
    const { backups, damage } = open(aDamagedFolder());
    await backups.make('hourly');
    expect(backups.last?.problems).not.toEqual([]);
    expect(damage.join()).toContain('fettle.db');
  });

  it('that cannot be made for another reason do not read the data to the end', async () => {
    const { backups, damage } = open(aDamagedFolder(), join(import.meta.filename, 'in-a-file'));
    await backups.make('hourly');
    expect([backups.last?.path, damage]).toEqual([null, []]);
  });

  it('go on after one that came to no end', async () => {
    const { backups, lines, clock } = open(aDamagedFolder(), freshFolder(), true);
    await backups.make('hourly');
    expect(lines.join()).toContain('a backup came to no end');
    clock.nowMs += HOUR_MS;
    await backups.make('hourly');
    expect(backups.last?.atMs).toBe(NOW + HOUR_MS);
  });

  it('each hour do not wait behind one that takes its time', async () => {
    const { folder, backups } = open();
    await Promise.all([backups.make('daily'), backups.make('hourly'), backups.make('hourly')]);
    expect(listBackups(folder).map(({ kind }) => kind)).toEqual(['daily']);
    await backups.make('hourly');
    expect(backups.last?.kind).toBe('hourly');
  });

  it('end with the server', async () => {
    const { backups } = open();
    const made = backups.make('hourly');
    await backups.close();
    await made;
    expect(backups.last).toBeNull();
  });
});
