// Who is told at night, and who is asked when nobody acknowledges; by the real writer.
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { aChannel, aRoute } from '../domain/notice/fixture.ts';
import type { Rota } from '../domain/notice/rota.ts';
import { NOW } from '../fixture.ts';
import { open } from './notices-fixture.ts';

describe('a night of quiet hours', () => {
  const quiet = { zone: 'UTC', from: '11:00', to: '13:00', days: [1, 2, 3, 4, 5, 6, 7], holdsCritical: true };

  it('keeps one notice of each kind and subject, however often a thing comes and goes, and tells how it stands', () => {
    const server = open([aChannel('ch_1'), aRoute({ quiet })]);
    for (let change = 0; change < 60; change += 1) {
      server.told({ change: change % 2 === 0 ? 'fire' : 'resolve' });
      server.pass(30 * SECOND_MS);
      expect(server.send()).toEqual([]);
    }
    const held = server.states().filter((text) => text.includes('waiting'));
    expect(held.length).toBeLessThanOrEqual(3);
    server.told();
    server.pass(HOUR_MS);
    expect(server.send()).toEqual(['ch_1 alert / firing alert.reopened']);
  });
});

describe('on call', () => {
  const people = (...channels: readonly string[]) => channels.map((channel) => ({ name: channel, channel }));
  const aRota = (id: string, change: Partial<Rota> = {}): Rota => ({
    id,
    tenant: '',
    name: id,
    zone: 'UTC',
    start: '2026-11-23',
    handover: '09:00',
    turnDays: 1,
    people: people('ch_1'),
    escalation: null,
    ...change,
  });

  it('is whose turn it is; nobody answers, and the next is told, and the one after; somebody does, and nobody more', () => {
    const escalation = { afterMinutes: 15, to: 'ro_2' };
    const server = open([
      ...['ch_1', 'ch_2', 'ch_3', 'ch_4'].map((id) => aChannel(id)),
      aRota('ro_3', { people: people('ch_4') }),
      aRota('ro_2', { people: people('ch_3'), escalation: { afterMinutes: 10, to: 'ro_3' } }),
      aRota('ro_1', { people: people('ch_1', 'ch_2'), escalation }),
      aRoute({ to: [{ rota: 'ro_1' }] }),
    ]);
    server.pass(24 * HOUR_MS);
    server.told({ severity: 'critical' });
    server.pass(MINUTE_MS);
    expect(server.send()).toEqual(['ch_2 alert / firing alert.fired']);
    server.pass(15 * MINUTE_MS);
    expect(server.send()).toEqual([]);
    server.pass(30 * SECOND_MS);
    expect(server.send()).toEqual(['ch_3 alert / firing notice.escalated']);
    server.commit({ type: 'ack alert', actor: SYSTEM, alert: server.alert() });
    for (let hour = 0; hour < 24; hour += 1) {
      server.pass(HOUR_MS);
      expect(server.send()).toEqual([]);
    }
    server.told({ change: 'resolve', severity: 'critical' });
    server.pass(MINUTE_MS);
    expect(server.send().toSorted()).toEqual([
      'ch_2 alert / resolved alert.resolved',
      'ch_3 alert / resolved alert.resolved',
    ]);
  });

  it('is asked with the next repetition when the device was away at their time: nobody knew how it stood', () => {
    const server = open([
      ...['ch_1', 'ch_2'].map((id) => aChannel(id)),
      aRota('ro_2', { people: people('ch_2') }),
      aRota('ro_1', { escalation: { afterMinutes: 15, to: 'ro_2' } }),
      aRoute({ to: [{ rota: 'ro_1' }] }),
    ]);
    const isThere = (presence: 'online' | 'offline') =>
      server.commit({ type: 'presence', device: 'd_1', presence, lastSeenMs: NOW, goodbye: null, isAlerting: false });
    server.told({ severity: 'critical' });
    server.pass(MINUTE_MS);
    expect(server.send()).toEqual(['ch_1 alert / firing alert.fired']);
    isThere('offline');
    server.pass(HOUR_MS);
    expect(server.send()).toEqual([]);
    isThere('online');
    server.pass(3 * HOUR_MS);
    expect(server.send()).toEqual([]);
    server.pass(MINUTE_MS);
    expect(server.send().toSorted()).toEqual([
      'ch_1 alert / firing notice.repeated',
      'ch_2 alert / firing notice.escalated',
    ]);
  });

  it('a circle of escalations is refused', () => {
    const server = open([
      aChannel('ch_1'),
      aRota('ro_1'),
      aRota('ro_2', { escalation: { afterMinutes: 5, to: 'ro_1' } }),
    ]);
    const change = (to: string) =>
      server.commit({
        type: 'put notice setting',
        actor: SYSTEM,
        kind: 'rota',
        setting: aRota('ro_1', { escalation: { afterMinutes: 5, to } }),
      });
    expect(change('ro_2')).toMatchObject({
      is: 'refused',
      code: 'escalation_circle',
      message: /ro_1, then ro_2, then ro_1/,
    });
    expect(change('ro_1')).toMatchObject({ is: 'refused', code: 'escalation_circle' });
    expect(change('ro_9')).toMatchObject({ is: 'refused', code: 'setting_unknown' });
  });
});
