// A new server by one command, and what is refused before anything is made.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MINUTE_MS } from '@fettle/shared/time';
import { parse } from 'smol-toml';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { freshFolder } from '../fixture.ts';
import { main } from '../main.ts';
import { hashOf } from '../people/secrets.ts';
import { openFettle } from '../store/fettle.ts';

const MAIN = join(import.meta.dirname, '..', 'main.ts');

/** In this process, which is quicker. */
const run = async (words: readonly string[]) => {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      said[name] += String(chunk);
      return true;
    });
  const status = await main(words);
  vi.restoreAllMocks();
  return { status, ...said };
};

/** In a folder of its own: `file` is where its settings are to be, `data` where its data. */
const place = () => {
  const folder = freshFolder();
  const [file, data] = [join(folder, 'server.toml'), join(folder, 'data')];
  return { folder, file, data, init: (...args: readonly string[]) => run(['init', '--config', file, ...args]) };
};

const answer = z.object({ dataDir: z.string(), login: z.string() });

describe('init', () => {
  it('makes data, settings and a link that signs the owner in', async () => {
    const { file, data, init } = place();
    const { status, stdout } = await init('--data', data, '--port', '7399', '--backup-hourly', '9', '--json');
    const { login } = answer.parse(JSON.parse(stdout));
    expect([status, new URL(login).origin]).toEqual([0, 'http://127.0.0.1:7399']);
    expect(parse(readFileSync(file, 'utf8'))).toEqual({
      data_dir: data,
      listen: { port: 7399 },
      backup: { hourly: 9 },
    });
    expect([statSync(file).mode & 0o777, statSync(data).mode & 0o777]).toEqual([0o640, 0o700]);
    const { people, db } = openFettle(data);
    const link = people.useLink(hashOf(new URL(login).hash.slice(1)));
    expect(link?.person).toBe(people.owner()?.id);
    expect((link?.expiresMs ?? 0) - Date.now()).toBeGreaterThan(59 * MINUTE_MS);
    db.close();
  });

  it('keeps what a file of comments says, and writes below it', async () => {
    const { file, data, init } = place();
    writeFileSync(file, '# mine\n# [listen]');
    expect((await init('--data', data, '--public-url', 'http://fettle.example:7373')).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(
      /^# mine\n# \[listen\]\n.*public_url = "http:\/\/fettle\.example:7373"/s,
    );
  });

  it('changes nothing where there is a server already', async () => {
    const { file, data, init } = place();
    await init('--data', data);
    const [before, names] = [readFileSync(file, 'utf8'), readdirSync(data)];
    const { status, stderr } = await init();
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(`${data} has the data of a server already, and nothing was changed.`),
    ]);
    expect([readFileSync(file, 'utf8'), readdirSync(data)]).toEqual([before, names]);
  });

  it.each<[string, string, readonly string[], RegExp]>([
    [
      'settings that are there',
      'log.level = "warn"\n',
      ['--port', '1'],
      /has settings already: change them there, and leave out --data --port\./,
    ],
    ['a file that is no TOML', 'a = = 1\n', [], /server\.toml cannot be used for the settings: Invalid TOML/],
    ['a port that is none', '', ['--port', '99999'], /listen\.port/],
    ['an address beyond loopback without TLS', '', ['--host', '0.0.0.0'], /beyond loopback, and there is no TLS/],
    ['any port', '', ['--port', '0'], /listen\.port: name a port/],
  ])('refuses %s, and leaves no trace', async (_what, held, flags, says) => {
    const { file, folder, data, init } = place();
    writeFileSync(file, held);
    const { status, stderr } = await init('--data', data, ...flags);
    expect([status, stderr]).toEqual([1, expect.stringMatching(says)]);
    expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual([held, ['server.toml']]);
  });

  it('says where a folder cannot be made', async () => {
    const { init } = place();
    const { status, stderr } = await init('--data', '/proc/none/data');
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^data_dir: .*\/proc\/none/)]);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'by root makes what the owner of the folder can use, and so do other verbs',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'fettle-init-')); // those of other tests are closed to others
      const [data, file] = [join(folder, 'data'), join(folder, 'server.toml')];
      const [uid, gid] = [65_534, 65_534];
      chmodSync(folder, 0o755);
      mkdirSync(data);
      chownSync(data, uid, gid);
      const verb = (...words: readonly string[]) =>
        spawnSync(process.execPath, [MAIN, ...words, '--config', file], { encoding: 'utf8' }).status;
      expect([verb('init', '--data', data), verb('backup')]).toEqual([0, 0]);
      const owners = readdirSync(data, { recursive: true, encoding: 'utf8' }).map(
        (name) => statSync(join(data, name)).uid,
      );
      expect(new Set(owners)).toEqual(new Set([uid]));
      expect(existsSync(join(data, 'backups'))).toBe(true);
      expect([statSync(file).uid, statSync(file).gid]).toEqual([0, gid]);
    },
  );
});
