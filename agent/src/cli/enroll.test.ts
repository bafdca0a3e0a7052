// `enroll` as a process, against a server that is played: what becomes of token, key and lock, and the exit codes.
import { type ChildProcess, execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';

import { playProxy } from '../played-proxy.ts';
import { ENROLLED, playEnrolment } from '../played-server.ts';

vi.setConfig({ testTimeout: 30_000 }); // processes, on slow machines
const root = mkdtempSync(join(tmpdir(), 'fettle-enroll-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const program = join(import.meta.dirname, '..', 'main.ts');
const token = `ft_${'t'.repeat(43)}`;

const { PATH = '' } = process.env;
const env = { PATH, NODE_COMPILE_CACHE: join(root, 'cache') }; // the next one starts in half the time
/** Root may do everything: what must fail is done as somebody else. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const start = (args: readonly string[], input = '', who = {}): { child: ChildProcess; ended: Promise<Ended> } => {
  const { promise: ended, resolve } = Promise.withResolvers<Ended>();
  const child = execFile(process.execPath, [program, ...args], { env, ...who }, (error, stdout, stderr) =>
    resolve({ code: error ? error.code : 0, stdout, stderr }),
  );
  child.stdin?.end(input);
  return { child, ended };
};
type Ended = { readonly code: unknown; readonly stdout: string; readonly stderr: string };
const agent = (args: readonly string[], input = '') => start(args, input).ended;

/** A machine that is to be enrolled: its data folder, a token, and the words that say so. */
const aMachine = (url: string, content = `${token}\n`) => {
  const folder = mkdtempSync(join(root, 'machine-'));
  const tokenFile = join(folder, 'etc', 'token');
  mkdirSync(dirname(tokenFile));
  writeFileSync(tokenFile, content);
  const data = join(folder, 'data');
  const identity = () =>
    JSON.parse(readFileSync(join(data, 'identity.json'), 'utf8')) as { privateKey: string; enrolled: unknown };
  const place = ['--data-dir', data, '--server', url];
  return { data, tokenFile, identity, place, args: ['enroll', ...place, '--token-file', tokenFile] };
};

describe('enroll', () => {
  it('makes a device of the machine, deletes the token, and says which it is', async () => {
    const server = await playEnrolment();
    const { args, identity, tokenFile, data } = aMachine(server.url);
    const { code, stdout, stderr } = await agent(args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`enrolled at ${server.url} as ${ENROLLED.deviceId}\n`);
    expect(server.requests[1]?.body).toMatchObject({ token });
    expect(identity().enrolled).toEqual({ ...ENROLLED, serverUrl: server.url });
    expect(existsSync(tokenFile)).toBe(false);
    expect(readdirSync(data)).toEqual(['identity.json']); // and no lock is left
  });

  it('tells the tags that are set', async () => {
    const server = await playEnrolment();
    await agent([...aMachine(server.url).args, '--tags', 'vip,floor:2']);
    expect(server.requests[1]?.body).toMatchObject({ tags: ['vip', 'floor:2'] });
  });

  it('as JSON, with the token from stdin; a token file of the settings is left alone', async () => {
    const server = await playEnrolment();
    const { args, tokenFile } = aMachine(server.url, 'another');
    const { code, stdout } = await agent([...args, '--json', '--token', '-'], ` ${token}\n`);
    expect(JSON.parse(stdout)).toEqual({ ...ENROLLED, serverUrl: server.url });
    expect(server.requests[1]?.body).toMatchObject({ token });
    expect([code, existsSync(tokenFile)]).toEqual([0, true]);
  });

  it('with a token that stands in the settings, as a managed policy gives it, which are not touched', async () => {
    const server = await playEnrolment();
    const { place, tokenFile } = aMachine(server.url);
    const settings = `${tokenFile}.toml`;
    writeFileSync(settings, `[enroll]\ntoken = "${token}"\n`);
    expect(await agent(['enroll', ...place, '--config', settings])).toMatchObject({ code: 0, stderr: '' });
    expect(server.requests[1]?.body).toMatchObject({ token });
    expect(existsSync(settings)).toBe(true);
  });

  it('a second time says where it belongs and how to move it, and asks nobody', async () => {
    const server = await playEnrolment();
    const { args, identity, tokenFile } = aMachine(server.url);
    await agent(args);
    const before = identity();
    writeFileSync(tokenFile, token);
    const { code, stderr } = await agent(args);
    expect(stderr).toContain(
      `This machine is device ${ENROLLED.deviceId} of ${server.url} already. To move it, remove `,
    );
    expect([code, server.requests.length, existsSync(tokenFile)]).toEqual([1, 2, true]);
    expect(identity()).toEqual(before);
  });

  it('refused keeps token and key for the next try', async () => {
    const answers = [{ status: 403, body: { detail: 'Not today.' } }, { body: ENROLLED }];
    const server = await playEnrolment({ enroll: () => Promise.resolve(answers.shift() ?? {}) });
    const { args, identity, tokenFile } = aMachine(server.url);
    const { code, stderr } = await agent(args);
    expect([code, stderr]).toEqual([1, `${server.url} answered 403: Not today.\n`]);
    expect([identity().enrolled, existsSync(tokenFile)]).toEqual([null, true]);
    const { privateKey } = identity();
    expect((await agent(args)).code).toBe(0);
    expect(identity().privateKey).toBe(privateKey);
  });

  it('twice at once: one gets the machine, the other stands back and breaks nothing', async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<object>();
    const server = await playEnrolment({
      enroll: async () => {
        asked.resolve();
        return { body: await answer.promise };
      },
    });
    const { args, identity, tokenFile } = aMachine(server.url);
    const first = agent(args);
    await asked.promise;
    const second = await agent(args);
    expect(second.stderr).toMatch(/^Another agent \(process \d+\) uses /);
    expect([second.code, existsSync(tokenFile)]).toEqual([1, true]);
    const { privateKey } = identity();
    answer.resolve(ENROLLED);
    expect((await first).code).toBe(0);
    expect(identity()).toMatchObject({ privateKey, enrolled: { deviceId: ENROLLED.deviceId } });
  });

  it.skipIf(process.platform === 'win32')('that cannot delete the token enrols all the same, and says so', async () => {
    const server = await playEnrolment();
    const { args, data, tokenFile } = aMachine(server.url);
    mkdirSync(data);
    for (const folder of [root, dirname(data)]) chmodSync(folder, 0o755);
    chmodSync(data, 0o777);
    chmodSync(dirname(tokenFile), 0o555);
    const { code, stderr } = await start(args, '', nobody).ended;
    expect(stderr).toMatch(/^The token was used, but its file stays: EACCES.* Delete it\.\n$/);
    expect([code, existsSync(tokenFile)]).toEqual([0, true]);
  });
});

describe.concurrent('enroll that cannot begin', () => {
  const NOWHERE = 'http://127.0.0.1:9';
  type Machine = ReturnType<typeof aMachine>;

  it.each<[what: string, words: (machine: Machine) => readonly string[], code: number, said: RegExp]>([
    ['a token as a word', ({ place }) => ['enroll', ...place, '--token', token], 2, /can be read by every user/],
    ['no token', ({ place }) => ['enroll', ...place], 2, /^No token\. Use --token-file FILE, or --token - and stdin\./],
    [
      'a token file that is not there',
      ({ place }) => ['enroll', ...place, '--token-file', '/none/token'],
      1,
      /^enroll\.token_file: \/none\/token is not there\./,
    ],
    [
      'a token file that is a folder',
      ({ place }) => ['enroll', ...place, '--token-file', root],
      1,
      /^enroll\.token_file: EISDIR/,
    ],
    ['no server', ({ args }) => args.filter((word) => !/^(--server|http.*)$/.test(word)), 2, /^No server is set\. /],
    ['nobody there', ({ args }) => args, 4, /cannot be reached: connect ECONNREFUSED .*check server\.url/],
    [
      'an authority that is not there',
      ({ args }) => [...args, '--ca-file', '/none/ca.pem'],
      1,
      /^server\.ca_file: ENOENT.*\/none\/ca\.pem/,
    ],
    [
      'an authority that is none',
      ({ args, tokenFile }) => [...args, '--ca-file', tokenFile],
      1,
      /^server\.ca_file: .*token holds no certificate in PEM\./,
    ],
    [
      'a data folder in a file',
      ({ args, tokenFile }) => [...args, '--data-dir', join(tokenFile, 'data')],
      1,
      /^data_dir: ENOTDIR/,
    ],
  ])('with %s', async (_what, wordsOf, code, said) => {
    const machine = aMachine(NOWHERE);
    const { code: ended, stdout, stderr } = await agent(wordsOf(machine));
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain('    at '); // no stack
    expect(stderr).not.toContain(token);
    expect([ended, stdout, existsSync(machine.tokenFile)]).toEqual([code, '', true]);
  });

  it('with a token file that is empty', async () => {
    const { args, tokenFile } = aMachine(NOWHERE, ' \n');
    expect(await agent(args)).toEqual({ code: 1, stdout: '', stderr: `enroll.token_file: ${tokenFile} is empty.\n` });
  });
});

describe('run before the enrolment', () => {
  it('without a token is exit code 3, with what to do', async () => {
    const { place } = aMachine('http://127.0.0.1:9');
    const { code, stderr } = await agent(['run', ...place]);
    expect(stderr).toBe('This machine is not enrolled. Run: fettle-agent enroll --server URL --token-file FILE\n');
    expect(code).toBe(3);
  });

  it('with a token that the server refuses ends, and leaves no lock', async () => {
    const server = await playEnrolment({ enroll: { status: 403, body: { detail: 'No.' } } });
    const { data, args } = aMachine(server.url);
    const { code, stderr } = await agent(['run', ...args.slice(1)]);
    expect([code, stderr]).toEqual([1, `${server.url} answered 403: No.\n`]);
    expect(readdirSync(data)).toEqual(['identity.json']);
  });

  it('ends with its input, where the service that holds it is gone', async () => {
    const server = await playEnrolment({ enroll: { status: 503, body: {} } });
    const { data, args } = aMachine(server.url);
    const { code } = await agent(['run', '--stop-on-eof', ...args.slice(1)]);
    expect([code, readdirSync(data)]).toEqual([0, ['identity.json']]);
  });

  it('with a server in trouble waits for it, holds the folder, and can be stopped', async () => {
    const server = await playEnrolment({ enroll: { status: 503, body: {} } });
    const { data, args } = aMachine(server.url);
    const { child, ended } = start(['run', ...args.slice(1)]);
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    await vi.waitFor(() => expect(server.requests).toHaveLength(2), { timeout: 10_000 });
    await vi.waitFor(() => expect(readdirSync(data)).toContain('lock'));
    expect((await agent(args)).stderr).toMatch(/^Another agent \(process \d+\) uses /);
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect(stderr).toContain('not enrolled yet');
    expect([code, readdirSync(data)]).toEqual([0, ['identity.json']]);
  });
});

describe('a proxy on the way', () => {
  const WRONG = 'http://me:secret@';

  it('that does not know the password is said without it, with exit code 4, and the token stays', async () => {
    const { host, asked } = await playProxy('me:other');
    const { args, tokenFile } = aMachine('https://nobody.invalid');
    const { code, stderr } = await agent([...args, '--proxy', `${WRONG}${host}`]);
    expect([code, stderr]).toEqual([4, expect.stringMatching(/407 .*set proxy to http:\/\/USER:PASSWORD@/)]);
    expect([stderr.includes('secret'), existsSync(tokenFile), asked]).toEqual([false, true, ['nobody.invalid:443']]);
  });

  it.each([
    ['that is none', 'https://nobody.invalid', 'proxy.example:3128', /proxy: not an address such as http:/],
    ['to a server without TLS', 'http://nobody.invalid', `${WRONG}proxy.example`, /^proxy: it is for servers with TLS/],
  ])('%s is refused', async (_what, url, proxy, says) => {
    const { code, stderr } = await agent([...aMachine(url).args, '--proxy', proxy]);
    expect([code, stderr, stderr.includes('secret')]).toEqual([1, expect.stringMatching(says), false]);
  });
});
