// The main job: a disk fills, an alert fires and is raised, one ticket opens, people see it; it empties, and both resolve.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { until } from '../../scripts/until.ts';
import { type Console, openConsole } from '../support/browser.ts';
import { type LoopDisk, makeLoopDisk } from '../support/loop-disk.ts';
import { missing, needs } from '../support/needs.ts';
import { temporaryFolder } from '../support/place.ts';
import { type Started, start } from '../support/started.ts';

const { skip, why } = missing(needs.linux, needs.root, needs.loopMount, needs.chromium);

describe.skipIf(skip)(`a disk fills and empties${why}`, () => {
  const folder = temporaryFolder();
  let disk: LoopDisk;
  let fettle: Started;
  let feed: Awaited<ReturnType<Started['api']['follow']>>;
  let screen: Console;

  beforeAll(async () => {
    disk = makeLoopDisk(folder.path, 200);
    fettle = await start(`${folder.path}/data`, '--hurry');
    feed = await fettle.api.follow();
    screen = await openConsole(fettle.login);
  });

  afterAll(async () => {
    await screen?.close();
    feed?.close();
    await fettle?.program.kill('SIGTERM');
    disk?.remove();
    folder.remove();
  });

  // other tests fill disks of this machine meanwhile
  const alerts = async () => (await fettle.api.alerts()).filter(({ instance }) => instance === disk.path);
  const tickets = async () => (await fettle.api.tickets()).filter(({ instance }) => instance === disk.path);
  const alert = async () => (await alerts())[0];
  const ticket = async () => (await tickets())[0];
  const row = () => screen.page.getByRole('row').filter({ hasText: disk.path });
  const told = (kind: string) =>
    feed.events.flatMap((event) => {
      const subject = event.kind === 'alert' ? event.alert : event.kind === 'ticket' ? event.ticket : undefined;
      return event.kind === kind && subject?.instance === disk.path ? [event.change] : [];
    });

  it('reads the volume as df does', async () => {
    const used = await until('a reading of the volume', async () => {
      const latest = await fettle.api.latest(fettle.deviceId);
      return latest['system.filesystem.utilization']?.find(
        ({ attributes }) => attributes['system.filesystem.mountpoint'] === disk.path,
      );
    });
    expect(used.value).toBeLessThan(0.2);
  });

  it('warns above 85 %, with one ticket at once, on the feed and in the browser', async () => {
    disk.fillTo(90);
    const fired = await until('the alert', alert);
    expect(fired).toMatchObject({ state: 'open', severity: 'warning', device: fettle.deviceId, occurrences: 1 });
    expect(fired.evidence[0]?.value).toBeCloseTo(0.9, 2);
    expect(await ticket()).toMatchObject({ state: 'new', priority: 'high', rule: 'disk.space' });
    await until('the alert on the feed', () => told('alert').includes('fired'));
    await row().waitFor();
    expect(await row().innerText()).toContain('Warning');
    await screen.picture('disk-warning');
  });

  it('raises the same alert above 95 %, and its ticket', async () => {
    disk.fillTo(97);
    const raised = await until('the raise', async () => (await alert())?.severity === 'critical' && alert());
    expect(raised).toMatchObject({ occurrences: 1, ticket: (await ticket())?.id });
    expect(await ticket()).toMatchObject({ priority: 'critical' });
    await row().filter({ hasText: 'Critical' }).waitFor();
    await screen.picture('disk-critical');
    expect(await alerts()).toHaveLength(1);
    expect(await tickets()).toHaveLength(1);
  });

  it('resolves the alert when it is emptied, then its ticket', async () => {
    disk.fillTo(20);
    await until('the resolve', async () => (await alert())?.state === 'resolved');
    expect((await ticket())?.state).toBe('new');
    await until('the ticket to resolve itself', async () => (await ticket())?.state === 'resolved', 90_000);
    await until('the feed to tell of it', () => told('ticket').includes('resolved'));
    expect(told('alert')).toEqual(['fired', 'raised', 'resolved', 'confirmed']);
    expect(told('ticket')).toEqual(['opened', 'raised', 'noted', 'resolved']);
    await row().waitFor({ state: 'detached' });
    expect(screen.complaints).toEqual([]);
  });
});
