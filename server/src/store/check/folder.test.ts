// What the check finds in a data folder that something was done to, and what it says to do.
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../../domain/actor.ts';
import { NOW, aTold, freshFolder, openWriter } from '../../fixture.ts';
import { makeBackup } from '../copies/make-backup.ts';
import { damageIn } from './database.ts';
import { checkFolder } from './folder.ts';

const keeping = { hourly: 2, daily: 2 };

/** Data of every kind, and a backup of them. */
const aFolder = async () => {
  const { folder, writer, close } = openWriter();
  const batch = { type: 'batch', device: 'd_1', epoch: 'e', t0Ms: NOW, setHash: 'h', block: Uint8Array.of(1) } as const;
  writer.commit(
    [
      { type: 'create login link', actor: SYSTEM, hash: 'link', expiresMs: NOW },
      aTold(1),
      { type: 'series set', device: 'd_1', hash: 'h', series: [] },
      { ...batch, seq: 1 },
    ],
    NOW,
  );
  close();
  const backups = freshFolder();
  await makeBackup({ from: folder, to: backups, kind: 'hourly', keeping, nowMs: NOW }, () => undefined);
  const findings = () => checkFolder({ folder, backupFolder: backups, nowMs: NOW + 1 });
  const change = (name: string, sql: string): void => {
    const db = new Database(join(folder, name));
    db.pragma('foreign_keys = OFF');
    db.exec(sql);
    db.close();
  };
  return { folder, backups, findings, change };
};

const spoil = (path: string): void => {
  const bytes = readFileSync(path);
  bytes.fill(0x55, 4_096, 4_160);
  writeFileSync(path, bytes);
};

it('a folder that nothing was done to is well, in every respect', async () => {
  const { findings, folder } = await aFolder();
  expect(findings().filter(({ level }) => level !== 'ok')).toEqual([]);
  expect(damageIn(folder)).toEqual([]);
});

type Folder = Awaited<ReturnType<typeof aFolder>>;
const unlocked = 'DROP TRIGGER audit_stays; DROP TRIGGER audit_keeps;';

describe('it is found, and said what to do:', { timeout: 30_000 }, () => {
  it.each<[string, (of: Folder) => void, RegExp, RegExp]>([
    [
      'a page that is not as it was',
      ({ folder }) => spoil(join(folder, 'fettle.db')),
      /fettle\.db/,
      /fettle-server restore/,
    ],
    [
      'readings that are cut off',
      ({ folder }) => truncateSync(join(folder, 'metrics.db'), 8_192),
      /metrics\.db/,
      /fettle-server restore/,
    ],
    [
      'a letter in place of a database',
      ({ folder }) => writeFileSync(join(folder, 'metrics.db'), 'Dear Sir'),
      /no SQLite database/,
      /fettle-server restore/,
    ],
    [
      'the readings in the place of all else',
      ({ folder }) => writeFileSync(join(folder, 'fettle.db'), readFileSync(join(folder, 'metrics.db'))),
      /database of another program/,
      /fettle-server restore/,
    ],
    [
      'an alert whose ticket is gone',
      ({ change }) => change('fettle.db', 'DELETE FROM tickets'),
      /alerts whose ticket is missing: 1/,
      /restore/,
    ],
    [
      'a row that refers to nothing',
      ({ change }) => change('fettle.db', "UPDATE alert_marks SET device = 'd_9'"),
      /references: 1 rows refer to what is not there/,
      /restore/,
    ],
    [
      'batches without a mark',
      ({ change }) => change('metrics.db', 'DELETE FROM metric_marks'),
      /devices with batches and no mark: 1/,
      /restore/,
    ],
    [
      'batches whose series are gone',
      ({ change }) => change('metrics.db', 'DELETE FROM series_sets'),
      /batches whose series are not known: 1/,
      /restore/,
    ],
    [
      'an entry of the audit trail that was changed',
      ({ change }) => change('fettle.db', `${unlocked} UPDATE audit SET actor = 'nobody' WHERE seq = 1`),
      /audit trail: entry 1 is not as it was written/,
      /Keep it as evidence/,
    ],
    [
      'an audit trail that was made anew from its beginning',
      ({ change }) => {
        change('fettle.db', `${unlocked} UPDATE audit SET actor = 'nobody', hash = NULL`);
      },
      /audit trail, against the backups: entry 2 is another than in a backup/,
      /Keep the file and the backups as evidence/,
    ],
    [
      'a restore that was cut short',
      ({ folder }) => mkdirSync(join(folder, 'restoring', 'moving'), { recursive: true }),
      /a restore was cut short/,
      /Run it again: fettle-server restore/,
    ],
  ])('%s', async (_name, harm, message, advice) => {
    const of = await aFolder();
    harm(of);
    const bad = of.findings().filter(({ level }) => level === 'bad');
    expect(bad.map((one) => `${one.what}: ${one.message}`).join('\n')).toMatch(message);
    expect(bad.map((one) => one.advice).join('\n')).toMatch(advice);
  });
});

describe('it is worth knowing, and no more:', () => {
  it.each<[string, (of: Folder) => void, string]>([
    [
      'readings of a device that is gone',
      ({ change }) => change('metrics.db', "INSERT INTO device_keys (device) VALUES ('d_9')"),
      'readings of devices that are gone: of 1 devices',
    ],
    [
      'entries of a program that is one step behind',
      ({ change }) =>
        change(
          'fettle.db',
          "INSERT INTO audit (at_ms, tenant, actor, action, subject, detail) VALUES (1, '', 'a', 'b', 'c', '{}')",
        ),
      'fettle.db, audit trail: 3 entries, the last 1 not sealed by the next one yet',
    ],
  ])('%s', async (_name, harm, message) => {
    const of = await aFolder();
    harm(of);
    expect(
      of
        .findings()
        .filter(({ level }) => level !== 'ok')
        .map((one) => `${one.level} ${one.what}: ${one.message}`),
    ).toEqual([`note ${message}`]);
  });

  it('that there is no backup, or none of the last day', async () => {
    const { folder, backups } = await aFolder();
    const of = (order: object) =>
      checkFolder({ folder, backupFolder: backups, nowMs: NOW, ...order }).find(({ what }) => what === 'backups');
    expect(of({ backupFolder: freshFolder() })).toMatchObject({
      level: 'note',
      advice: expect.stringContaining('fettle-server backup') as string,
    });
    expect(of({ nowMs: NOW + 25 * 3_600_000 })).toMatchObject({ level: 'note' });
  });
});

it('only a file that is damaged itself is called so', async () => {
  const { folder, change } = await aFolder();
  const path = join(folder, 'fettle.db');
  change('fettle.db', 'DELETE FROM tickets');
  const holder = new Database(path);
  holder.exec('BEGIN EXCLUSIVE');
  expect([damageIn(folder), damageIn(freshFolder())]).toEqual([[], []]);
  holder.close();
  spoil(path);
  expect(damageIn(folder)).toEqual([expect.stringContaining('fettle.db')]);
});
