// The command line: what it prints, and the exit codes that scripts go by. Beside one real server; one of each kind is a process of
// its own, the rest runs here.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { settings } from '../config/config.ts';
import { freshFolder } from '../fixture.ts';
import { main } from '../main.ts';

const MAIN = join(import.meta.dirname, '..', 'main.ts');
const place = freshFolder();
const data = join(place, 'data');
const at = (name: string): string => join(place, name);

const start = (args: readonly string[]) =>
  spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, FETTLE_SERVER_CONFIG: at('empty.toml') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** As a process. */
const run = async (args: readonly string[]) => {
  const child = start(args);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr, code: child.exitCode };
};

/** The same in this process, which is quicker. */
const runHere = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      said[name] += String(chunk);
      return true;
    });
  }
  for (const [name, value] of Object.entries({ FETTLE_SERVER_CONFIG: at('empty.toml'), ...env }))
    vi.stubEnv(name, value);
  const code = await main(args);
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  return { ...said, code };
};

let server: ChildProcess;
let url = '';
beforeAll(async () => {
  writeFileSync(at('empty.toml'), '');
  server = start(['run', '--data', data, '--port', '0']);
  const state = z.object({ url: z.string() });
  const read = () => state.parse(JSON.parse(readFileSync(join(data, 'running.json'), 'utf8')));
  ({ url } = await vi.waitFor(read, { timeout: 20_000 }));
}, 30_000);
afterAll(() => server.kill('SIGKILL'));

describe('help', () => {
  it.each([[['help']], [['--help']], [['-h']], [['token', '--help']], [['run', '--port', 'x', '--help']]])(
    '%j prints every verb and every setting with its flag, environment variable and meaning, and is no error',
    async (args) => {
      const { stdout, stderr, code } = await runHere(args);
      expect([stderr, code]).toEqual(['', 0]);
      const safety = ['backup [--out FOLDER] [--daily]', 'restore FOLDER|FILE', 'check'];
      const others = [
        'init [--config FILE] [--SETTING VALUE …]',
        'doctor',
        'run [--hurry]',
        'token [--site S] [--days N] [--uses N]',
        'login-link [--user NAME]',
        'api-token NAME',
        'user list|add|change|disable|enable|remove',
        'tenant list|add',
        'site list|add',
        'rules export|import|check|test',
        'external list|set|remove',
        'version',
        'help',
      ];
      for (const verb of [...others, ...safety]) expect(stdout).toContain(`\n  ${verb} `);
      for (const { flag, env, key, about } of settings)
        expect(stdout).toMatch(new RegExp(`^  --${flag} +${env} +${key}: ${about}$`, 'm'));
    },
  );

  it.each([
    ['no verb', [], 'usage: fettle-server VERB'],
    ['an unknown verb', ['dance'], 'There is no verb "dance".\nusage: fettle-server VERB'],
    ['a verb of every object', ['constructor'], 'There is no verb "constructor".'],
    ['an unknown flag', ['run', '--dance'], "Unknown option '--dance'"],
    ['a word too many', ['version', 'now'], "Unexpected argument 'now'"],
    ['nothing to restore', ['restore'], 'Name what to restore: the folder of a backup'],
    ['two things to restore', ['restore', 'a', 'b'], 'One word too many: b'],
    [
      'a user without a role',
      ['user', 'add', 'kim', '--tenant', 'home'],
      'Say what they may do: --role technician|viewer',
    ],
    ['a user without a tenant', ['user', 'add', 'kim', '--role', 'viewer'], 'Say for whom: --tenant T,…'],
    ['a user without a name', ['user', 'add'], 'Say whom or what: add NAME'],
    [
      'what cannot be done to users',
      ['user', 'promote', 'kim'],
      '"promote" cannot be done here: list, add, change, disable',
    ],
    ['a tenant without a prefix', ['tenant', 'add', 'acme'], '--prefix ACME'],
    ['a site without a tenant', ['site', 'add', 'yard'], 'Say whose it is: --tenant T'],
    ['a token of no role', ['api-token', 'x', '--role', 'king'], '--role king: expected owner, technician, viewer.'],
    ['a token for nothing', ['api-token'], 'Name what it is for: api-token NAME'],
    ['a ticket system that is nowhere', ['external', 'set', 'home'], 'Say where it is: --url'],
    [
      'a ticket system with a password in its address',
      ['external', 'set', 'home', '--url', 'https://a:b@rt.example'],
      'Say where it is: --url',
    ],
    [
      'a ticket system without a secret',
      ['external', 'set', 'home', '--url', 'https://rt.example', '--secret-file', '/none'],
      '--secret-file FILE',
    ],
    [
      'a ticket system of no kind',
      ['external', 'set', 'home', '--kind', 'fax'],
      '--kind fax: expected rt, mail, webhook.',
    ],
    [
      'two mailboxes in one, and a header',
      ['external', 'set', 'home', '--kind', 'mail', '--to', 'a@b.example\r\nBcc: c@d.example'],
      'Say which mailbox: --to helpdesk@example.org',
    ],
    [
      'a webhook without its key',
      ['external', 'set', 'home', '--kind', 'webhook', '--url', 'https://desk.example/in'],
      'Name a file with the key that messages are signed with: --secret-file FILE',
    ],
    ['a flag without its value', ['run', '--port'], "Option '--port <value>' argument missing"],
    ['a number of days that is none', ['token', '--days', '0'], '--days 0: expected a number from 1 to 30.'],
    [
      'more uses than there may be',
      ['token', '--uses', '100001'],
      '--uses 100001: expected a number from 1 to 100000.',
    ],
  ])('%s is an error of usage, on stderr', async (_name, args, said) => {
    const { stdout, stderr, code } = await runHere(args);
    expect(stderr).toContain(said);
    expect([stdout, code]).toEqual(['', 2]);
  });
});

