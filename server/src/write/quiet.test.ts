// Who is told of an alert and who is not, as the writer does it: over hours, with parents, sites and people.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { WriterEvent } from '../domain/event.ts';
import { NOW, aDevice } from '../fixture.ts';
import { eva, open } from './quiet-fixture.ts';

describe('what a person wants to hear no more', () => {
  it('is told again at the end of a snooze, and before it when it gets worse', () => {
    const { tell, act, pass, told, now } = open();
    tell({});
    told();
    expect(act({ type: 'snooze alert', untilMs: now() + HOUR_MS })).toEqual({ is: 'done' });
    pass(59 * MINUTE_MS);
    expect(told()).toEqual([]);
    pass(2 * MINUTE_MS);
    expect(told()).toEqual(['alert.fired']);
    act({ type: 'snooze alert', untilMs: now() + HOUR_MS });
    tell({ change: 'raise', severity: 'critical' });
    expect(told()).toEqual(['alert.raised']);
  });

  it('is a problem until a date, through all its alerts', () => {
    const { tell, act, pass, told, now } = open();
    tell({});
    told();
    act({ type: 'mute alert', untilMs: now() + 2 * DAY_MS, reason: 'new disk is ordered' });
    tell({ change: 'resolve' });
    pass(25 * HOUR_MS);
    told();
    tell({});
    expect(told()).toEqual([]);
    pass(24 * HOUR_MS);
    expect(told()).toEqual(['alert.fired']);
  });

  it('is heard again at once when it is unmuted; a time that has passed is refused', () => {
    const { tell, act, told, pass, now } = open();
    tell({});
    told();
    act({ type: 'mute alert', untilMs: now() + DAY_MS, reason: 'x' });
    pass(MINUTE_MS);
    act({ type: 'unmute alert' });
    expect(told()).toEqual(['alert.fired']);
    expect(act({ type: 'snooze alert', untilMs: now() })).toMatchObject({ code: 'time_passed' });
  });

  it('is heard again at once when its snooze is ended; without one nothing comes of it', () => {
    const { tell, act, told, pass, alert, now } = open();
    tell({});
    told();
    act({ type: 'unsnooze alert' });
    expect(told()).toEqual([]);
    act({ type: 'snooze alert', untilMs: now() + HOUR_MS });
    pass(MINUTE_MS);
    expect(alert()?.hush?.why).toBe('snoozed');
    act({ type: 'unsnooze alert' });
    expect(alert()).toMatchObject({ hush: null, updatedMs: now() });
    expect(told()).toEqual(['alert.fired']);
  });

  it('is given to somebody, who has the ticket then', () => {
    const { tell, act, alert, fettle } = open();
    const kim = {
      id: 'p_1',
      name: 'Kim',
      role: 'technician',
      createdMs: NOW,
      tenants: ['acme'],
      isDisabled: false,
    } as const;
    fettle.people.put(kim, NOW);
    tell({});
    expect(act({ type: 'assign alert', assignee: 'otto' })).toMatchObject({
      code: 'assignee_unknown',
      message: '"otto" cannot be given anything of acme. These can be: Kim.',
    });
    expect(alert()?.assignee).toBeNull();
    act({ type: 'assign alert', assignee: 'kim' });
    expect(alert()?.assignee).toBe('Kim');
    expect(fettle.tickets.get(alert()?.ticket ?? '')).toMatchObject({ assignee: 'Kim', state: 'open' });
  });
});

describe('what another alert says better', () => {
  it('is quiet until that is over, and speaks ten minutes later if it still stands', () => {
    const { tell, pass, told } = open();
    tell({ rule: 'smart.failed', instance: 'S1', severity: 'critical' });
    tell({ rule: 'smart.pending', instance: 'S1' });
    tell({ rule: 'smart.pending', instance: 'S2' });
    expect(told()).toEqual(['alert.fired', 'alert.fired']); // the disk that failed, and the other disk
    tell({ rule: 'smart.failed', instance: 'S1', change: 'resolve', severity: 'critical' });
    pass(9 * MINUTE_MS);
    expect(told()).toEqual([]);
    pass(2 * MINUTE_MS);
    expect(told().toSorted()).toEqual(['alert.fired', 'alert.resolved']);
  });
});

