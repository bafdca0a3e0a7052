// From the console's page to a device: a token is made, its commands run by a shell, and the page shows who came.
import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { agentFile, buildAgent } from '../../scripts/build/agent.ts';
import { buildConsole } from '../../scripts/build/console.ts';
import { type Console, openConsole } from '../support/browser.ts';
import { missing, needs } from '../support/needs.ts';
import { Pair } from '../support/pair.ts';
import { root, temporaryFolder } from '../support/place.ts';
import { type Program, run } from '../support/program.ts';

const { skip, why } = missing(needs.chromium);
const shell = promisify(execFile);

describe.skipIf(skip)(`the page of new devices${why}`, () => {
  const folder = temporaryFolder();
  const env = { FETTLE_DATA_DIR: join(folder.path, 'agent') };
  const pair = new Pair(folder.path);
  let screen: Console;
  let agent: Program | undefined;

  beforeAll(async () => {
    buildConsole();
    await buildAgent();
    await pair.startServer();
    screen = await openConsole(await pair.loginLink());
    screen.page.setDefaultTimeout(20_000);
    await screen.page.getByRole('heading', { name: 'Alerts' }).waitFor();
  });

  afterAll(async () => {
    await screen?.close();
    await agent?.kill('SIGTERM');
    await pair.stop();
    folder.remove();
  });

  const commands = async (system: string): Promise<string> => {
    await screen.page.getByRole('button', { name: system, exact: true }).click();
    return (await screen.page.locator('[data-commands]').first().textContent()) ?? '';
  };

  it('is where an empty list leads, and makes a token that it shows within the commands of each system', async () => {
    const { page } = screen;
    await page.goto(`${pair.url}/devices`);
    await page.getByRole('main').getByRole('link', { name: 'Add devices' }).first().click();
    await page.getByLabel('Devices, at most').fill('0');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByRole('alert').getByText('maxUses').waitFor();
    await page.getByLabel('Devices, at most').fill('2');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByText('Waiting for the first agent…').waitFor();
    await page.getByText('0 of 2 devices').waitFor();
    const token = /ft_[\w-]{43}/.exec(await commands('Debian, Ubuntu'))?.[0] ?? 'none';
    for (const system of ['RPM', 'Windows', 'macOS', 'From source']) expect(await commands(system)).toContain(token);
    await screen.picture('enroll');
  });

  it('becomes the device when the command is run as it stands there, and then its link', async () => {
    const { page } = screen;
    const [enroll = ''] = (await commands('From source')).split('\n');
    const { stdout } = await shell('/bin/sh', ['-c', enroll], { cwd: root, env: { ...process.env, ...env } });
    expect(stdout).toContain(`enrolled at ${pair.url} as d_`);
    const link = page.locator('[data-arrivals]').getByRole('link', { name: hostname(), exact: true });
    await link.waitFor();
    expect(await page.getByText('Waiting for the first agent…').count()).toBe(0);
    agent = run(agentFile, ['run', '--log-level', 'warn'], env);
    await page.locator('[data-arrivals]').getByText('Online').waitFor();
    await screen.picture('enroll-arrived');
    await link.click();
    await page.getByRole('heading', { name: hostname() }).waitFor();
  });

  it('does not show the secret again, and takes the token away', async () => {
    const { page } = screen;
    await page.goto(`${pair.url}/enroll`);
    await page.getByText('1 of 2 devices').waitFor();
    expect(await page.content()).not.toContain('ft_');
    await page.getByRole('button', { name: 'Take away' }).click();
    await page.getByText('The token is taken away.').waitFor();
    await page.getByText('1 of 2 devices').waitFor({ state: 'detached' });
  });

  it('gave the browser nothing to complain about but the refusal', () => {
    expect(screen.complaints).toEqual([expect.stringContaining('status of 400')]);
  });
});
