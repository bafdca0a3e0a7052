// The program as people and scripts start it: what it prints where, and the exit codes that scripts go by.
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pack } from '@fettle/shared/rule/pack';
import { afterAll, describe, expect, it, vi } from 'vitest';

import { nodeFs } from './host/fs.ts';
import { Identity } from './identity/identity.ts';

vi.setConfig({ testTimeout: 30_000 }); // processes, on slow machines
const root = mkdtempSync(join(tmpdir(), 'fettle-main-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const freshFolder = () => mkdtempSync(join(root, 'data-'));

const program = join(import.meta.dirname, 'main.ts');
const VERBS = [
  'doctor',
  'service',
  'record',
  'support-bundle',
  'run',
  'enroll',
  'status',
  'config',
  'rules',
  'collect',
  'processes',
  'version',
];
const SETTING = /--server VALUE +FETTLE_SERVER_URL +the server, such as https:\/\/fettle\.example/;

const NOBODY = 65_534;
type How = { readonly env?: Record<string, string>; readonly isNobody?: boolean; readonly isDeaf?: boolean };

/** Ends by itself, with all it has said. */
const agent = (args: readonly string[], { env = {}, isNobody = false, isDeaf = false }: How = {}) => {
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; stdout: string; stderr: string }>();
  const who = isNobody && process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const { PATH = '' } = process.env;
  const cache = { NODE_COMPILE_CACHE: join(root, 'cache') }; // the next one starts in half the time
  const child = execFile(
    process.execPath,
    [program, ...args],
    { env: { PATH, ...cache, ...env }, ...who },
    (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }),
  );
  if (isDeaf) child.stdout?.destroy();
  return promise;
};

describe.concurrent('help', () => {
  it.each([['help'], ['--help']])('%s: every verb and every setting, on stdout', async (...args) => {
    const { code, stdout, stderr } = await agent(args);
    for (const verb of VERBS) expect(stdout).toMatch(new RegExp(`^  ${verb}\\b`, 'm'));
    expect(stdout).toMatch(SETTING);
    expect(stdout).not.toContain('probe');
    expect([code, stderr]).toEqual([0, '']);
  });

  it.each([[['enroll', '-h']], [['help', 'enroll']], [['enroll', '--server', 'https://fettle.example', '--help']]])(
    '%j: of that verb, and nothing is done',
    async (args) => {
      const { code, stdout, stderr } = await agent(args);
      expect(stdout).toMatch(/^usage: fettle-agent enroll --token-file FILE/);
      expect(stdout).toMatch(SETTING);
      expect([code, stderr]).toEqual([0, '']);
    },
  );
});

