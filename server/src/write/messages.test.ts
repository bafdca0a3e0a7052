// What becomes of a message until somebody has it, or it is given up; by the real writer.
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { aChannel, aRoute } from '../domain/notice/fixture.ts';
import { FAILED, open } from './notices-fixture.ts';

describe('a message', () => {
  it('that is not taken is tried again, later each time, and then given up; a person sends it again', () => {
    const server = open();
    server.told();
    server.pass(MINUTE_MS);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 12; attempt += 1) {
      const [order] = server.claim();
      if (!order) throw new Error(`there is no attempt ${attempt}`);
      expect(order.attempt).toBe(attempt);
      server.attempted(order, FAILED);
      const waitMs = (server.fettle.deliveries.get(order.id)?.nextMs ?? 0) - server.now();
      if (attempt < 12) waits.push(waitMs);
      server.pass(waitMs);
    }
    expect(waits.map((ms) => ms / SECOND_MS)).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
    expect(server.states()).toContain('alert.fired dead 503');
    const resend = () =>
      server.commit({ type: 'resend notice', actor: SYSTEM, delivery: server.messages()[0]?.delivery ?? '' });
    expect(resend()).toEqual({ is: 'done' });
    expect(server.send()).toEqual(['ch_1 alert / firing alert.fired']);
    expect(resend()).toMatchObject({ code: 'notice_not_dead' });
  });

  it('that the receiver will never take is given up at once', () => {
    const server = open();
    server.told();
    server.pass(MINUTE_MS);
    server.send({ ...FAILED, isLasting: true });
    expect(server.states()).toContain('alert.fired dead 503');
  });

  it('that was not taken is not sent when all of it is over, unless it may have arrived', () => {
    for (const mayHaveArrived of [false, true]) {
      const server = open();
      server.told();
      server.pass(MINUTE_MS);
      server.send({ ...FAILED, mayHaveArrived });
      server.told({ change: 'resolve' });
      server.pass(11 * SECOND_MS);
      expect(server.send()).toHaveLength(mayHaveArrived ? 1 : 0);
      server.pass(HOUR_MS);
      expect(server.send()).toHaveLength(mayHaveArrived ? 1 : 0);
    }
  });

  it('waits while its channel has had what it may have in an hour', () => {
    const server = open([aChannel('ch_1', { perHour: 2 }), aRoute()]);
    const rules = ['disk.space', 'disk.inodes', 'cpu.sustained'];
    for (const rule of rules) server.told({ rule });
    server.pass(MINUTE_MS);
    expect([server.send().length, server.send().length, server.send().length]).toEqual([1, 1, 0]);
    server.pass(30 * MINUTE_MS);
    expect(server.send()).toHaveLength(1);
  });

  it('of a channel does not wait for that of another', () => {
    const server = open([
      aChannel('ch_1'),
      aChannel('ch_2'),
      aRoute({ to: [{ channel: 'ch_1' }, { channel: 'ch_2' }] }),
    ]);
    server.told();
    server.told({ rule: 'disk.inodes' });
    server.pass(MINUTE_MS);
    expect(
      server
        .claim()
        .map(({ channel }) => channel.id)
        .toSorted(),
    ).toEqual(['ch_1', 'ch_2']);
    expect(server.commit({ type: 'claim notices', limit: 16, busy: ['ch_1'] })).toMatchObject({
      orders: [{ channel: { id: 'ch_2' } }],
    });
  });

  it('of a channel that is gone is given up, and says why', () => {
    const server = open();
    server.told();
    server.pass(MINUTE_MS);
    server.send(FAILED);
    server.fettle.channels.remove('ch_1');
    server.pass(MINUTE_MS);
    server.send();
    expect(server.states()).toContain('alert.fired dead the channel was removed');
  });

  it('is not repeated by a channel that is gone', () => {
    const server = open();
    server.told();
    server.pass(MINUTE_MS);
    server.send();
    server.fettle.channels.remove('ch_1');
    server.pass(25 * HOUR_MS);
    server.send();
    expect(server.fettle.noticeTold.get(server.alert(), 'ch_1')).toBeUndefined();
    expect(server.states().filter((text) => text.startsWith('notice'))).toEqual([]);
  });
});
