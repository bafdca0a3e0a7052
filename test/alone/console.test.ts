// The console in a real browser, on a simulated fleet: pages show what is, a ticket is taken and resolved.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { until } from '../../scripts/until.ts';
import { type Console, openConsole } from '../support/browser.ts';
import { missing, needs } from '../support/needs.ts';
import { root, temporaryFolder } from '../support/place.ts';
import { type Started, start } from '../support/started.ts';

const KIB = 1024;

const { skip, why } = missing(needs.chromium);

describe.skipIf(skip)(`the console${why}`, () => {
  const folder = temporaryFolder();
  let fettle: Started;
  let screen: Console;

  beforeAll(async () => {
    fettle = await start(folder.path, '--demo', '12');
    await until('tickets of the demo', async () => (await fettle.api.tickets()).length >= 3, 30_000);
    screen = await openConsole(fettle.login);
  });

  afterAll(async () => {
    await screen?.close();
    await fettle?.program.kill('SIGTERM');
    folder.remove();
  });

  const open = async (path: string) => {
    await screen.page.goto(`${fettle.url}${path}`);
    return screen.page.getByRole('main');
  };

  it('signs in by the link, once', async () => {
    await screen.page.getByRole('heading', { name: 'Alerts' }).waitFor();
    expect(screen.page.url()).toBe(`${fettle.url}/`);
    await screen.picture('alerts');
    const second = await openConsole(fettle.login);
    await second.page.getByText('login-link').first().waitFor();
    await second.close();
  });

  it('opens its pages again and again, and does not hang on one of them', async () => {
    for (let round = 0; round < 5; round += 1) {
      for (const [path, heading] of Object.entries({ '/devices': 'Devices', '/': 'Alerts', '/tickets': 'Tickets' })) {
        await open(path);
        await screen.page.getByRole('heading', { name: heading, exact: true }).waitFor();
      }
    }
  });

  it('lists devices with their readings', async () => {
    const page = await open('/devices');
    await page.getByRole('row').nth(12).waitFor();
    await page.getByRole('row').filter({ hasText: 'web-01' }).filter({ hasText: '/srv' }).waitFor();
    await screen.picture('devices');
  });

  it('draws the charts of a device', async () => {
    const { id } = (await fettle.api.devices()).find(({ name }) => name === 'db-01') ?? { id: '' };
    const page = await open(`/devices/${id}`);
    await page.locator('canvas').first().waitFor();
    await page.getByText('CPU is saturated').first().waitFor();
    await screen.picture('device');
  });

  it('takes a ticket and resolves it', async () => {
    // of a problem that stays as it is: one that rises meanwhile would rightly make the resolve a conflict
    const ticket = await until('a ticket of db-01', async () =>
      (await fettle.api.tickets('state=new')).find(({ deviceName }) => deviceName === 'db-01'),
    );
    const page = await open(`/tickets/${ticket.id}`);
    await page.getByRole('button', { name: 'Take' }).click();
    await until(
      'the owner',
      async () => (await fettle.api.tickets()).find(({ id }) => id === ticket.id)?.assignee === 'owner',
    );
    await screen.picture('ticket');
    await page.getByRole('button', { name: 'Resolve' }).first().click();
    const confirm = screen.page.getByRole('button', { name: 'Resolve' }).last();
    await confirm.click();
    await until(
      'the resolve',
      async () => (await fettle.api.tickets()).find(({ id }) => id === ticket.id)?.state === 'resolved',
    );
  });

  it('shows the rules', async () => {
    const page = await open('/rules');
    await page.getByText('A device is offline').first().waitFor();
    await screen.picture('rules');
  });

  it('shows what can wait, and where', async () => {
    const page = await open('/posture');
    const item = page.getByRole('listitem').filter({ hasText: 'Inodes are running out' });
    await item.locator('summary').first().click();
    await item.getByRole('link', { name: 'mail-01' }).waitFor();
    await screen.picture('posture');
  });

  it('stays within its budgets', () => {
    const assets = join(root, 'server', 'console', 'dist', 'assets');
    const sizes = readdirSync(assets)
      .filter((name) => name.endsWith('.js.gz'))
      .map((name) => ({ name, bytes: statSync(join(assets, name)).size }));
    expect(sizes.find(({ name }) => name.startsWith('index-'))?.bytes).toBeLessThan(60 * KIB);
    expect(sizes.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(180 * KIB);
  });

  it('gave the browser nothing to complain about', () => {
    expect(screen.complaints).toEqual([]);
  });
});
