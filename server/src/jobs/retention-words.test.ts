// What people and agents have said is kept as long as it is of use.
import { DAY_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import type { Delivery } from '../domain/notice/delivery.ts';
import { NOW, aTicket, aTold, anAlert } from '../fixture.ts';
import { open } from './retention-fixture.ts';

describe('the event log', () => {
  it('goes after 90 days, in steps, and goes on counting', async () => {
    const { fettle, addEvents, steps, expireAll } = open();
    addEvents(5_500, 91 * DAY_MS);
    addEvents(2, 90 * DAY_MS);
    await expireAll();
    expect(fettle.events.range()).toEqual({ first: 5_501, last: 5_502 });
    expect(steps.slice(2)).toEqual(['expire: more', 'expire: done']);
    fettle.db.exec('DELETE FROM events');
    addEvents(1, 0);
    expect(fettle.events.range()).toEqual({ first: 5_503, last: 5_503 });
  });
});

describe('what people and agents have said', () => {
  it('goes when it has been over for long: alerts after thirteen months, mutes and windows with the event log', async () => {
    const { fettle, expireAll } = open();
    const ended = (id: string, days: number) =>
      fettle.alerts.put(anAlert({ id, instance: id, state: 'resolved', resolvedMs: NOW - days * DAY_MS }));
    ended('a_old', 400.1);
    ended('a_late', 399.9);
    fettle.alertLabels.put('a_old', 'acme', { labels: {}, annotations: {}, link: null });
    fettle.alerts.put(anAlert({ id: 'a_open', sinceMs: NOW - 1_000 * DAY_MS }));
    const mute = (key: string, untilMs: number) =>
      fettle.mutes.put({ key, tenant: 'acme', untilMs, by: 'eva', reason: '', atMs: 0 });
    mute('old', NOW - 91 * DAY_MS);
    mute('new', NOW - 89 * DAY_MS);
    const window = (id: string, endMs: number) =>
      fettle.maintenance.put({
        id,
        tenant: 'acme',
        scope: { kind: 'tenant' },
        time: { kind: 'once', startMs: 0, endMs },
        reason: '',
        by: 'eva',
      });
    window('w_old', NOW - 91 * DAY_MS);
    window('w_new', NOW - 89 * DAY_MS);
    await expireAll();
    expect(['a_old', 'a_late', 'a_open'].map((id) => fettle.alerts.get(id)?.id)).toEqual([
      undefined,
      'a_late',
      'a_open',
    ]);
    expect(fettle.alertLabels.of('a_old')).toBeUndefined();
    expect(['old', 'new'].map((key) => fettle.mutes.get(key)?.key)).toEqual([undefined, 'new']);
    expect(['w_old', 'w_new'].map((id) => fettle.maintenance.get(id)?.id)).toEqual([undefined, 'w_new']);
  });

  it('of what was told goes with the event log, and what was given up, too', async () => {
    const { fettle, writer, expireAll } = open();
    writer.commit([aTold(1), { type: 'plan notices' }], NOW);
    const delivery: Delivery = {
      id: 'm_1',
      key: 'k',
      channel: 'c',
      tenant: 'acme',
      topic: 't',
      message: { topic: 't', tenant: 'acme', site: '', rule: '', atMs: 0, items: [], more: 0 },
      tells: [],
      state: 'dead',
      attempts: 12,
      nextMs: 0,
      isOwed: false,
      answer: '503',
      madeMs: 0,
      settledMs: NOW - 91 * DAY_MS,
    };
    fettle.deliveries.put(delivery);
    fettle.deliveries.put({ ...delivery, id: 'm_2', settledMs: NOW - 89 * DAY_MS });
    const count = (table: string) => fettle.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    expect([count('notices'), count('outbox')]).not.toContain(0);
    fettle.db.prepare('UPDATE events SET at_ms = ?').run(NOW - 91 * DAY_MS);
    await expireAll();
    expect([count('notices'), count('outbox'), count('events')]).toEqual([0, 0, 0]);
    expect(['m_1', 'm_2'].map((id) => fettle.deliveries.get(id)?.id)).toEqual([undefined, 'm_2']);
    expect(count('tickets')).toBe(1);
  });
});

describe('a key under which a ticket was asked for', () => {
  it('goes after a day', async () => {
    const { fettle, expireAll } = open();
    fettle.tickets.put(aTicket());
    const key = (name: string, ageMs: number) =>
      fettle.once.put({ actor: 'p_1', key: name, asked: 'h', ticket: 't_1', atMs: NOW - ageMs });
    key('old', DAY_MS);
    key('new', DAY_MS - 1);
    await expireAll();
    expect([fettle.once.get('p_1', 'old'), fettle.once.get('p_1', 'new')?.ticket]).toEqual([undefined, 't_1']);
    expect([fettle.once.count('p_1', NOW - DAY_MS), fettle.once.count('p_2', 0)]).toEqual([1, 0]);
  });
});
