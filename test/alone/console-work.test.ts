// What people do in the console, in a real browser and mostly by the keyboard: alerts, maintenance, a ticket that two have in hand.
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { until } from '../../scripts/until.ts';
import { type Console, openConsole } from '../support/browser.ts';
import { missing, needs } from '../support/needs.ts';
import { root, temporaryFolder } from '../support/place.ts';
import { firstJson, run } from '../support/program.ts';
import { type Started, start } from '../support/started.ts';

const { skip, why } = missing(needs.chromium);

/** The loud ones of the demo that stay as they are. */
const LOUD = ['db-01', 'files-01'];

describe.skipIf(skip)(`work in the console${why}`, () => {
  const folder = temporaryFolder();
  let fettle: Started;
  let screen: Console;

  const alertOf = async (device: string) =>
    (await fettle.api.alerts('state=open,acked')).find(
      ({ deviceName, quiet }) => deviceName === device && quiet?.why !== 'preexisting',
    );

  const post = async (path: string, body: object): Promise<void> => {
    const headers = { authorization: `Bearer ${fettle.token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${fettle.url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };

  /** The row of a device's loud alert, with the focus on it. */
  const rowOf = async (device: string) => {
    const alert = await until(`an alert of ${device}`, () => alertOf(device));
    const row = screen.page.locator(`tr[data-alert="${alert.id}"]`);
    await row.locator('[data-row]').focus();
    return row;
  };

  beforeAll(async () => {
    fettle = await start(folder.path, '--demo', '12');
    for (const device of LOUD) await until(`an alert of ${device}`, () => alertOf(device), 30_000);
    screen = await openConsole(fettle.login);
    screen.page.setDefaultTimeout(10_000);
    await screen.page.getByRole('heading', { name: 'Alerts' }).waitFor();
  });

  afterAll(async () => {
    await screen?.close();
    await fettle?.program.kill('SIGTERM');
    folder.remove();
  });

  it('snoozes the alert of a row by two keys; it moves to the quiet ones with the focus, and comes back by one key', async () => {
    const { page } = screen;
    const row = await rowOf('db-01');
    await page.keyboard.press('s');
    await page.getByRole('dialog').getByRole('button', { name: '1 hour' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[data-quiet] tr', { hasText: 'db-01' }).getByText('Snoozed until').waitFor();
    expect(await alertOf('db-01')).toMatchObject({ state: 'open', quiet: { why: 'snoozed', by: 'owner' } });
    await row.locator(':focus').waitFor();
    await page.keyboard.press('s');
    await until('the end of the snooze', async () => ((await alertOf('db-01'))?.quiet === null ? true : undefined));
    await page.locator('[data-quiet] tr', { hasText: 'db-01' }).waitFor({ state: 'detached' });
  });

  it('mutes several at once, with a reason; they stay counted when the quiet ones are hidden', async () => {
    const { page } = screen;
    for (const device of LOUD) {
      await rowOf(device);
      await page.keyboard.press('x');
    }
    await page.getByRole('region', { name: 'Selected alerts' }).getByText('2 selected').waitFor();
    await page.getByRole('button', { name: 'Mute…' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Mute', exact: true }).isEnabled()).toBe(false);
    await dialog.getByLabel('Why it can be left so').fill('is being replaced');
    await dialog.getByRole('button', { name: 'Mute', exact: true, disabled: false }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('2 alerts are muted until').waitFor();
    const muted = await Promise.all(LOUD.map(alertOf));
    expect(muted.map((alert) => alert?.quiet?.why)).toEqual(['muted', 'muted']);
    await screen.picture('alerts-quiet');
    await page.getByRole('link', { name: 'Hide the quiet alerts' }).click();
    await page.locator('[data-quiet] tr').first().waitFor({ state: 'detached' });
    expect(await page.locator('[data-quiet] h2').textContent()).toMatch(/^Quiet \([3-9]\)$/);
    await page.getByRole('link', { name: 'Show the quiet alerts' }).click();
  });

  it('says why nobody was told, by which rule, and unmutes', async () => {
    const { page } = screen;
    await rowOf('db-01');
    await page.keyboard.press('w');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('its problem is muted (by owner)').waitFor();
    await dialog.getByText('cpu.sustained').waitFor();
    await dialog.getByText('All its values are those of the pack.').waitFor();
    await screen.picture('alert-why');
    await dialog.getByRole('button', { name: 'Unmute' }).click();
    await until('the end of the mute', async () => ((await alertOf('db-01'))?.quiet === null ? true : undefined));
  });

  it('gives an alert to a person, who has its ticket then', async () => {
    const { page } = screen;
    const row = await rowOf('db-01');
    await page.keyboard.press('w');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Assign…' }).click();
    await dialog.getByRole('combobox', { name: 'To' }).selectOption('owner');
    await dialog.getByRole('button', { name: 'Assign', exact: true }).click();
    await row.getByText('owner').waitFor();
    const alert = await alertOf('db-01');
    const ticket = (await fettle.api.tickets()).find(({ id }) => id === alert?.ticket);
    expect([alert?.assignee, ticket?.assignee]).toEqual(['owner', 'owner']);
  });

  it('shows at once what another technician does', async () => {
    const { page } = screen;
    const alert = await alertOf('db-01');
    await post(`/alerts/${alert?.id}/snooze`, { until: new Date(Date.now() + 60 * 60_000).toISOString() });
    await page.locator('[data-quiet] tr', { hasText: 'db-01' }).getByText('Snoozed until').waitFor();
    await post(`/alerts/${alert?.id}/unsnooze`, {});
    await page.locator('[data-quiet] tr', { hasText: 'db-01' }).waitFor({ state: 'detached' });
  });

  it('begins maintenance of a device, is refused a long one without a reason, and ends it', async () => {
    const { page } = screen;
    const device = (await fettle.api.devices()).find(({ name }) => name === 'mail-01');
    await page.goto(`${fettle.url}/devices/${device?.id}`);
    await page.getByRole('button', { name: 'Maintenance…' }).click();
    await page.getByLabel('Or until').fill('2040-01-01T10:00');
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('alert').getByText('more than 72 hours needs one').waitFor();
    await page.getByRole('button', { name: 'For 4 hours' }).click();
    await page.getByText('In maintenance until').first().waitFor();
    await screen.picture('maintenance');
    expect(await fettle.api.get('/maintenance')).toMatchObject({
      items: [{ scope: { id: device?.id }, active: true }],
    });
    await page.getByRole('button', { name: 'End now' }).click();
    await page.getByText('No maintenance').waitFor();
    expect(await fettle.api.get('/maintenance')).toMatchObject({ items: [] });
  });

  it('keeps what was typed when somebody else changed the ticket, and says who did what', async () => {
    const { page } = screen;
    const ticket = await until('a ticket', async () =>
      (await fettle.api.tickets('state=new,open')).find(({ deviceName }) => deviceName === 'files-01'),
    );
    await page.goto(`${fettle.url}/tickets/${ticket.id}`);
    await page.getByRole('button', { name: 'Resolve…' }).click();
    await page.getByLabel('What was done').fill('More memory is in.');
    await post(`/tickets/${ticket.id}/wait`, { version: ticket.version, for: 'vendor' });
    await page.getByRole('button', { name: 'Resolve', exact: true }).click();
    const told = page.getByRole('alert').filter({ hasText: 'changed while you wrote' });
    await told.getByText('now it is waiting').waitFor();
    expect(await page.getByLabel('What was done').inputValue()).toBe('More memory is in.');
    await page.getByRole('button', { name: 'Resolve all the same' }).click();
    await page.getByText('More memory is in.').last().waitFor();
    expect((await fettle.api.tickets()).find(({ id }) => id === ticket.id)?.state).toBe('resolved');
  });

  it('offers a viewer nothing that would be refused, and says why', async () => {
    const verb = async (...args: readonly string[]) =>
      firstJson(run(join(root, 'scripts', 'server.ts'), [...args, '--data', folder.path, '--json']));
    await verb('user', 'add', 'kim', '--role', 'viewer', '--tenant', 'demo');
    const { login } = z.object({ login: z.string() }).parse(await verb('login-link', '--user', 'kim'));
    const { page, close } = await openConsole(login);
    await page.locator('main [data-why]').first().click();
    await page.getByRole('dialog').getByText('your role is viewer').waitFor();
    await page.getByRole('dialog').getByText('Who was told').waitFor();
    expect(await page.locator('[data-ack], [data-snooze], [data-select]').count()).toBe(0);
    await close();
  });

  it('gave the browser nothing to complain about but the two refusals', () => {
    const refusals = screen.complaints.filter((text) => /status of (400|409)/.test(text));
    expect([screen.complaints.length, refusals.length]).toEqual([2, 2]);
  });
});
