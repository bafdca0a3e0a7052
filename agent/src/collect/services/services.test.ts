// Services over a real message bus, with a stand-in for systemd on it: which of them are watched, and what is news of them.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { type PlayedSystemd, ServicesOnBus, restartsOf, stateOf, until } from './fixture.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { skip, why } = missing(needs.dbusDaemon);

describe.skipIf(skip)(`services on the message bus${why}`, () => {
  let bus: ServicesOnBus;
  beforeEach(async () => {
    bus = new ServicesOnBus();
    await bus.start();
  });
  afterEach(() => bus.remove());

  it('are those that start by themselves, with their state and restarts', async () => {
    bus.systemd.play('nginx.service');
    bus.systemd.play('cron.service', { activeState: 'failed', restarts: 5 });
    bus.systemd.play('sshd.service', { activeState: 'inactive' });
    bus.systemd.play('postgresql@15-main.service', { unitFileState: 'enabled-runtime', activeState: 'activating' });
    bus.systemd.play(String.raw`systemd-fsck@dev-disk-by\x2duuid-1.service`, { unitFileState: 'static' });
    bus.systemd.play(String.raw`backup\x2dagent.service`, { activeState: 'reloading' });
    const host = bus.host();
    expect(await bus.collector.probe(host)).toEqual({ ok: true, source: 'systemd over D-Bus' });
    const reading = await bus.read(host);
    expect(stateOf(reading)).toEqual({
      [String.raw`backup\x2dagent`]: 1,
      cron: 4,
      nginx: 1,
      'postgresql@15-main': 2,
      sshd: 0,
    });
    expect(restartsOf(reading, 'cron')).toBe(5);
    expect(reading.partial).toEqual([]);
    expect(bus.collector.tier).toBe('minute');
  });

  it.each<[string, Parameters<PlayedSystemd['play']>[1]]>([
    ['is disabled', { unitFileState: 'disabled' }],
    ['is static', { unitFileState: 'static' }],
    ['ends when it has done its work', { type: 'oneshot' }],
    ['is started by a socket', { triggeredBy: ['x.socket'] }],
    ['is enabled as an alias only, for D-Bus to start it', { wantedBy: [], type: 'dbus' }],
    ['has a condition that is not met', { conditionResult: false, activeState: 'inactive' }],
  ])('one that %s is not watched, unless it is declared', async (_name, played) => {
    bus.systemd.play('x.service', played);
    expect(stateOf(await bus.read())).toEqual({});
    bus.collector.close?.();
    const state = played?.activeState === 'inactive' ? 0 : 1;
    expect(stateOf(await bus.read(bus.host({ 'services.watch': ['x'] })))).toEqual({ x: state });
  });

  it('that are ignored are not there, and declared ones that are missing are told', async () => {
    bus.systemd.play('nginx.service');
    bus.systemd.play('ssh.service', { unitFileState: 'disabled', alias: 'sshd.service' });
    bus.systemd.play('noise.service');
    const watch = ['sshd', 'none.service', 'no/name'];
    const reading = await bus.read(bus.host({ 'services.watch': watch, 'services.ignore': ['noise'] }));
    expect(stateOf(reading)).toEqual({ nginx: 1, ssh: 1 });
    expect(reading.partial?.map(({ detail }) => detail)).toEqual([
      'there is no none.service on this machine',
      '"no/name" is no name of a service',
    ]);
  });

  it('a stop is told by a signal, and so is a restart between two readings', async () => {
    bus.systemd.play('nginx.service');
    const host = bus.host();
    await bus.read(host);
    expect(bus.changes).toBe(0);
    bus.systemd.change('nginx.service', { activeState: 'inactive', subState: 'dead' });
    await until(() => bus.changes === 1);
    expect(stateOf(await bus.read(host))).toEqual({ nginx: 0 });
    bus.systemd.change('nginx.service', { activeState: 'active', subState: 'running', restarts: 1 });
    await until(() => bus.changes === 2);
    const reading = await bus.read(host);
    expect(stateOf(reading)).toEqual({ nginx: 1 });
    expect(restartsOf(reading, 'nginx')).toBe(1);
  });

  it('only another state is news: a status text is none, nor is what nobody watches', async () => {
    bus.systemd.play('nginx.service');
    bus.systemd.play('task.service', { type: 'oneshot' });
    const host = bus.host();
    await bus.read(host);
    bus.systemd.change('nginx.service', { subState: 'reload' });
    await until(() => bus.changes === 1);
    for (let text = 0; text < 20; text += 1) bus.systemd.tellUnit('nginx.service');
    bus.systemd.change('task.service', { activeState: 'activating' });
    bus.systemd.tellManager('JobRemoved', 'uoss', [1, '/org/freedesktop/systemd1/job/1', 'nginx.service', 'done']);
    bus.systemd.tellManager('UnitNew', 'so', ['session-1.scope', '/org/freedesktop/systemd1/unit/session_2d1_2escope']);
    bus.systemd.change('nginx.service', { activeState: 'failed' }); // comes after them
    await until(() => bus.changes >= 2);
    expect(bus.changes).toBe(2);
  });

  it('what a service is costs four questions at first; another minute costs one, whatever is watched', async () => {
    for (let index = 0; index < 40; index += 1) bus.systemd.play(`s${index}.service`);
    const host = bus.host();
    await bus.read(host);
    expect(bus.systemd.calls.filter((member) => member === 'Get')).toHaveLength(160);
    bus.systemd.calls.length = 0;
    await bus.read(host);
    expect(bus.systemd.calls).toEqual(['ListUnitsByNames']);
  });

  it('one that is enabled later is found when systemd says that its files changed', async () => {
    bus.systemd.play('nginx.service');
    bus.systemd.play('cron.service', { unitFileState: 'disabled' });
    const host = bus.host();
    await bus.read(host);
    bus.systemd.play('cron.service');
    bus.systemd.tellManager('Reloading', 'b', [true]);
    expect(stateOf(await bus.read(host))).toEqual({ nginx: 1 });
    bus.systemd.tellManager('Reloading', 'b', [false]);
    await until(() => bus.changes > 0);
    expect(stateOf(await bus.read(host))).toEqual({ cron: 1, nginx: 1 });
    bus.systemd.units.delete('nginx.service');
    bus.systemd.tellManager('UnitFilesChanged');
    await until(() => bus.changes > 1);
    expect(stateOf(await bus.read(host))).toEqual({ cron: 1 });
  });

  it('ten thousand are bounded, and what is not watched is told', async () => {
    for (let index = 0; index < 10_000; index += 1) bus.systemd.play(`s${String(index).padStart(5, '0')}.service`);
    const host = bus.host({ 'services.watch': ['s09999'] });
    const reading = await bus.read(host);
    expect(Object.keys(stateOf(reading))).toHaveLength(500);
    expect(stateOf(reading)).toHaveProperty('s09999');
    expect(reading.partial?.map(({ detail }) => detail)).toEqual([
      '500 services are not watched: 500 are',
      '9000 services were not looked at: 1000 are',
    ]);
  });
});
