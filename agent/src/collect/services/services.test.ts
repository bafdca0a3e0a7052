// Services over a real message bus, with a stand-in for systemd on it; and over `systemctl` where there is no bus.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Clock } from '@fettle/shared/time';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { NOTHING_DECLARED } from '../../config/config.ts';
import type { Declared } from '../../config/declared.schema.ts';
import { systemClock } from '../../host/clock.ts';
import { type Host, HostError } from '../../host/host.ts';
import type { Collector, Reading } from '../collector.ts';
import { hostAt, writeTree } from '../fixture.ts';
import { BusMachine, PlayedSystemd } from './fixture.ts';
import { services } from './services.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { skip, why } = missing(needs.dbusDaemon);
const never = new AbortController().signal;
const read = (collector: Collector, host: Host): Promise<Reading> =>
  collector.collect(host, { monoMs: systemClock.monoMs(), signal: never });
const stateOf = ({ samples }: Reading): Record<string, number> =>
  Object.fromEntries(
    samples
      .filter(({ metric }) => metric === 'fettle.service.state')
      .map(({ attributes, value }) => [attributes['fettle.service.name'] ?? '', value]),
  );
const restartsOf = ({ samples }: Reading, name: string): number | undefined =>
  samples.find(
    ({ metric, attributes }) => metric === 'fettle.service.restarts' && attributes['fettle.service.name'] === name,
  )?.value;
const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + 10_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('it did not come to it');
    await sleep(5);
  }
};