describe.concurrent('a wrong word is exit code 2, with the usage on stderr', () => {
  it.each<[what: string, args: readonly string[], words: RegExp]>([
    ['no verb', [], /^usage: fettle-agent VERB/],
    ['an unknown verb', ['dance'], /^There is no verb "dance"\.\nusage: fettle-agent VERB/],
    ['help of an unknown verb', ['help', 'dance'], /^There is no verb "dance"\./],
    ['a verb that every object has', ['toString'], /^There is no verb "toString"\./],
    ['an unknown flag', ['status', '--dance'], /Unknown option '--dance'/],
    [
      'a word too much',
      ['enroll', 'https://fettle.example'],
      /^"https:\/\/fettle\.example" is too much\.\nusage: .*enroll/,
    ],
    ['config of nothing', ['config'], /^usage: fettle-agent config show/],
    ['config of something else', ['config', 'set'], /^usage: fettle-agent config show/],
    ['collect for ever', ['collect'], /^usage: fettle-agent collect --once/],
    [
      'a collector that is none',
      ['collect', '--once', 'secrets'],
      /^There is no collector "secrets"\. There are: cpu, /,
    ],
  ])('%s', async (_what, args, words) => {
    const { code, stdout, stderr } = await agent(args);
    expect(stderr).toMatch(words);
    expect(stderr).not.toContain('    at '); // no stack
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe.concurrent('version', () => {
  it.each([[['version']], [['--version']]])('%j', async (args) => {
    const { code, stdout } = await agent(args);
    expect(stdout).toMatch(/^fettle-agent \d+\.\d+\.\d+ \(Node \d+\.\d+\.\d+, \w+ \w+\)\n$/);
    expect(code).toBe(0);
  });

  it('as JSON', async () => {
    const { stdout } = await agent(['version', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      node: process.versions.node,
      platform: process.platform,
      arch: process.arch,
    });
  });
});

describe.concurrent('config show', () => {
  it('says that there is a token, and not which', async () => {
    const file = join(root, 'token.toml');
    writeFileSync(file, '[enroll]\ntoken = "ft_secret"\n');
    const { stdout } = await agent(['config', 'show', '--origin', '--config', file]);
    expect(stdout).toMatch(/enroll\.token +\(set\) +file /);
    expect(stdout).not.toContain('ft_secret');
  });

  const empty = join(root, 'empty.toml');
  writeFileSync(empty, '');

  it('as JSON: every setting with its value, where it comes from, and how to give it', async () => {
    const proxy = 'http://me:secret@proxy.example:3128';
    const env = { FETTLE_CONFIG: empty, FETTLE_CLASS: 'kiosk', FETTLE_PROXY: proxy };
    const { code, stdout } = await agent(['config', 'show', '--json', '--log-level', 'warn'], { env });
    const shown = JSON.parse(stdout) as readonly Record<string, unknown>[];
    expect(shown.map(({ key, value, origin }) => [key, value, origin])).toEqual([
      ['server.url', null, 'not set'],
      ['server.ca_file', null, 'not set'],
      ['enroll.token', null, 'not set'],
      ['proxy', 'http://…@proxy.example:3128', 'environment FETTLE_PROXY'],
      ['enroll.token_file', null, 'not set'],
      ['class', 'kiosk', 'environment FETTLE_CLASS'],
      ['tags', [], 'default'],
      ['data_dir', expect.any(String), 'default'],
      ['log.level', 'warn', 'flag --log-level'],
      ['services.watch', [], 'default'],
      ['services.ignore', [], 'default'],
      ['certificates.files', [], 'default'],
      ['disk', [], 'default'],
      ['backup', [], 'default'],
      ['check', [], 'default'],
    ]);
    expect(Object.keys(shown[0] ?? {})).toEqual(['key', 'value', 'origin', 'env', 'about']);
    expect(code).toBe(0);
  });

  it('as a table, with the origins when asked', async () => {
    const env = { FETTLE_CONFIG: empty };
    expect((await agent(['config', 'show'], { env })).stdout).toMatch(
      /^log\.level +info +debug, info, warn or error$/m,
    );
    const { stdout } = await agent(['config', 'show', '--origin'], { env });
    expect(stdout).toMatch(/^log\.level +info +default +debug, info, warn or error$/m);
  });

  it('to somebody who has stopped reading is no failure', async () => {
    const { code, stderr } = await agent(['config', 'show'], { env: { FETTLE_CONFIG: empty }, isDeaf: true });
    expect([code, stderr]).toEqual([0, '']);
  });

  it('a setting that cannot be used is exit code 1, with one line that names it', async () => {
    const { code, stdout, stderr } = await agent(['config', 'show', '--config', empty, '--class', 'toaster']);
    expect(stderr).toMatch(/^flag --class: class: .*\n$/);
    expect([code, stdout]).toEqual([1, '']);
  });

  it.skipIf(process.platform === 'win32')('a file that is not ours to read is named', async () => {
    const path = join(freshFolder(), 'agent.toml');
    writeFileSync(path, '');
    chmodSync(join(path, '..'), 0o755);
    chmodSync(root, 0o755);
    chmodSync(path, 0o000);
    const { code, stderr } = await agent(['config', 'show', '--config', path], { isNobody: true });
    expect(stderr).toContain(`${path} cannot be read: EACCES`);
    expect(code).toBe(1);
  });
});

it.concurrent('rules names one of a newer server that it does not know, and watches the others', async () => {
  const folder = freshFolder();
  const known = pack.filter(({ id }) => id === 'disk.space');
  const rules = [{ id: 'newer', kind: 'forecast' }, ...known];
  writeFileSync(join(folder, 'rules.json'), JSON.stringify({ type: 'rules', ruleSet: { version: 'v9', rules } }));
  const { code, stdout } = await agent(['rules', '--data-dir', folder]);
  expect(stdout).toMatch(/^rule set v9, /);
  expect(stdout).toMatch(/^newer: not watching: update the agent: Rule newer: .* kind "forecast"/m);
  expect(stdout).toMatch(/^disk\.space: .* \(watching\)$/m);
  expect(code).toBe(0);
});

describe.concurrent('status', () => {
  const enrolled = { deviceId: 'd_1', serverId: 's_1', serverUrl: 'https://fettle.example', site: 'office' };
  const lane = { pending: 1, dropped: 2 };
  const healthy = {
    atMs: Date.now(),
    pid: process.pid, // of a process that lives
    version: '0.1.0',
    deviceId: 'd_1',
    serverUrl: 'https://fettle.example',
    link: { state: 'open', lastError: '' },
    lanes: { alerts: lane, metrics: lane },
    leftOut: [],
    openAlerts: [{ rule: 'disk.space', instance: '/', severity: 'warning' }],
    failures: 0,
  };
  const aFolder = async (status?: string) => {
    const folder = freshFolder();
    await (await Identity.create(nodeFs, join(folder, 'identity.json'))).setEnrolled(enrolled);
    if (status !== undefined) writeFileSync(join(folder, 'status.json'), status);
    return folder;
  };
  const waiting = { state: 'waiting', lastError: 'connect ECONNREFUSED' };

  it.each<[what: string, change: object, code: number, line: RegExp]>([
    ['connected', {}, 0, /^server +https:\/\/fettle\.example, connected$/m],
    ['not connected', { link: waiting }, 4, /^server +.*, not connected: connect ECONNREFUSED$/m],
    ['silent for long', { atMs: 1 }, 1, /^agent +not running$/m],
    ['gone', { pid: 2 ** 22 + 1 }, 1, /^agent +not running$/m],
  ])('of an agent that is %s', async (_what, change, code, line) => {
    const folder = await aFolder(JSON.stringify({ ...healthy, ...change }));
    const ended = await agent(['status', '--data-dir', folder]);
    expect(ended.stdout).toMatch(line);
    expect(ended.stdout).toContain('warning disk.space /');
    expect(ended.code).toBe(code);
  });

  it.each<[what: string, change: object, code: number, shown: object]>([
    ['connected', {}, 0, { running: true, connected: true }],
    ['not connected', { link: waiting }, 4, { running: true, connected: false }],
  ])('as JSON, of an agent that is %s', async (_what, change, code, shown) => {
    const folder = await aFolder(JSON.stringify({ ...healthy, ...change }));
    const ended = await agent(['status', '--json', '--data-dir', folder]);
    const ageMs: unknown = expect.any(Number);
    expect(JSON.parse(ended.stdout)).toEqual({ ...healthy, ...change, ...shown, ageMs });
    expect(ended.code).toBe(code);
  });

  it.each([
    ['not there', undefined],
    ['empty after a power cut', ''],
    ['of another time', '{"atMs":1}'],
  ])('with a status file that is %s', async (_what, content) => {
    const { code, stdout, stderr } = await agent(['status', '--data-dir', await aFolder(content)]);
    expect(stderr).toBe('The agent has not run here yet. Run: fettle-agent run\n');
    expect([code, stdout]).toEqual([1, '']);
  });

  it('before the enrolment is exit code 3', async () => {
    const { code, stderr } = await agent(['status', '--data-dir', freshFolder()]);
    expect(stderr).toBe('This machine is not enrolled. Run: fettle-agent enroll --server URL --token-file FILE\n');
    expect(code).toBe(3);
  });

  it('with a broken identity says what to do, and leaves it', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'identity.json'), '{}');
    const { code, stderr } = await agent(['status', '--data-dir', folder]);
    expect(stderr).toMatch(
      /identity\.json is no identity: .* Restore it, or remove it and enrol this machine anew\.\n$/,
    );
    expect(code).toBe(1);
  });

  it('where the data folder cannot be read names the setting', async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, 'identity.json'));
    const { code, stderr } = await agent(['status', '--data-dir', folder]);
    expect(stderr).toMatch(/^data_dir: EISDIR/);
    expect(code).toBe(1);
  });
});
