// Things without an agent: declared in an agent's file they are devices of the server, and what stops answering there is a
// problem of theirs and not of the agent's.
import { writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { buildConsole } from '../../scripts/build/console.ts';
import { until } from '../../scripts/until.ts';
import type { Api } from '../support/api.ts';
import { openConsole } from '../support/browser.ts';
import { missing, needs } from '../support/needs.ts';
import { Pair } from '../support/pair.ts';
import { temporaryFolder } from '../support/place.ts';

/** A check is looked at each half minute at most, and 25 s after a first failure. */
const LOOKS_MS = 60_000;

const listen = (port: number): Promise<Server> => {
  const server = createServer((socket) => socket.destroy());
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  server.once('error', reject);
  server.listen(port, '127.0.0.1', () => resolve(server));
  return promise;
};

const portOf = (server: Server): number => {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it listens nowhere');
  return address.port;
};

const declared = (targets: Readonly<Record<string, number>>): string =>
  Object.entries(targets)
    .map(
      ([name, port]) =>
        `[[check]]\nname = "${name}"\nkind = "tcp"\nhost = "127.0.0.1"\nport = ${port}\nevery = 30\ntimeout = 2\n`,
    )
    .join('\n');

const { skip, why } = missing(needs.chromium);

describe('what an agent looks after', () => {
  const folder = temporaryFolder();
  const pair = new Pair(folder.path);
  const file = join(folder.path, 'agent.toml');
  let door: Server;
  let port = 0;
  let other: Server;
  let api: Api;

  beforeAll(async () => {
    [door, other] = [await listen(0), await listen(0)];
    port = portOf(door);
    writeFileSync(file, declared({ 'switch 1': port, printer: portOf(other) }));
    if (!skip) buildConsole(); // before the server looks which files it has
    await pair.startServer();
    api = await pair.signIn();
    await pair.startAgent({ FETTLE_CONFIG: file });
  });

  afterAll(async () => {
    await pair.stop();
    for (const server of [door, other]) server?.close();
    folder.remove();
  });

  const device = async (name: string) => (await api.devices()).find((one) => one.name === name);
  const alert = async () => (await api.alerts('rule=check.failed'))[0];
  const ticket = async () => (await api.tickets()).find(({ rule }) => rule === 'check.failed');

  it('becomes a device of its own, with its readings', async () => {
    const target = await until('the target', async () => {
      const found = await device('switch 1');
      return found?.presence === 'online' && found;
    });
    const agent = (await api.devices()).find(({ id }) => id === target.watchedBy);
    expect(target).toMatchObject({ class: 'network', os: 'unknown', tenant: agent?.tenant, site: agent?.site });
    const latest = await api.latest(target.id);
    const name = { 'fettle.check.name': `tcp ${port}` };
    expect(latest['fettle.check.state']).toMatchObject([{ attributes: name, value: 1 }]);
    expect(latest['fettle.check.latency']).toMatchObject([{ attributes: name }]);
    expect(latest).not.toHaveProperty('system.cpu.utilization');
    expect(await api.latest(agent?.id ?? '')).not.toHaveProperty('fettle.check.state');
    expect(await api.get(`/devices/${target.id}`)).toMatchObject({
      inventory: {
        sections: [{ title: 'Checks', facts: [{ label: name['fettle.check.name'], value: 'passed' }, {}] }],
      },
    });
    const to = new Date(Date.now() + 60_000).toISOString();
    const from = new Date(Date.now() - 600_000).toISOString();
    const range = `metric=fettle.check.state&from=${from}&to=${to}`;
    await until('its history', async () => {
      const history = await api.get(`/devices/${target.id}/series?${range}`);
      return JSON.stringify(history).includes(`"tcp ${port}"`);
    });
  });

  it.skipIf(skip)(`is shown with what it is and who looks after it${why}`, { timeout: 60_000 }, async () => {
    const screen = await openConsole(await pair.loginLink());
    await screen.page.getByRole('heading', { name: 'Alerts' }).waitFor(); // signed in
    const target = await device('switch 1');
    await screen.page.goto(`${pair.url}/devices`);
    const row = screen.page.getByRole('row').filter({ hasText: 'switch 1' });
    await row.filter({ hasText: 'Network' }).filter({ hasText: 'Online' }).waitFor();
    await screen.page.goto(`${pair.url}/devices/${target?.id ?? ''}`);
    const page = screen.page.getByRole('main');
    const agent = (await api.devices()).find(({ id }) => id === target?.watchedBy);
    await page.getByText('Watched by').waitFor();
    await page.getByRole('link', { name: agent?.name ?? '' }).waitFor();
    await page.getByText('Time until it answers').waitFor();
    await page.getByText(`127.0.0.1 port ${port}`).waitFor();
    await screen.picture('target');
    expect(screen.complaints).toEqual([]);
    await screen.close();
  });

  it(
    'fires for the target when it stops answering, with one ticket at once',
    { timeout: LOOKS_MS + 30_000 },
    async () => {
      door.close();
      const fired = await until('the alert', alert, LOOKS_MS);
      expect(fired).toMatchObject({
        device: (await device('switch 1'))?.id,
        deviceName: 'switch 1',
        instance: `tcp ${port}`,
        severity: 'critical',
        state: 'open',
      });
      expect(await ticket()).toMatchObject({ deviceName: 'switch 1', priority: 'high' });
      await until('its presence', async () => (await device('switch 1'))?.presence === 'offline');
      expect((await device('printer'))?.presence).toBe('online');
    },
  );

  it('resolves when it answers again', { timeout: LOOKS_MS + 30_000 }, async () => {
    door = await listen(port);
    await until('the resolve', async () => (await alert())?.state === 'resolved', LOOKS_MS);
    await until('its presence', async () => (await device('switch 1'))?.presence === 'online');
  });

  it('is unknown, and no alert, when the agent that looks is gone', { timeout: 60_000 }, async () => {
    await pair.killAgent();
    await until('unknown', async () => (await device('printer'))?.presence === 'unknown');
    const watched = (await api.devices()).filter(({ watchedBy }) => watchedBy !== null);
    const targets = new Set(watched.map(({ id }) => id));
    const offline = await api.alerts('rule=device.offline');
    expect(offline.filter(({ device: id }) => targets.has(id))).toEqual([]);
  });

  it(
    'retires when it is not declared any more, and is the same device when it is again',
    { timeout: 60_000 },
    async () => {
      const before = (await device('switch 1'))?.id;
      writeFileSync(file, declared({ printer: portOf(other) }));
      const again = await pair.startAgent({ FETTLE_CONFIG: file });
      await until('the retirement', async () => (await device('switch 1'))?.presence === 'retiring');
      await until('the other', async () => (await device('printer'))?.presence === 'online');
      await again.kill('SIGTERM');
      writeFileSync(file, declared({ 'switch 1': port, printer: portOf(other) }));
      await pair.startAgent({ FETTLE_CONFIG: file });
      await until('its return', async () => (await device('switch 1'))?.presence === 'online');
      expect((await device('switch 1'))?.id).toBe(before);
    },
  );
});