describe.skipIf(skip)(`services on the message bus${why}`, () => {
  let machine: BusMachine;
  let systemd: PlayedSystemd;
  let collector: Collector;
  let changes = 0;
  const hostWith = (declared: Partial<Declared> = {}): Host => ({
    ...hostAt(machine.root),
    declared: { ...NOTHING_DECLARED, ...declared },
  });

  beforeEach(async () => {
    machine = new BusMachine();
    await machine.start();
    systemd = new PlayedSystemd();
    await systemd.connect(machine.socketPath);
    collector = services();
    changes = 0;
    collector.watch?.(() => {
      changes += 1;
    });
  });
  afterEach(async () => {
    await machine.remove(); // first: a daemon must not outlive a test that failed
    collector.close?.();
    systemd.disconnect();
  });

  it('are those that start by themselves, with their state and restarts', async () => {
    systemd.play('nginx.service');
    systemd.play('cron.service', { activeState: 'failed', restarts: 5 });
    systemd.play('sshd.service', { activeState: 'inactive' });
    systemd.play('postgresql@15-main.service', { unitFileState: 'enabled-runtime', activeState: 'activating' });
    systemd.play(String.raw`systemd-fsck@dev-disk-by\x2duuid-1.service`, { unitFileState: 'static' });
    systemd.play(String.raw`backup\x2dagent.service`, { activeState: 'reloading' });
    const host = hostWith();
    expect(await collector.probe(host)).toEqual({ ok: true, source: 'systemd over D-Bus' });
    const reading = await read(collector, host);
    expect(stateOf(reading)).toEqual({
      [String.raw`backup\x2dagent`]: 1,
      cron: 4,
      nginx: 1,
      'postgresql@15-main': 2,
      sshd: 0,
    });
    expect(restartsOf(reading, 'cron')).toBe(5);
    expect(reading.partial).toEqual([]);
    expect(collector.tier).toBe('minute');
  });

  it.each<[string, Parameters<PlayedSystemd['play']>[1]]>([
    ['is disabled', { unitFileState: 'disabled' }],
    ['is static', { unitFileState: 'static' }],
    ['ends when it has done its work', { type: 'oneshot' }],
    ['is started by a socket', { triggeredBy: ['x.socket'] }],
    ['is enabled as an alias only, for D-Bus to start it', { wantedBy: [], type: 'dbus' }],
    ['has a condition that is not met', { conditionResult: false, activeState: 'inactive' }],
  ])('one that %s is not watched, unless it is declared', async (_name, played) => {
    systemd.play('x.service', played);
    expect(stateOf(await read(collector, hostWith()))).toEqual({});
    collector.close?.();
    const state = played?.activeState === 'inactive' ? 0 : 1;
    expect(stateOf(await read(collector, hostWith({ 'services.watch': ['x'] })))).toEqual({ x: state });
  });

  it('that are ignored are not there, and declared ones that are missing are told', async () => {
    systemd.play('nginx.service');
    systemd.play('ssh.service', { unitFileState: 'disabled', alias: 'sshd.service' });
    systemd.play('noise.service');
    const watch = ['sshd', 'none.service', 'no/name'];
    const reading = await read(collector, hostWith({ 'services.watch': watch, 'services.ignore': ['noise'] }));
    expect(stateOf(reading)).toEqual({ nginx: 1, ssh: 1 });
    expect(reading.partial?.map(({ detail }) => detail)).toEqual([
      'there is no none.service on this machine',
      '"no/name" is no name of a service',
    ]);
  });

  it('a stop is told by a signal, and so is a restart between two readings', async () => {
    systemd.play('nginx.service');
    const host = hostWith();
    await read(collector, host);
    expect(changes).toBe(0);
    systemd.change('nginx.service', { activeState: 'inactive', subState: 'dead' });
    await until(() => changes === 1);
    expect(stateOf(await read(collector, host))).toEqual({ nginx: 0 });
    systemd.change('nginx.service', { activeState: 'active', subState: 'running', restarts: 1 });
    await until(() => changes === 2);
    const reading = await read(collector, host);
    expect(stateOf(reading)).toEqual({ nginx: 1 });
    expect(restartsOf(reading, 'nginx')).toBe(1);
  });

  it('only another state is news: a status text is none, nor is what nobody watches', async () => {
    systemd.play('nginx.service');
    systemd.play('task.service', { type: 'oneshot' });
    const host = hostWith();
    await read(collector, host);
    systemd.change('nginx.service', { subState: 'reload' });
    await until(() => changes === 1);
    for (let text = 0; text < 20; text += 1) systemd.tellUnit('nginx.service');
    systemd.change('task.service', { activeState: 'activating' });
    systemd.tellManager('JobRemoved', 'uoss', [1, '/org/freedesktop/systemd1/job/1', 'nginx.service', 'done']);
    systemd.tellManager('UnitNew', 'so', ['session-1.scope', '/org/freedesktop/systemd1/unit/session_2d1_2escope']);
    systemd.change('nginx.service', { activeState: 'failed' }); // comes after them
    await until(() => changes >= 2);
    expect(changes).toBe(2);
  });

  it('what a service is costs four questions at first; another minute costs one, whatever is watched', async () => {
    for (let index = 0; index < 40; index += 1) systemd.play(`s${index}.service`);
    const host = hostWith();
    await read(collector, host);
    expect(systemd.calls.filter((member) => member === 'Get')).toHaveLength(160);
    systemd.calls.length = 0;
    await read(collector, host);
    expect(systemd.calls).toEqual(['ListUnitsByNames']);
  });

  it('one that is enabled later is found when systemd says that its files changed', async () => {
    systemd.play('nginx.service');
    systemd.play('cron.service', { unitFileState: 'disabled' });
    const host = hostWith();
    await read(collector, host);
    systemd.play('cron.service');
    systemd.tellManager('Reloading', 'b', [true]);
    expect(stateOf(await read(collector, host))).toEqual({ nginx: 1 });
    systemd.tellManager('Reloading', 'b', [false]);
    await until(() => changes > 0);
    expect(stateOf(await read(collector, host))).toEqual({ cron: 1, nginx: 1 });
    systemd.units.delete('nginx.service');
    systemd.tellManager('UnitFilesChanged');
    await until(() => changes > 1);
    expect(stateOf(await read(collector, host))).toEqual({ cron: 1 });
  });

  it('ten thousand are bounded, and what is not watched is told', async () => {
    for (let index = 0; index < 10_000; index += 1) systemd.play(`s${String(index).padStart(5, '0')}.service`);
    const host = hostWith({ 'services.watch': ['s09999'] });
    const reading = await read(collector, host);
    expect(Object.keys(stateOf(reading))).toHaveLength(500);
    expect(stateOf(reading)).toHaveProperty('s09999');
    expect(reading.partial?.map(({ detail }) => detail)).toEqual([
      '500 services are not watched: 500 are',
      '9000 services were not looked at: 1000 are',
    ]);
  });

  it('what another than systemd sends is not believed', async () => {
    systemd.play('nginx.service');
    await read(collector, hostWith());
    const stranger = new PlayedSystemd();
    await stranger.connect(machine.socketPath, 'org.example.stranger');
    stranger.play('nginx.service', { activeState: 'failed' });
    for (const listener of systemd.subscribers) stranger.tellUnit('nginx.service', listener);
    expect(systemd.subscribers.size).toBe(1);
    await stranger.passedOn();
    systemd.change('nginx.service', { activeState: 'inactive' });
    await until(() => changes > 0);
    expect(changes).toBe(1);
    stranger.disconnect();
  });

  it('a bus that dies is a reason; when it is back, it is asked again', async () => {
    systemd.play('nginx.service');
    const host = hostWith();
    await read(collector, host);
    await machine.kill();
    await until(() => changes === 1);
    await expect(read(collector, host)).rejects.toBeInstanceOf(HostError);
    await machine.start();
    await systemd.connect(machine.socketPath);
    systemd.play('nginx.service', { activeState: 'failed' });
    expect(stateOf(await read(collector, host))).toEqual({ nginx: 4 });
    systemd.change('nginx.service', { activeState: 'active' });
    await until(() => changes > 1);
  });

  it('a systemd that executes itself anew is subscribed to again', async () => {
    systemd.play('nginx.service');
    const host = hostWith();
    await read(collector, host);
    systemd.disconnect();
    await until(() => changes > 0);
    systemd = new PlayedSystemd();
    await systemd.connect(machine.socketPath);
    systemd.play('nginx.service');
    await read(collector, host);
    const before = changes;
    systemd.change('nginx.service', { activeState: 'failed' });
    await until(() => changes > before);
  });

  it('one that does not answer is a reason within its time, and nothing is left of the question', async () => {
    systemd.play('nginx.service');
    systemd.mute.add('ListUnitsByNames');
    const hurried: Clock = { ...systemClock, after: (delayMs, run) => systemClock.after(delayMs / 5, run) };
    const failure: unknown = await read(collector, hostAt(machine.root, hurried)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'timeout', message: 'ListUnitsByNames did not answer within 2.5 s' });
    expect(collector.timeoutMs).toBeGreaterThan(2_500);
    systemd.mute.clear();
    systemd.calls.length = 0;
    expect(stateOf(await read(collector, hostWith()))).toEqual({ nginx: 1 });
    expect(systemd.calls[0]).toBe('Subscribe'); // anew, for what was missed
  });

  it.each(['ListUnitFilesByPatterns', 'Subscribe', 'ListUnitsByNames'])(
    'a bus whose policy forbids %s is left for systemctl, and the reason is told',
    async (member) => {
      await machine.kill();
      const what = `send_interface="org.freedesktop.systemd1.Manager" send_member="${member}"`;
      await machine.start(`<deny send_destination="org.freedesktop.systemd1" ${what}/>`);
      await systemd.connect(machine.socketPath);
      systemd.play('nginx.service');
      const host = { ...hostWith(), probe: () => Promise.resolve(CHILD_ANSWER) };
      await collector.probe(host);
      if (collector.tier === 'minute') {
        await expect(read(collector, host)).rejects.toMatchObject({ code: 'policy_blocked' });
      }
      expect(collector.tier).toBe('slow');
      const reading = await read(collector, host);
      expect(stateOf(reading)).toEqual({ nginx: 4 });
      expect(reading.source).toMatch(/^systemctl, because: .*AccessDenied/);
    },
  );

  it('one that fails again and again is left for systemctl, and taken up again when it answers', async () => {
    const host = { ...hostWith(), probe: () => Promise.resolve(CHILD_ANSWER) };
    systemd.play('nginx.service');
    expect(stateOf(await read(collector, host))).toEqual({ nginx: 1 });
    await machine.kill();
    for (let failure = 0; failure < 3; failure += 1) {
      expect(collector.tier).toBe('minute');
      await expect(read(collector, host)).rejects.toBeInstanceOf(HostError);
    }
    expect(collector.tier).toBe('slow');
    expect(stateOf(await read(collector, host))).toEqual({ nginx: 4 });
    await machine.start();
    await systemd.connect(machine.socketPath);
    const reading = await read(collector, host);
    expect(stateOf(reading)).toEqual({ nginx: 1 });
    expect(reading.source).toBe('systemd over D-Bus');
    expect(collector.tier).toBe('minute');
  });

  it('what it says in a form that is not agreed is a reason, never a state', async () => {
    systemd.play('nginx.service');
    systemd.garbage = Buffer.from('this is no message at all');
    await expect(read(collector, hostWith())).rejects.toBeInstanceOf(HostError);
  });
});

/** What the child says in these tests: another state than the bus. */
const CHILD_ANSWER = {
  source: '/usr/bin/systemctl',
  samples: [{ metric: 'fettle.service.state', attributes: { 'fettle.service.name': 'nginx' }, value: 4 }],
  partial: [],
  sections: [],
  cost: { cpuMs: 5, children: 2, bytes: 100 },
};

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
