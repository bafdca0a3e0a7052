// With the fleet and the writer as the server has them; only the clock is moved by hand.
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import type { Outcome, WriterEvent } from '../domain/event.ts';
import { absenceRule, ruleBookAt } from '../domain/rule-book.ts';
import { timesAt } from '../domain/times.ts';
import { NOW, aDevice, openWriter } from '../fixture.ts';
import { Fleet } from '../ingest/fleet.ts';
import { lookAtPresence, writeSeen } from './presence.ts';

const pace = { divisor: 1 };

const open = () => {
  const { fettle, writer } = openWriter();
  const fleet = new Fleet();
  fleet.add(aDevice(), new Set());
  const events: WriterEvent[] = [];
  let isDiskFull = false;
  const commit = (event: WriterEvent): Promise<Outcome> => {
    events.push(event);
    if (isDiskFull) return Promise.resolve({ is: 'unavailable', message: 'full' });
    return Promise.resolve(writer.commit([event], NOW)[0]?.outcome ?? { is: 'done' });
  };
  const members = () => fleet.all();
  const look = async (nowMs: number): Promise<void> => {
    lookAtPresence({
      members,
      commit,
      moved: (id, change) => fleet.moved(id, change),
      watch: (id, sinceMs) => fleet.watchOf(id, sinceMs),
      heard: (id, atMs) => fleet.heard(id, atMs),
      context: () => ({ nowMs, times: timesAt(pace), rule: absenceRule(ruleBookAt(pace)), startedMs: 0 }),
    });
    await Promise.resolve();
  };
  const alerts = () => fettle.alerts.openOf('d_1').map(({ rule }) => rule);
  const setDiskFull = (isFull: boolean) => {
    isDiskFull = isFull;
  };
  return { fettle, fleet, events, look, alerts, setDiskFull, seen: () => writeSeen({ members, commit }) };
};

describe('looking at the fleet', () => {
  it('writes down who has gone and who is back, once each', async () => {
    const { fettle, fleet, events, look, alerts } = open();
    await look(NOW + 4 * MINUTE_MS);
    expect(events).toEqual([]);
    await look(NOW + 5 * MINUTE_MS);
    await look(NOW + 6 * MINUTE_MS);
    expect(events).toHaveLength(1);
    expect([fettle.devices.get('d_1')?.presence, alerts()]).toEqual(['offline', ['device.offline']]);
    const ticket = fettle.tickets.get(fettle.alerts.openOf('d_1')[0]?.ticket ?? '');
    expect(ticket).toMatchObject({ state: 'new', priority: 'critical', rule: 'device.offline' });

    fleet.connected('d_1', 'server', NOW + 10 * MINUTE_MS);
    await look(NOW + 11 * MINUTE_MS);
    expect(alerts()).toEqual(['device.offline']);
    await look(NOW + 12 * MINUTE_MS);
    await look(NOW + 13 * MINUTE_MS);
    expect([fettle.devices.get('d_1')?.presence, alerts(), events.length]).toEqual(['online', [], 2]);
  });

  it('that cannot be written down is done again', async () => {
    const { events, look, alerts, setDiskFull } = open();
    setDiskFull(true);
    await look(NOW + 5 * MINUTE_MS);
    await look(NOW + 5 * MINUTE_MS + 5 * SECOND_MS);
    expect([events.length, alerts()]).toEqual([2, []]);
    setDiskFull(false);
    await look(NOW + 5 * MINUTE_MS + 10 * SECOND_MS);
    await look(NOW + 5 * MINUTE_MS + 15 * SECOND_MS);
    expect([events.length, alerts()]).toEqual([3, ['device.offline']]);
  });
});

describe('looking at what an agent looks after', () => {
  const TARGET = { id: 'd_t', publicKey: 'none', hostname: 'switch 1', class: 'network', watchedBy: 'd_1' } as const;

  /** With an agent that is connected, and its target that nobody has looked at yet. */
  const openWatched = () => {
    const all = open();
    const target = aDevice({ ...TARGET, presence: 'unknown' });
    all.fettle.devices.put(target);
    all.fleet.add(target, new Set());
    all.fleet.connected('d_1', 'server', NOW);
    const read = (value: number, atMs: number): void => {
      const series = [{ metric: 'fettle.check.state', attributes: { 'fettle.check.name': 'switch 1/ping' } }];
      const block = { t0: atMs, stepMs: 1, values: [Float64Array.of(value)] };
      all.fleet.get('d_1')?.latest.note({ hash: 'h', series }, block, atMs);
    };
    const presence = () => all.fettle.devices.get('d_t')?.presence;
    return { ...all, read, presence };
  };

  it('goes by what its checks say', async () => {
    const { look, read, presence, events } = openWatched();
    await look(NOW);
    expect([presence(), events]).toEqual(['unknown', []]);
    read(1, NOW + MINUTE_MS);
    await look(NOW + MINUTE_MS);
    expect(presence()).toBe('online');
    read(0, NOW + 2 * MINUTE_MS);
    await look(NOW + 2 * MINUTE_MS);
    await look(NOW + 3 * MINUTE_MS);
    expect([presence(), events.length]).toEqual(['offline', 2]);
  });

  it('never calls it offline for its silence, nor for that of the agent: then nothing is known', async () => {
    const { fettle, fleet, look, read, presence } = openWatched();
    read(1, NOW);
    await look(NOW);
    await look(NOW + 6 * MINUTE_MS);
    expect(presence()).toBe('unknown');
    read(1, NOW + 7 * MINUTE_MS);
    await look(NOW + 7 * MINUTE_MS);
    expect(presence()).toBe('online');
    fleet.heard('d_1', NOW + 7 * MINUTE_MS);
    fleet.disconnected('d_1');
    await look(NOW + 8 * MINUTE_MS);
    expect(presence()).toBe('online');
    await look(NOW + 60 * MINUTE_MS);
    await look(NOW + 60 * MINUTE_MS + 1);
    expect(presence()).toBe('unknown');
    await look(NOW + 600 * MINUTE_MS);
    expect(fettle.alerts.openOf('d_t')).toEqual([]);
  });

  it('says nothing new of it just after a start of the server, before its agent is back', async () => {
    const { fleet, look, presence, events } = openWatched();
    fleet.disconnected('d_1');
    fleet.moved('d_t', { presence: 'online', presenceSinceMs: NOW, isAlerting: false });
    await look(MINUTE_MS);
    expect([presence(), events]).toEqual(['unknown', []]); // as it was written down
  });
});

describe('signs of life', () => {
  it('are written in one event, and only new ones', async () => {
    const { fettle, fleet, events, seen } = open();
    await seen();
    fettle.devices.put(aDevice({ id: 'd_2', publicKey: 'key-2' }));
    fleet.add(aDevice({ id: 'd_2' }), new Set());
    fleet.heard('d_1', NOW + 1);
    fleet.heard('d_2', NOW + 2);
    await seen();
    await seen();
    expect(events).toHaveLength(1);
    expect(['d_1', 'd_2'].map((id) => fettle.devices.get(id)?.lastSeenMs)).toEqual([NOW + 1, NOW + 2]);
  });

  it('that cannot be written are written later', async () => {
    const { fettle, fleet, seen, setDiskFull } = open();
    fleet.heard('d_1', NOW + 1);
    setDiskFull(true);
    await seen();
    setDiskFull(false);
    await seen();
    expect(fettle.devices.get('d_1')?.lastSeenMs).toBe(NOW + 1);
  });
});
