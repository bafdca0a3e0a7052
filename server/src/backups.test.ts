// Backups of a running server, in their own thread.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { HOUR_MS } from '@fettle/shared/time';
import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';

import { Backups } from './backups.ts';
import { NOW, aDataFolder, freshFolder } from './fixture.ts';

const open = (dataFolder = aDataFolder(), folder = freshFolder()) => {
  const damage: string[] = [];
  const lines: string[] = [];
  const clock = { nowMs: NOW };
  const backups = new Backups({
    dataFolder,
    plan: { folder, hourly: 2, daily: 2 },
    log: pino({ level: 'warn' }, { write: (line) => void lines.push(line) }),
    nowMs: () => clock.nowMs,
    onDamage: (what) => void damage.push(...what),
  });
  onTestFinished(() => backups.close());
  return { dataFolder, folder, backups, damage, lines, clock };
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
    const { dataFolder, backups, damage } = open();
    const path = join(dataFolder, 'fettle.db');
    const bytes = readFileSync(path);
    for (let page = 20; page * 4_096 < bytes.length; page += 1) bytes.fill(0x55, page * 4_096, page * 4_096 + 64);
    writeFileSync(path, bytes);
    await backups.make('hourly');
    expect(backups.last?.problems).not.toEqual([]);
    expect(damage.join()).toContain('fettle.db');
  });

  it('end with the server', async () => {
    const { backups } = open();
    const made = backups.make('hourly');
    await backups.close();
    await made;
    expect(backups.last).toBeNull();
  });
});
