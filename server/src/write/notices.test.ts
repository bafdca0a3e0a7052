// From the outbox to messages and back, by the real writer on a real store. What is sent is what the test claims, and its fate what it says.
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { aChannel, aRoute } from '../domain/notice/fixture.ts';
import { headlineOf } from '../domain/notice/message.ts';
import { open } from './notices-fixture.ts';

describe('a notice', () => {
  it('waits half a minute for others of its group, and comes with them in one message', () => {
    const server = open();
    server.told();
    server.pass(10 * SECOND_MS);
    server.told({ instance: '/data' });
    server.pass(19 * SECOND_MS);
    expect(server.claim()).toEqual([]);
    server.pass(SECOND_MS);
    const orders = server.claim();
    expect(orders.map(({ message }) => message.items.map(({ instance }) => instance))).toEqual([['/', '/data']]);
  });

  it('of what runs out of time is one for all tickets of a tenant, whatever they are about, and says the worst of each', () => {
    const server = open([aChannel('ch_1'), aRoute({ kinds: ['sla'] })]);
    for (const rule of ['disk.space', 'raid.degraded', 'smart.failed'])
      server.told({ rule, instance: rule, severity: 'critical' });
    const words = {
      body: '',
      priority: 'critical',
      requester: null,
      category: null,
      assignee: null,
      device: null,
    } as const;
    for (const subject of ['Mail', 'Phones'])
      server.commit({ type: 'open ticket', actor: SYSTEM, tenant: 'acme', ticket: { subject, ...words } });
    server.pass(22.5 * MINUTE_MS);
    server.commit({ type: 'due' });
    server.pass(30 * SECOND_MS);
    const [warned, ...others] = server.claim();
    expect(others).toEqual([]);
    const critical = server.fettle.db
      .prepare<[], string>("SELECT id FROM tickets WHERE priority = 'critical' ORDER BY id")
      .pluck()
      .all();
    expect(critical.length).toBeGreaterThan(2);
    expect(warned?.message.items.map(({ id }) => id).toSorted()).toEqual(critical);
    if (!warned) return;
    expect(headlineOf(warned.message)).toBe(`Critical: SLA of ${critical.length} tickets`);
    expect([warned.message.tenant, warned.message.rule]).toEqual(['acme', '']);
    server.attempted(warned);
    server.pass(4.1 * MINUTE_MS); // 27 min: 90 %
    server.commit({ type: 'due' });
    server.pass(3 * MINUTE_MS); // 30 min: the breach, before the group may speak again
    server.commit({ type: 'due' });
    server.pass(MINUTE_MS);
    const [breached] = server.claim();
    expect(breached?.message.items.map(({ why }) => why)).toEqual(critical.map(() => 'sla.breached'));
  });

  it('of a group that was told comes five minutes after it', () => {
    const server = open();
    server.told();
    server.pass(30 * SECOND_MS);
    expect(server.send()).toEqual(['ch_1 alert / firing alert.fired']);
    server.told({ instance: '/data' });
    server.pass(5 * MINUTE_MS - 1);
    expect(server.send()).toEqual([]);
    server.pass(1);
    expect(server.send()).toEqual(['ch_1 alert /data firing alert.fired']);
  });

  it('of what was over before it was told is none, and neither is its end', () => {
    const server = open();
    server.told();
    server.told({ change: 'resolve' });
    server.pass(MINUTE_MS);
    expect(server.send()).toEqual([]);
    expect(server.states().filter((text) => text.startsWith('alert'))).toEqual([
      'alert.resolved skipped it was over before it was told',
      'alert.fired skipped it was over before it was told',
    ]);
  });

  it('of its end goes to whoever was told, also when no route leads there any more', () => {
    const server = open([aChannel('ch_1'), aChannel('ch_2'), aRoute()]);
    server.told();
    server.pass(MINUTE_MS);
    server.send();
    server.commit({
      type: 'put notice setting',
      actor: SYSTEM,
      kind: 'route',
      setting: aRoute({ to: [{ channel: 'ch_2' }] }),
    });
    server.told({ change: 'resolve' });
    server.pass(10 * MINUTE_MS);
    expect(server.send()).toEqual(['ch_1 alert / resolved alert.resolved']);
  });

  it('that nobody acknowledges is repeated: a warning after a day, a critical one after four hours; acknowledged no more', () => {
    const server = open();
    server.told();
    server.told({ instance: '/data', severity: 'critical' });
    server.pass(MINUTE_MS);
    expect(server.send()).toHaveLength(2);
    server.pass(4 * HOUR_MS);
    server.claim();
    server.pass(MINUTE_MS);
    expect(server.send()).toEqual(['ch_1 alert /data firing notice.repeated']);
    for (const { id } of server.fettle.alerts.openOf('d_1'))
      server.commit({ type: 'ack alert', actor: SYSTEM, alert: id });
    for (let hour = 0; hour < 48; hour += 1) {
      server.pass(HOUR_MS);
      expect(server.send()).toEqual([]);
    }
  });

  it('acknowledged before it was told is not told', () => {
    const server = open();
    server.told();
    server.commit({ type: 'ack alert', actor: SYSTEM, alert: server.alert() });
    server.pass(MINUTE_MS);
    expect(server.send()).toEqual([]);
    expect(server.states()).toContain('alert.fired skipped a person knows of it');
  });

  it('that is raised is told again, and the new severity counts', () => {
    const server = open();
    server.told();
    server.pass(MINUTE_MS);
    server.send();
    server.told({ change: 'raise', severity: 'critical' });
    server.pass(6 * MINUTE_MS);
    expect(server.send()).toEqual(['ch_1 alert / firing alert.raised']);
  });

  it('that no route fits says so', () => {
    const server = open([aChannel('ch_1'), aRoute({ severities: ['critical'] })]);
    server.told();
    server.pass(MINUTE_MS);
    expect(server.send()).toEqual([]);
    expect(server.states()).toContain('alert.fired skipped no route fits');
  });

  it('of a ticket is mentioned with its alert, and both ends are told', () => {
    const server = open([aChannel('ch_1'), aRoute({ kinds: ['alert', 'ticket'] })]);
    server.told();
    server.pass(MINUTE_MS);
    const [order] = server.claim();
    expect(order?.message.items).toMatchObject([{ type: 'alert', ticket: { number: 'ACME-1' } }]);
    if (order) server.attempted(order);
    server.told({ change: 'resolve' });
    server.pass(6 * MINUTE_MS);
    expect(server.send()).toEqual(['ch_1 alert / resolved alert.resolved']);
    server.pass(25 * MINUTE_MS);
    server.commit({ type: 'due' });
    server.pass(MINUTE_MS);
    expect(server.send()).toEqual(['ch_1 ticket / resolved ticket.resolved']);
  });

  it('waits for the end of quiet hours, and is not told when it is over by then; what is critical is told', () => {
    const quiet = { zone: 'UTC', from: '11:00', to: '13:00', days: [1, 2, 3, 4, 5, 6, 7], holdsCritical: false };
    const server = open([aChannel('ch_1'), aRoute({ quiet })]);
    server.told();
    server.told({ instance: '/data' });
    server.told({ instance: '/bad', severity: 'critical' });
    server.pass(MINUTE_MS);
    expect(server.send()).toEqual(['ch_1 alert /bad firing alert.fired']);
    server.told({ change: 'resolve', instance: '/data' });
    server.pass(58 * MINUTE_MS);
    expect(server.send()).toEqual([]);
    server.pass(7 * MINUTE_MS);
    expect(server.send()).toEqual(['ch_1 alert / firing alert.fired']);
  });
});
