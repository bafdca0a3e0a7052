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

import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { freshFolder, startTestServer } from '../fixture.ts';

const MAIN = join(import.meta.dirname, '..', 'main.ts');

/** In a folder of its own: `file` is where its settings are to be, `data` where its data. */
const place = () => {
  const folder = freshFolder();
  const [file, data] = [join(folder, 'server.toml'), join(folder, 'data')];
  const run = (verb: string, ...args: readonly string[]) => {
    const words = [MAIN, verb, '--config', file, ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  return { folder, file, data, run, init: (...args: readonly string[]) => run('init', ...args) };
};

const answer = z.object({ dataDir: z.string(), login: z.string() });

describe('init', () => {
  it('makes data, settings and a link that signs the owner in once the server runs', async () => {
    const { file, data, init } = place();
    const { status, stdout } = init('--data', data, '--port', '7399', '--backup-hourly', '9', '--json');
    const { login } = answer.parse(JSON.parse(stdout));
    expect([status, new URL(login).origin]).toEqual([0, 'http://127.0.0.1:7399']);
    expect(parse(readFileSync(file, 'utf8'))).toEqual({
      data_dir: data,
      listen: { port: 7399 },
      backup: { hourly: 9 },
    });
    expect([statSync(file).mode & 0o777, statSync(data).mode & 0o777]).toEqual([0o640, 0o700]);
    const server = await startTestServer({ folder: data });
    const signIn = () =>
      fetch(`${server.url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: server.url },
        body: JSON.stringify({ token: new URL(login).hash.slice(1) }),
      });
    expect([(await signIn()).status, (await signIn()).status]).toEqual([204, 401]);
  });

  it('keeps what a file of comments says, and writes below it', () => {
    const { file, data, init } = place();
    writeFileSync(file, '# mine\n[listen]'.replace('[listen]', '# [listen]'), { mode: 0o600 });
    expect(init('--data', data, '--public-url', 'http://fettle.example:7373').status).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(
      /^# mine\n# \[listen\]\n.*public_url = "http:\/\/fettle\.example:7373"/s,
    );
  });

  it('changes nothing where there is a server already', () => {
    const { file, data, init } = place();
    init('--data', data);
    const [before, names] = [readFileSync(file, 'utf8'), readdirSync(data)];
    const { status, stderr } = init();
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
  ])('refuses %s, and leaves no trace', (_what, held, flags, says) => {
    const { file, folder, data, init } = place();
    writeFileSync(file, held);
    const { status, stderr } = init('--data', data, ...flags);
    expect([status, stderr]).toEqual([1, expect.stringMatching(says)]);
    expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual([held, ['server.toml']]);
  });

  it('says where a folder cannot be made', () => {
    const { init } = place();
    const { status, stderr } = init('--data', '/proc/none/data');
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
      const run = (...words: readonly string[]) =>
        spawnSync(process.execPath, [MAIN, ...words, '--config', file], { encoding: 'utf8' }).status;
      expect([run('init', '--data', data), run('token'), run('backup')]).toEqual([0, 0, 0]);
      const owners = readdirSync(data, { recursive: true, encoding: 'utf8' }).map(
        (name) => statSync(join(data, name)).uid,
      );
      expect(new Set(owners)).toEqual(new Set([uid]));
      expect(existsSync(join(data, 'backups'))).toBe(true);
      expect([statSync(file).uid, statSync(file).gid]).toEqual([0, gid]);
    },
  );
});