describe('what cannot be', () => {
  it.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ['a configuration that is not there', ['run', '--config', '/none.toml'], {}, '/none.toml cannot be read: '],
    ['a wrong value of the environment', ['run'], { FETTLE_PORT: 'many' }, 'environment FETTLE_PORT: listen.port: '],
    ['beyond loopback without TLS', ['run', '--host', '0.0.0.0'], {}, 'listen.host: 0.0.0.0 is beyond loopback'],
    [
      'a certificate that is not there',
      ['run', '--cert-file', '/none.pem', '--key-file', '/none.key'],
      {},
      'tls.cert_file: /none.pem cannot be read: ',
    ],
    [
      'a data folder in a file',
      ['run', '--data', join(MAIN, 'x')],
      {},
      `The data folder ${join(MAIN, 'x')} cannot be used: ENOTDIR`,
    ],
    [
      'a data folder that the system makes',
      ['run', '--data', '/proc/fettle'],
      {},
      'The data folder /proc/fettle cannot be used: ',
    ],
    [
      'a second server on the folder',
      ['run', '--data', data, '--port', '0'],
      {},
      `Another server uses the data folder ${data}. Stop it`,
    ],
    [
      'a login link without a server',
      ['login-link', '--data', at('empty')],
      {},
      `No server runs on ${at('empty')}. Start it first.`,
    ],
    ['a token in a folder without data', ['token', '--data', at('typo')], {}, `${at('typo')} has no data of a server.`],
    ['a backup of no data', ['backup', '--data', at('typo')], {}, `${at('typo')} has no data of a server.`],
    ['a backup in a file', ['backup', '--data', data, '--out', MAIN], {}, MAIN],
    [
      'a restore under a running server',
      ['restore', at('typo'), '--data', data],
      {},
      `Another server uses the data folder`,
    ],
    ['a restore of nothing', ['restore', at('typo'), '--data', at('third')], {}, `There is no ${at('typo')}.`],
    ['a token for a site that is none', ['token', '--data', data, '--site', 'moon'], {}, 'There is no site "moon".'],
  ])('%s is said in one line, with exit code 1', async (_name, args, env, said) => {
    const { stdout, stderr, code } = await runHere(args, env);
    expect(stderr).toContain(said);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([stdout, code]).toEqual(['', 1]);
  });

  it('a port that another program listens on', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { stderr, code } = await runHere(['run', '--data', at('second'), '--port', String(port)]);
    other.close();
    expect(stderr).toMatch(
      new RegExp(`EADDRINUSE.*127\\.0\\.0\\.1:${port}\\. Another program listens there: set listen\\.port\\.\n$`),
    );
    expect(code).toBe(1);
  });
});

