// A backup put back in the place of the data: what must be there after it, and what must never happen to what was there before.
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../../domain/actor.ts';
import { NOW, aDataFolder, aTold, freshFolder, openStores, openWriter } from '../../fixture.ts';
import { lockFolder } from '../folder-lock.ts';
import { makeBackup } from './make-backup.ts';
import { refuseHalfRestored, restore } from './restore.ts';

const keeping = { hourly: 2, daily: 1 };
const now = () => undefined;

/** A folder in which `seq` alerts are told, and one person is signed in. */
const aUsedFolder = (seq: number): string => {
  const { folder, writer, close } = openWriter();
  writer.commit(
    [
      { type: 'create login link', actor: SYSTEM, hash: 'link', expiresMs: NOW },
      { type: 'sign in', linkHash: 'link', sessionHash: 'session' },
      ...Array.from({ length: seq }, (_, n) => aTold(n + 1, { instance: `/${n}` })),
    ],
    NOW,
  );
  close();
  return folder;
};

const backUp = async (from: string, nowMs = NOW) =>
  makeBackup({ from, to: freshFolder(), kind: 'manual', keeping, nowMs }, now);

const markIn = (folder: string): number | undefined => {
  const { fettle, close } = openStores(folder);
  const seq = fettle.marks.get('d_1')?.seq;
  close();
  return seq;
};

describe('a backup put back', { timeout: 30_000 }, () => {
  it('brings everything but who was signed in; what was there stands aside, and can be put back in turn', async () => {
    const folder = aUsedFolder(2);
    const { path } = await backUp(folder);
    cpSync(aUsedFolder(5), folder, { recursive: true });
    const { files, movedTo = '' } = restore(path, folder, NOW + 1);
    expect(files).toEqual(['metrics.db', 'fettle.db']);
    const { fettle, close } = openStores(folder);
    expect(fettle.marks.get('d_1')?.seq).toBe(2);
    expect(fettle.alerts.openOf('d_1')).toHaveLength(2);
    expect(fettle.people.session('session')).toBeUndefined();
    expect(fettle.people.owner()).toBeDefined();
    expect(fettle.audit.verify()).toMatchObject({ broken: undefined, unsealed: 0 });
    expect(fettle.db.prepare('SELECT action FROM audit ORDER BY seq DESC LIMIT 1').pluck().get()).toBe('data.restore');
    close();
    restore(movedTo, folder, NOW + 2);
    expect(markIn(folder)).toBe(5);
  });

  it('of one file brings that one', async () => {
    const folder = aUsedFolder(2);
    const { path } = await backUp(folder);
    renameSync(join(path, 'fettle.db'), join(path, 'anything'));
    expect(restore(join(path, 'anything'), folder, NOW).files).toEqual(['fettle.db']);
  });

  it('comes into a folder that is not there yet', async () => {
    const { path } = await backUp(aUsedFolder(3));
    const folder = join(freshFolder(), 'new');
    expect(restore(path, folder, NOW).movedTo).toBeUndefined();
    expect(markIn(folder)).toBe(3);
  });
});

describe('nothing is touched', { timeout: 30_000 }, () => {
  const files = (folder: string) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.db'))
      .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]);

  const damage = (path: string): void => {
    const bytes = readFileSync(path);
    bytes.fill(0x55, 8_192, 12_288);
    writeFileSync(path, bytes);
  };

  it.each<[string, (path: string) => string, RegExp]>([
    ['there is no such folder', () => '/nowhere/at/all', /There is no \/nowhere/],
    ['the folder has no database', () => freshFolder(), /has no fettle\.db or metrics\.db/],
    [
      'a file is not as it was written',
      (path) => {
        appendFileSync(join(path, 'metrics.db'), 'x');
        return path;
      },
      /metrics\.db is not as it was written/,
    ],
    [
      'a file is damaged, and nothing says how it was',
      (path) => {
        writeFileSync(join(path, 'backup.json'), '{}');
        damage(join(path, 'fettle.db'));
        return path;
      },
      /fettle\.db cannot be used: fettle\.db, /,
    ],
    [
      'the file is a letter',
      (path) => {
        writeFileSync(join(path, 'letter'), 'Dear Sir or Madam');
        return join(path, 'letter');
      },
      /letter is no database of Fettle/,
    ],
  ])('when %s', async (_name, spoil, message) => {
    const folder = aUsedFolder(1);
    const before = files(folder);
    const source = spoil((await backUp(folder)).path);
    expect(() => restore(source, folder, NOW)).toThrow(message);
    expect(files(folder)).toEqual(before);
    expect(() => refuseHalfRestored(folder)).not.toThrow();
  });

  it('while a server runs', () => {
    const folder = aDataFolder();
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow('Another server uses the data folder');
    unlock();
  });
});

describe('a restore that is cut short', () => {
  it('before anything is moved leaves the data as they were', () => {
    const folder = aUsedFolder(1);
    mkdirSync(join(folder, 'restoring'));
    writeFileSync(join(folder, 'restoring', 'fettle.db'), 'half of it');
    refuseHalfRestored(folder);
    expect(existsSync(join(folder, 'restoring'))).toBe(false);
    expect(markIn(folder)).toBe(1);
  });

  it.each([
    ['the first file is aside', ['metrics.db']],
    ['both files are aside', ['metrics.db', 'fettle.db']],
  ])('when %s is run again, and no server starts meanwhile', async (_name, aside) => {
    const folder = aUsedFolder(2);
    const { path } = await backUp(folder);
    mkdirSync(join(folder, 'restoring', 'moving'), { recursive: true });
    mkdirSync(join(folder, 'replaced-before'));
    for (const name of aside) renameSync(join(folder, name), join(folder, 'replaced-before', name));
    expect(() => refuseHalfRestored(folder)).toThrow('was cut short. Run it again');
    restore(path, folder, NOW);
    refuseHalfRestored(folder);
    expect(markIn(folder)).toBe(2);
    expect(readdirSync(join(folder, 'replaced-before'))).toEqual(aside.toSorted());
  });
});
