// Backups of data that are written all the while: each is of one moment, and was tried.
import { mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { DAY_MS } from '@fettle/shared/time';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import { NOW, aDataFolder, aTold, freshFolder, openStores, openWriter } from '../../fixture.ts';
import type { BackupAnswer } from '../../thread/backup.worker.ts';
import { runErrand } from '../../thread/errand.ts';
import { startThreads } from '../../thread/start.ts';
import { listBackups } from './backup-folder.ts';
import { type BackupOrder, makeBackup } from './make-backup.ts';
import { pause } from './pause.ts';
import { tryCopy } from './try-copy.ts';

const keeping = { hourly: 2, daily: 1 };
const orderOf = (from: string, change: Partial<BackupOrder> = {}): BackupOrder => ({
  from,
  to: freshFolder(),
  kind: 'hourly',
  keeping,
  nowMs: NOW,
  ...change,
});

const WORKER = new URL('../../thread/backup.worker.ts', import.meta.url);

describe('a backup beside a writer that never rests', { timeout: 60_000 }, () => {
  const start = async () => {
    const folder = aDataFolder();
    const threads = await startThreads(
      { folder, divisor: 1 },
      (error) => {
        throw error;
      },
      () => undefined,
    );
    await threads.commit({ type: 'series set', device: 'd_1', hash: 'h', series: [] });
    const state = { isOver: false };
    let seq = 0;
    const write = async (): Promise<void> => {
      while (!state.isOver) {
        const group = Array.from({ length: 20 }, () => {
          seq += 1;
          const batch = { type: 'batch', device: 'd_1', epoch: 'e', seq, t0Ms: NOW + seq, setHash: 'h' } as const;
          return [
            threads.commit(aTold(seq, { instance: `/${seq}` })),
            threads.commit({ ...batch, block: new Uint8Array(4_000).fill(seq) }),
          ];
        });
        for (const outcome of await Promise.all(group.flat())) expect(outcome).toEqual({ is: 'done' });
      }
    };
    const writing = write();
    const end = async () => {
      state.isOver = true;
      await writing;
      await threads.close();
    };
    return { folder, end, seq: () => seq };
  };

  it('has each mark with all the rows before it, and everything that was acknowledged before it began', async () => {
    const { folder, end, seq } = await start();
    const to = freshFolder();
    const found: number[] = [];
    for (const kind of ['hourly', 'daily', 'hourly'] as const) {
      const before = seq() - 20; // the last group may be on its way
      const order = orderOf(folder, { to, kind, nowMs: NOW + found.length });
      const { path = '', problems } = await runErrand<BackupOrder, BackupAnswer>(WORKER, order).answer;
      expect(problems).toEqual([]);
      const [fettle, metrics] = ['fettle.db', 'metrics.db'].map(
        (name) => new Database(join(path, name), { readonly: true }),
      );
      const number = (db: Database.Database | undefined, sql: string) =>
        db?.prepare<[], number>(sql).pluck().get() ?? -1;
      const mark = number(fettle, 'SELECT seq FROM alert_marks');
      const ticketed = number(fettle, 'SELECT count(*) FROM alerts JOIN tickets ON tickets.id = alerts.ticket');
      expect([number(fettle, 'SELECT count(*) FROM alerts'), ticketed]).toEqual([mark, mark]);
      expect(number(metrics, 'SELECT count(*) FROM hot')).toBe(number(metrics, 'SELECT seq FROM metric_marks'));
      expect(mark).toBeGreaterThanOrEqual(before);
      expect(number(metrics, 'SELECT seq FROM metric_marks')).toBeGreaterThanOrEqual(before);
      // one file that needs no other, even where nothing can be written
      expect(readdirSync(path).toSorted()).toEqual(['backup.json', 'fettle.db', 'metrics.db']);
      found.push(mark);
      fettle?.close();
      metrics?.close();
    }
    await end();
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(listBackups(to)).toHaveLength(3);
  });
});

describe('of many backups', { timeout: 30_000 }, () => {
  it('so many stay as are wanted, and what a kill has left goes', async () => {
    const from = aDataFolder();
    const to = freshFolder();
    mkdirSync(join(to, 'half.part'));
    utimesSync(join(to, 'half.part'), new Date(NOW), new Date(NOW - DAY_MS - 1));
    for (let n = 0; n < 5; n += 1)
      await makeBackup(orderOf(from, { to, nowMs: NOW + n, kind: n % 2 === 0 ? 'hourly' : 'daily' }), pause);
    expect(listBackups(to).map(({ kind, madeMs }) => [kind, madeMs - NOW])).toEqual([
      ['hourly', 4],
      ['daily', 3],
      ['hourly', 2],
    ]);
    expect(readdirSync(to)).toHaveLength(3);
  });

  it('two at once leave each other alone', async () => {
    const [from, to, nowMs] = [aDataFolder(), freshFolder(), Date.now()];
    const others: Promise<unknown>[] = [];
    const made = await makeBackup(orderOf(from, { to, nowMs }), (ms) => {
      // as by another program, whole between two steps of this one
      if (others.length === 0) others.push(makeBackup(orderOf(from, { to, nowMs: nowMs + 1, kind: 'daily' }), pause));
      pause(ms);
    });
    await Promise.all(others);
    expect(listBackups(to).map(({ kind, isGood }) => [kind, isGood])).toEqual([
      ['daily', true],
      ['hourly', true],
    ]);
    expect(made.path).toContain('hourly');
  });

  it('one that cannot be made leaves nothing behind, and says why', async () => {
    const to = freshFolder();
    await expect(makeBackup(orderOf(freshFolder(), { to }), pause)).rejects.toThrow(`No backup could be made in ${to}`);
    expect(readdirSync(to)).toEqual([]);
  });

  it('one of a damaged database says so, and pushes out no good one', async () => {
    const { folder, writer, fettle, close } = openWriter();
    const to = freshFolder();
    writer.commit(
      Array.from({ length: 50 }, (_, n) => aTold(n + 1, { instance: `/${n}` })),
      NOW,
    );
    const { path: good } = await makeBackup(orderOf(folder, { to }), pause);
    const file = fettle.db.name;
    close();
    const bytes = readFileSync(file);
    const page = bytes.indexOf('disk.space', 40_960); // within a row, and the header of its page with it
    bytes.fill(0x55, page - (page % 4_096), page - (page % 4_096) + 64);
    writeFileSync(file, bytes);
    for (let n = 1; n <= 3; n += 1) {
      const { isGood, manifest } = await makeBackup(orderOf(folder, { to, nowMs: NOW + n }), pause);
      expect([isGood, manifest.problems.join()]).toEqual([false, expect.stringContaining('fettle.db, ') as unknown]);
    }
    expect(
      listBackups(to)
        .filter(({ isGood }) => isGood)
        .map(({ path }) => path),
    ).toEqual([good]);
  });
});

it('one of data that do not fit together says so, and can be restored all the same', async () => {
  const { folder, fettle, writer, close } = openWriter();
  writer.commit([aTold(1)], NOW);
  fettle.db.exec("UPDATE alerts SET ticket = 't_none'");
  close();
  const { isGood, manifest } = await makeBackup(orderOf(folder), pause);
  expect([isGood, manifest.problems, manifest.notes]).toEqual([
    true,
    [],
    ['fettle.db, alerts whose ticket is missing: 1'],
  ]);
});

it('a copy that its own disk has spoilt is found by trying it', () => {
  const { folder, close } = openStores();
  close();
  const path = join(folder, 'metrics.db');
  expect(tryCopy(path, 'metrics').problems).toEqual([]);
  const bytes = readFileSync(path);
  bytes.fill(0x55, 4_096, 4_160);
  writeFileSync(path, bytes);
  expect(tryCopy(path, 'metrics').problems).not.toEqual([]);
});
