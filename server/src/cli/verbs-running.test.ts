// What the command line says and does while a server runs on the same folder.
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { data, at, run, runHere, server, url } from './verbs-fixture.ts';

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