describe('a whole site', () => {
  const silent = (device: string, lastSeenMs: number, isAlerting = true): WriterEvent => ({
    type: 'presence',
    device,
    presence: isAlerting ? 'offline' : 'online',
    lastSeenMs,
    goodbye: null,
    isAlerting,
  });
  const ruleOf = ({ fettle }: ReturnType<typeof open>) =>
    fettle.db
      .prepare<[], string>("SELECT rule FROM alerts WHERE state <> 'resolved' AND hush_why IS NULL ORDER BY rule")
      .pluck()
      .all();
  const withSite = (count: number) => {
    const server = open();
    for (let n = 2; n <= count; n += 1) server.fettle.devices.put(aDevice({ id: `d_${n}`, publicKey: `key-${n}` }));
    return server;
  };

  it('that goes silent is one alert and one ticket; who is not back with the others is told then', () => {
    const server = withSite(4);
    for (const device of ['d_1', 'd_2', 'd_3']) server.commit(silent(device, NOW - 5 * MINUTE_MS));
    expect([server.told(), server.tickets()]).toEqual([[], 0]);
    server.pass(2 * MINUTE_MS);
    expect([server.told(), ruleOf(server), server.tickets()]).toEqual([['alert.fired'], ['site.outage'], 1]);
    for (const device of ['d_1', 'd_2']) server.commit(silent(device, server.now(), false));
    server.pass(11 * MINUTE_MS);
    expect([server.told().toSorted(), ruleOf(server)]).toEqual([['alert.fired', 'alert.resolved'], ['device.offline']]);
  });

  it('is no alert where its rule is switched off: each is told by itself', () => {
    const server = withSite(3);
    const spot = { tenant: 'acme', level: 'tenant', place: 'acme', rule: 'site.outage' } as const;
    const changes = [{ ...spot, version: 0, document: { disabled: true } }];
    expect(server.commit({ type: 'change rules', actor: eva, changes })).toEqual({ is: 'done' });
    for (const device of ['d_1', 'd_2', 'd_3']) server.commit(silent(device, NOW - 5 * MINUTE_MS));
    server.pass(2 * MINUTE_MS);
    expect(ruleOf(server)).toEqual(['device.offline', 'device.offline', 'device.offline']);
  });

  it.each([
    ['two of four', 4, ['d_1', 'd_2'], 0],
    ['three of six', 6, ['d_1', 'd_2', 'd_3'], 0],
    ['three that went minutes apart', 4, ['d_1', 'd_2', 'd_3'], 2 * MINUTE_MS],
  ])('is not %s: each is told by itself, a minute later', (_name, count, gone, apartMs) => {
    const server = withSite(count);
    for (const [order, device] of gone.entries()) server.commit(silent(device, NOW - 5 * MINUTE_MS - order * apartMs));
    expect(server.told()).toEqual([]);
    server.pass(2 * MINUTE_MS);
    expect(ruleOf(server)).toEqual(gone.map(() => 'device.offline'));
  });

  it('half of all devices at once is told as the server’s own trouble', () => {
    const server = open();
    server.commit({ type: 'self check', isSuspected: true });
    expect([server.told(), ruleOf(server)]).toEqual([['alert.fired'], ['server.selfcheck']]);
    server.commit({ type: 'self check', isSuspected: false });
    expect(ruleOf(server)).toEqual([]);
  });
});

describe('what was so before the agent came', () => {
  it('is kept, listed and told to nobody, in the first week and after it; what is new is told', () => {
    const { tell, pass, told, tickets, alert } = open(NOW - HOUR_MS);
    tell({ first: true });
    tell({ rule: 'service.stopped', instance: 'cron' });
    expect(told()).toEqual(['alert.fired']);
    pass(9 * DAY_MS);
    expect([told(), tickets(), alert()?.hush?.why]).toEqual([[], 1, 'preexisting']);
    tell({ change: 'raise', severity: 'critical' });
    expect([told(), tickets()]).toEqual([['alert.raised'], 2]);
  });
});

describe('what comes and goes', () => {
  it('each few minutes is told when it begins and how it stands in the end, and no more', () => {
    const { tell, pass, told, alert } = open();
    for (let n = 0; n < 20; n += 1) {
      tell({ change: n % 2 === 0 ? 'fire' : 'resolve' });
      pass(3 * MINUTE_MS);
    }
    expect([told(), alert()?.flapping?.isClear]).toEqual([['alert.fired'], true]);
    pass(2 * HOUR_MS + 15 * MINUTE_MS);
    expect([told(), alert()]).toEqual([['alert.resolved'], undefined]);
  });

  it('whatever its rhythm below ten minutes, is told at most twice', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 40 }), (minutes) => {
        const { tell, pass, told, close } = open();
        for (const [order, wait] of minutes.entries()) {
          tell({ change: order % 2 === 0 ? 'fire' : 'resolve' });
          pass(wait * MINUTE_MS);
        }
        pass(3 * HOUR_MS);
        expect(told().length).toBeLessThanOrEqual(2);
        close();
      }),
      { numRuns: 30 },
    );
  });
});

it('a device in which everything fails makes at most 21 tickets in an hour, and resolves them when it is well', () => {
  const { tell, pass, tickets, fettle } = open();
  for (let n = 0; n < 60; n += 1) tell({ rule: 'disk.readonly', instance: `/${n}`, severity: 'critical' });
  expect(tickets()).toBe(6); // five, and the one that gathers
  for (let n = 0; n < 60; n += 1)
    tell({ rule: 'disk.readonly', instance: `/${n}`, severity: 'critical', change: 'resolve' });
  for (let hour = 0; hour < 3; hour += 1) pass(HOUR_MS);
  expect(fettle.db.prepare("SELECT count(*) FROM tickets WHERE state <> 'resolved'").pluck().get()).toBe(0);
});
