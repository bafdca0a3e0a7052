// With the fleet and the writer as the server has them; only the clock is moved by hand.
import { DAY_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import type { Run } from '@fettle/shared/wire/agent-message.schema';
import { describe, expect, it } from 'vitest';

import type { Outcome, WriterEvent } from '../domain/event.ts';
import { ruleBookAt, silenceIn } from '../domain/rule-book.ts';
import { timesAt } from '../domain/times.ts';
import { NOW, aDevice, openWriter } from '../fixture.ts';
import { Fleet } from '../ingest/fleet.ts';
import { lookAtPresence, writeSeen } from './presence.ts';
import { SelfCheck } from './self-check.ts';

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
  const look = async (nowMs: number, isOff = false): Promise<void> => {
    lookAtPresence({
      members,
      commit,
      moved: (id, change) => fleet.moved(id, change),
      watch: (id, sinceMs) => fleet.watchOf(id, sinceMs),
      heard: (id, atMs) => fleet.heard(id, atMs),
      selfCheck: new SelfCheck({
        members: () => [],
        connected: () => 0,
        commit: () => Promise.resolve({ is: 'done' }),
      }),
      context: () => ({ nowMs, times: timesAt(pace), startedMs: 0 }),
      silence: () => ({ ...silenceIn(ruleBookAt(pace)), isOff }),
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

  it('alerts of nobody while the rule of silence is switched off, and says who is away all the same', async () => {
    const { fettle, look, alerts } = open();
    await look(NOW + 5 * MINUTE_MS, true);
    expect([fettle.devices.get('d_1')?.presence, alerts()]).toEqual(['offline', []]);
    await look(NOW + 6 * MINUTE_MS);
    expect(alerts()).toEqual(['device.offline']);
    await look(NOW + 7 * MINUTE_MS, true);
    expect(alerts()).toEqual([]);
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

describe('a start of the server', () => {
  const DOWN_MS = 30 * MINUTE_MS;
  const STARTED = NOW + DOWN_MS;
  const ids = Array.from({ length: 20 }, (_, index) => `d_${index + 1}`);

  /** The server was away for half an hour: the fleet as a new one reads it, and what the agents say when they are back. */
  const restarted = () => {
    const { fettle, writer } = openWriter();
    for (const id of ids) fettle.devices.put(aDevice({ id, publicKey: id, hostname: id }));
    const fleet = new Fleet();
    for (const device of fettle.devices.all()) fleet.add(device, new Set());
    const commit = (event: WriterEvent, nowMs: number) => writer.commit([event], nowMs)[0]?.outcome ?? { is: 'done' };
    const look = (nowMs: number): void =>
      lookAtPresence({
        members: () => fleet.all(),
        commit: (event) => Promise.resolve(commit(event, nowMs)),
        moved: (id, change) => fleet.moved(id, change),
        watch: (id, sinceMs) => fleet.watchOf(id, sinceMs),
        heard: (id, atMs) => fleet.heard(id, atMs),
        selfCheck: new SelfCheck({
          members: () => fleet.all(),
          connected: () => fleet.connectedCount,
          commit: (event) => Promise.resolve(commit(event, nowMs)),
        }),
        context: () => ({ nowMs, times: timesAt(pace), startedMs: STARTED }),
        silence: () => silenceIn(ruleBookAt(pace)),
      });
    const back = (id: string, nowMs: number, run: Run): void => {
      const left = fleet.leaveOf(id);
      fleet.connected(id, 'server', nowMs);
      const about = { hostname: id, os: 'linux', class: 'server', agentVersion: '0.1.0', bootId: 'boot-1' } as const;
      commit({ type: 'hello', device: id, ...about, clockOffsetMs: 0, run, ...(left && { left }) }, nowMs);
    };
    return { fettle, look, back };
  };

  it('calls nobody offline for it, says nothing of where they were, and after three minutes misses the one that is', () => {
    const { fettle, look, back } = restarted();
    const ran = { uptimeMs: DAY_MS, agentMs: DAY_MS, asleepMs: 0, lastEnd: 'stopped' } as const;
    const missing = () => fettle.devices.all().flatMap(({ id, presence }) => (presence === 'online' ? [] : [id]));
    for (let seconds = 0; seconds < 180; seconds += 5) {
      const id = ids[seconds / 5];
      const nowMs = STARTED + seconds * SECOND_MS;
      if (id !== undefined && id !== 'd_20') back(id, nowMs, ran);
      look(nowMs);
      expect([seconds, missing()]).toEqual([seconds, []]);
    }
    expect(ids.flatMap((id) => fettle.absences.of(id))).toEqual([]);
    look(STARTED + 3 * MINUTE_MS);
    expect(missing()).toEqual(['d_20']);
    expect(fettle.alerts.openOf('d_20')).toMatchObject([{ rule: 'device.offline' }]);
  });

  it('knows of an agent that died meanwhile', () => {
    const { fettle, back } = restarted();
    const anew = { uptimeMs: MINUTE_MS, agentMs: 30 * SECOND_MS, asleepMs: 0, lastEnd: 'killed' } as const;
    back('d_1', STARTED + MINUTE_MS, anew);
    expect(fettle.absences.of('d_1')).toMatchObject([{ kind: 'agent died', fromMs: NOW }]);
  });
});
