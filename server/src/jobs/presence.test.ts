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
