// Machines without a message bus: no services to read, or those that `systemctl` names.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { hostAt, writeTree } from '../fixture.ts';
import { CHILD_ANSWER, read, stateOf } from './fixture.ts';
import { services } from './services.ts';

describe('a machine without a bus', () => {
  const root = mkdtempSync(join(tmpdir(), 'fettle-services-'));
  afterAll(() => rmSync(root, { recursive: true }));

  it.each([
    ['sysvinit', { 'proc/1/comm': 'init\n' }, 'PID 1 is not systemd (it is init)'],
    ['nothing known', { 'etc/os-release': '' }, 'PID 1 is not systemd'],
  ])('and with %s has no services to read', async (name, files, detail) => {
    const machine = join(root, name);
    writeTree(machine, files);
    const capability = await services().probe(hostAt(machine));
    expect(capability).toEqual({ ok: false, reason: { code: 'not_on_this_os', detail } });
  });

  it('and with systemd asks systemctl each quarter of an hour, and says why', async () => {
    const machine = join(root, 'systemd');
    writeTree(machine, { 'run/systemd/system/.keep': '' });
    const collector = services();
    const host = { ...hostAt(machine), probe: () => Promise.resolve(CHILD_ANSWER) };
    const source = 'systemctl, because: there is no message bus at /run/dbus/system_bus_socket';
    expect(await collector.probe(host)).toEqual({ ok: true, source });
    expect(collector.tier).toBe('slow');
    const reading = await read(collector, host);
    expect(stateOf(reading)).toEqual({ nginx: 4 });
    expect(reading).toMatchObject({ source, cost: { children: 2 } });
  });
});
