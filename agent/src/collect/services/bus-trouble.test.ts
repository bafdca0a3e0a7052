// A message bus that dies, refuses, is silent or lies: what is believed, and when `systemctl` is asked in its place.
import type { Clock } from '@fettle/shared/time';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { systemClock } from '../../host/clock.ts';
import { HostError } from '../../host/host.ts';
import { hostAt } from '../fixture.ts';
import { CHILD_ANSWER, PlayedSystemd, ServicesOnBus, stateOf, until } from './fixture.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { skip, why } = missing(needs.dbusDaemon);

describe.skipIf(skip)(`services on the message bus${why}`, () => {
  let bus: ServicesOnBus;
  beforeEach(async () => {
    bus = new ServicesOnBus();
    await bus.start();
  });
  afterEach(() => bus.remove());

  it('what another than systemd sends is not believed', async () => {
    bus.systemd.play('nginx.service');
    await bus.read();
    const stranger = new PlayedSystemd();
    await stranger.connect(bus.machine.socketPath, 'org.example.stranger');
    stranger.play('nginx.service', { activeState: 'failed' });
    for (const listener of bus.systemd.subscribers) stranger.tellUnit('nginx.service', listener);
    expect(bus.systemd.subscribers.size).toBe(1);
    await stranger.passedOn();
    bus.systemd.change('nginx.service', { activeState: 'inactive' });
    await until(() => bus.changes > 0);
    expect(bus.changes).toBe(1);
    stranger.disconnect();
  });

  it('a bus that dies is a reason; when it is back, it is asked again', async () => {
    bus.systemd.play('nginx.service');
    const host = bus.host();
    await bus.read(host);
    await bus.machine.kill();
    await until(() => bus.changes === 1);
    await expect(bus.read(host)).rejects.toBeInstanceOf(HostError);
    await bus.machine.start();
    await bus.systemd.connect(bus.machine.socketPath);
    bus.systemd.play('nginx.service', { activeState: 'failed' });
    expect(stateOf(await bus.read(host))).toEqual({ nginx: 4 });
    bus.systemd.change('nginx.service', { activeState: 'active' });
    await until(() => bus.changes > 1);
  });

  it('a systemd that executes itself anew is subscribed to again', async () => {
    bus.systemd.play('nginx.service');
    const host = bus.host();
    await bus.read(host);
    bus.systemd.disconnect();
    await until(() => bus.changes > 0);
    bus.systemd = new PlayedSystemd();
    await bus.systemd.connect(bus.machine.socketPath);
    bus.systemd.play('nginx.service');
    await bus.read(host);
    const before = bus.changes;
    bus.systemd.change('nginx.service', { activeState: 'failed' });
    await until(() => bus.changes > before);
  });

  it('one that does not answer is a reason within its time, and nothing is left of the question', async () => {
    bus.systemd.play('nginx.service');
    bus.systemd.mute.add('ListUnitsByNames');
    const hurried: Clock = { ...systemClock, after: (delayMs, run) => systemClock.after(delayMs / 5, run) };
    const failure: unknown = await bus.read(hostAt(bus.machine.root, hurried)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'timeout', message: 'ListUnitsByNames did not answer within 2.5 s' });
    expect(bus.collector.timeoutMs).toBeGreaterThan(2_500);
    bus.systemd.mute.clear();
    bus.systemd.calls.length = 0;
    expect(stateOf(await bus.read())).toEqual({ nginx: 1 });
    expect(bus.systemd.calls[0]).toBe('Subscribe'); // anew, for what was missed
  });

  it.each(['ListUnitFilesByPatterns', 'Subscribe', 'ListUnitsByNames'])(
    'a bus whose policy forbids %s is left for systemctl, and the reason is told',
    async (member) => {
      await bus.machine.kill();
      const what = `send_interface="org.freedesktop.systemd1.Manager" send_member="${member}"`;
      await bus.machine.start(`<deny send_destination="org.freedesktop.systemd1" ${what}/>`);
      await bus.systemd.connect(bus.machine.socketPath);
      bus.systemd.play('nginx.service');
      const host = { ...bus.host(), probe: () => Promise.resolve(CHILD_ANSWER) };
      await bus.collector.probe(host);
      if (bus.collector.tier === 'minute') {
        await expect(bus.read(host)).rejects.toMatchObject({ code: 'policy_blocked' });
      }
      expect(bus.collector.tier).toBe('slow');
      const reading = await bus.read(host);
      expect(stateOf(reading)).toEqual({ nginx: 4 });
      expect(reading.source).toMatch(/^systemctl, because: .*AccessDenied/);
    },
  );

  it('one that fails again and again is left for systemctl, and taken up again when it answers', async () => {
    const host = { ...bus.host(), probe: () => Promise.resolve(CHILD_ANSWER) };
    bus.systemd.play('nginx.service');
    expect(stateOf(await bus.read(host))).toEqual({ nginx: 1 });
    await bus.machine.kill();
    for (let failure = 0; failure < 3; failure += 1) {
      expect(bus.collector.tier).toBe('minute');
      await expect(bus.read(host)).rejects.toBeInstanceOf(HostError);
    }
    expect(bus.collector.tier).toBe('slow');
    expect(stateOf(await bus.read(host))).toEqual({ nginx: 4 });
    await bus.machine.start();
    await bus.systemd.connect(bus.machine.socketPath);
    const reading = await bus.read(host);
    expect(stateOf(reading)).toEqual({ nginx: 1 });
    expect(reading.source).toBe('systemd over D-Bus');
    expect(bus.collector.tier).toBe('minute');
  });

  it('what it says in a form that is not agreed is a reason, never a state', async () => {
    bus.systemd.play('nginx.service');
    bus.systemd.garbage = Buffer.from('this is no message at all');
    await expect(bus.read()).rejects.toBeInstanceOf(HostError);
  });
});