describe('beside a running server', () => {
  it('a process ends with what the verb says', async () => {
    const [help, wrong] = await Promise.all([run(['--help']), run(['dance'])]);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^usage: fettle-server VERB/);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/^There is no verb "dance"\.\nusage: /);
  });

  it('version, as text and as JSON', async () => {
    expect((await runHere(['version'])).stdout).toMatch(/^fettle-server \d+\.\d+\.\d+\n$/);
    expect(JSON.parse((await runHere(['version', '--json'])).stdout)).toEqual({
      version: expect.any(String) as string,
    });
  });

  it('token makes an enrolment token, for people and for programs', async () => {
    expect((await runHere(['token', '--data', data])).stdout).toMatch(/^ft_[\w-]{43}\nfor site home, once, until 20/);
    const { stdout } = await run(['token', '--data', data, '--uses', '5', '--days', '2', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      token: expect.stringMatching(/^ft_/) as string,
      site: 'home',
      maxUses: 5,
    });
  });

  it('login-link makes a link to the running server that signs in', async () => {
    const { stdout } = await run(['login-link', '--data', data, '--json']);
    const { login } = z.object({ login: z.string() }).parse(JSON.parse(stdout));
    expect(login.split('#')[0]).toBe(`${url}/login`);
    const body = JSON.stringify({ token: login.split('#')[1] });
    const answer = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(204);
  });

  it('tenants, sites and users are made, listed and shut out beside the server, which knows at once', async () => {
    const verb = (...args: readonly string[]) => runHere([...args, '--data', data]);
    const me = async (headers: Readonly<Record<string, string>>) => {
      const answer = await fetch(`${url}/api/v1/me`, { headers });
      return { status: answer.status, ...((await answer.json()) as object) };
    };
    expect((await verb('tenant', 'add', 'acme', '--prefix', 'ACME', '--name', 'Acme & Sons')).stdout).toContain(
      'site add ID',
    );
    expect((await verb('site', 'add', 'yard', '--tenant', 'acme')).stdout).toContain('token --site yard');
    expect((await verb('tenant', 'list')).stdout).toBe('acme  Acme & Sons  ACME\nhome  Home  HOME\n');
    expect((await verb('site', 'list')).stdout).toBe('yard  acme  yard\nhome  home  Home\n');
    const added = await verb('user', 'add', 'kim', '--role', 'technician', '--tenant', 'acme,home');
    expect([added.stderr, added.stdout]).toEqual(['', expect.stringMatching(/^kim is technician of acme,home\. /)]);
    expect((await verb('user', 'add', 'KIM', '--role', 'viewer', '--tenant', 'acme')).stderr).toContain(
      'a user "KIM" already',
    );
    const { stdout } = await verb('login-link', '--user', 'kim', '--json');
    const { login } = z.object({ login: z.string() }).parse(JSON.parse(stdout));
    const answer = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: login.split('#')[1] }),
    });
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const made = await verb(
      'api-token',
      'report',
      '--user',
      'kim',
      '--role',
      'viewer',
      '--tenant',
      'home',
      '--days',
      '9',
    );
    const bearer = { authorization: `Bearer ${made.stdout.split('\n')[0]}` };
    expect(await me({ cookie })).toEqual({ status: 200, name: 'kim', role: 'technician', tenants: ['acme', 'home'] });
    expect(await me(bearer)).toEqual({ status: 200, name: 'kim', role: 'viewer', tenants: ['home'] });
    expect((await verb('user', 'disable', 'Kim')).stdout).toBe('Kim is disabled.\n');
    expect([(await me({ cookie })).status, (await me(bearer)).status]).toEqual([401, 401]);
    expect((await verb('user')).stdout).toMatch(/^kim {2}technician {2}acme,home {2}disabled$/m);
    expect((await verb('login-link', '--user', 'kim')).stderr).toContain('user enable kim');
    expect((await verb('user', 'remove', 'kim')).code).toBe(0);
    expect((await verb('user', 'list', '--json')).stdout).not.toContain('kim');
    expect((await verb('user', 'remove', 'owner')).stderr).toBe('The owner stays as they are.\n');
  });

  it('external says which ticket system a tenant has', async () => {
    const secret = at('secret');
    writeFileSync(secret, 'fettle:secret');
    const where = ['--url', 'https://rt.example/', '--queue', 'Ops', '--secret-file', secret, '--data', data];
    expect((await runHere(['external', 'set', 'home', ...where])).stdout).toContain(
      'the queue Ops of https://rt.example,',
    );
    expect((await runHere(['external', 'list', '--data', data])).stdout).toBe(
      `home  rt  https://rt.example  Ops  ${secret}\n`,
    );
    const hook = ['--kind', 'webhook', '--url', 'https://desk.example/in?q=1', '--secret-file', secret, '--data', data];
    expect((await runHere(['external', 'set', 'home', ...hook])).stdout).toContain(
      'as signed JSON. Nothing comes back',
    );
    const mail = ['--kind', 'mail', '--to', 'desk@example.org', '--data', data];
    expect((await runHere(['external', 'set', 'home', ...mail])).stdout).toContain(
      'desk@example.org as mails, a thread',
    );
    expect((await runHere(['external', 'list', '--data', data])).stdout).toBe('home  mail  desk@example.org\n');
    expect((await runHere(['external', 'set', 'moon', ...where])).stderr).toBe('There is no tenant "moon".\n');
    expect((await runHere(['external', 'remove', 'home', '--data', data])).code).toBe(0);
    expect((await runHere(['external', 'list', '--data', data])).stdout).toBe('\n');
  });

  it('backup makes one that can be relied on, and check finds all well', { timeout: 20_000 }, async () => {
    const { stdout } = await run(['backup', '--data', data, '--json']);
    const made = z.object({ path: z.string(), problems: z.array(z.string()) }).parse(JSON.parse(stdout));
    expect(made).toEqual({ path: expect.stringContaining(join(data, 'backups')) as string, problems: [] });
    expect((await runHere(['backup', '--data', data, '--out', at('elsewhere')])).stdout).toContain(at('elsewhere'));
    const { stdout: said, code } = await runHere(['check', '--data', data, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(said)).toMatchObject({ ok: true, folder: data });
    expect((await runHere(['check', '--data', data])).stdout).toMatch(/^ok {4}fettle\.db, pages and indexes: ok$/m);
  });

  it('backup --daily makes one a day, which is thinned out with those of the server', async () => {
    const daily = async () => (await runHere(['backup', '--data', data, '--out', at('daily'), '--daily'])).stdout;
    const [path, other] = [(await daily()).trim(), await daily()];
    expect([path.endsWith('-daily'), other]).toEqual([true, `${path} is fresh enough\n`]);
    expect(readdirSync(at('daily'))).toHaveLength(1);
  });

  it('check says what is wrong and what to do, with exit code 1', async () => {
    const { stdout, code } = await runHere(['check', '--data', at('typo')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^bad {3}fettle\.db: there is none in .*typo\n {6}Check data_dir/m);
  });

  it('stops when told to, takes its address away, and lets the next one have the folder', async () => {
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
    expect(existsSync(join(data, 'running.json'))).toBe(false);
    expect((await runHere(['login-link', '--data', data])).code).toBe(1);
  });

  it('restore then puts a backup back, and says where the data of before are', async () => {
    const [name = ''] = readdirSync(join(data, 'backups'));
    const { stdout, code } = await runHere(['restore', join(data, 'backups', name), '--data', data]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^Restored metrics\.db and fettle\.db in .*\nWhat was there is in /),
    ]);
    expect((await runHere(['check', '--data', data])).code).toBe(0);
  });
});
