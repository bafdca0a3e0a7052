// What people do with tickets, as the writer keeps it: their own tickets, waits, links, merges, and what comes of them later.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import type { Actor } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import type { TicketAct } from '../domain/ticket/decide.ts';
import type { NewTicket } from '../domain/ticket/opening.ts';
import { NOW, aDevice, aTold, openWriter } from '../fixture.ts';

const eva: Actor = { kind: 'person', id: 'p_1', name: 'eva', role: 'owner', tenants: 'all' };
const stranger: Actor = { ...eva, tenants: ['bistro'] };
const MAIL: NewTicket = {
  subject: 'Mail is slow',
  body: 'Since Monday.',
  priority: 'normal',
  requester: 'ann',
  category: null,
  assignee: null,
  device: null,
};

const open = () => {
  const stores = openWriter(undefined, undefined, { flappingMs: 0 }); // each time counts here
  const { fettle, writer } = stores;
  const result = (event: WriterEvent, nowMs = NOW) => writer.commit([event], nowMs)[0];
  const commit = (event: WriterEvent, nowMs = NOW) => result(event, nowMs)?.outcome;
  const ask = (change: Partial<NewTicket> = {}, actor = eva, tenant = 'acme') =>
    commit({ type: 'open ticket', actor, tenant, ticket: { ...MAIL, ...change } });
  const asked = (change: Partial<NewTicket> = {}): string => {
    const made = ask(change);
    if (made?.is !== 'made') throw new Error('not made');
    return made.id;
  };
  const act = (ticket: string, act_: TicketAct, nowMs = NOW) =>
    commit({ type: 'act on ticket', actor: eva, ticket, version: null, act: act_ }, nowMs);
  const get = (id: string) => {
    const ticket = fettle.tickets.get(id);
    if (!ticket) throw new Error('no ticket');
    return ticket;
  };
  const ofAlert = (): string =>
    fettle.db
      .prepare<[], string>("SELECT id FROM tickets WHERE rule <> '' ORDER BY created_ms DESC, id DESC")
      .pluck()
      .get() ?? '';
  const due = (nowMs: number) => commit({ type: 'due' }, nowMs);
  return { ...stores, result, commit, ask, asked, act, get, ofAlert, due };
};

describe('a ticket that a person opens', () => {
  it('is about no device, and the feed hears of it', () => {
    const { result, fettle } = open();
    const made = result({ type: 'open ticket', actor: eva, tenant: 'acme', ticket: MAIL });
    expect(made?.outcome.is).toBe('made');
    expect(made?.feed).toMatchObject(
      [
        {
          kind: 'ticket',
          change: 'opened',
          device: '',
          ticket: { ...MAIL, body: undefined, number: 'ACME-1', deviceName: null },
        },
      ].map(({ ticket: { body: _body, ...ticket }, ...rest }) => ({ ...rest, ticket })),
    );
    expect(fettle.db.prepare('SELECT actor, action FROM audit').all()).toEqual([
      { actor: 'person:p_1', action: 'ticket.open' },
    ]);
  });

  it('is about a device, and stays when that goes', () => {
    const { asked, get, commit } = open();
    const id = asked({ device: 'd_1' });
    expect(get(id)).toMatchObject({ device: 'd_1', site: 'office' });
    commit({ type: 'remove devices', actor: eva, tenant: 'acme' });
    expect(get(id)).toMatchObject({ device: null, subject: 'Mail is slow' });
  });

  it('is refused where it cannot be', () => {
    const { ask, fettle } = open();
    fettle.tenants.put('bistro', 'Bistro', 'BIS');
    fettle.tenants.putSite('bar', 'bistro', 'Bar');
    fettle.devices.put(aDevice({ id: 'd_2', publicKey: 'key-2', tenant: 'bistro', site: 'bar' }));
    expect([
      ask({}, stranger),
      ask({}, eva, 'nobody'),
      ask({ device: 'd_none' }),
      ask({ device: 'd_2' }),
    ]).toMatchObject(Array.from({ length: 4 }, () => ({ code: 'not_found' })));
  });
});

describe('a ticket that waits', () => {
  it('goes on when its date comes, to the moment', () => {
    const { asked, act, get, due } = open();
    const id = asked();
    act(id, { do: 'wait', wait: { for: 'scheduled', untilMs: NOW + HOUR_MS, reason: '' } });
    due(NOW + HOUR_MS - 1);
    expect(get(id).state).toBe('waiting');
    due(NOW + HOUR_MS);
    expect(get(id)).toMatchObject({ state: 'open', wait: null });
  });

  it('by another date, or by none, is not ended by the first', () => {
    const { asked, act, get, due } = open();
    const id = asked();
    const wait = (untilMs: number | null, nowMs: number) =>
      act(id, { do: 'wait', wait: { for: 'vendor', untilMs, reason: '' } }, nowMs);
    wait(NOW + HOUR_MS, NOW);
    wait(NOW + 3 * HOUR_MS, NOW + 1);
    due(NOW + 2 * HOUR_MS);
    expect(get(id).state).toBe('waiting');
    wait(null, NOW + 2 * HOUR_MS);
    due(NOW + 9 * HOUR_MS);
    expect(get(id).state).toBe('waiting');
    act(id, { do: 'continue' });
    expect(get(id).state).toBe('open');
  });
});

describe('links, time and merging', () => {
  it('links stay within the tenant, and can be taken away', () => {
    const { asked, act, fettle } = open();
    const [one, other] = [asked(), asked()];
    act(one, { do: 'link', other, link: 'duplicate' });
    act(one, { do: 'link', other, link: 'duplicate' });
    expect(fettle.tickets.links(one)).toEqual([{ ticket: other, number: 'ACME-2', link: 'duplicate' }]);
    act(one, { do: 'unlink', other, link: 'duplicate' });
    expect(fettle.tickets.links(one)).toEqual([]);
    expect(act(one, { do: 'link', other: one, link: 'related' })).toMatchObject({ code: 'same_ticket' });
    expect(act(one, { do: 'link', other: 't_none', link: 'related' })).toMatchObject({ code: 'not_found' });
  });

  it('time is added up', () => {
    const { asked, act, fettle } = open();
    const id = asked();
    for (const minutes of [10, 25]) act(id, { do: 'spend time', minutes, text: '' });
    expect(fettle.tickets.minutesSpent(id)).toBe(35);
    expect(fettle.tickets.notes(id).filter(({ isInternal }) => isInternal)).toHaveLength(2);
  });

  it('a merged ticket closes, its alerts move, and what they do later is done there', () => {
    const { commit, asked, act, get, ofAlert, fettle } = open();
    commit(aTold(1));
    const [merged, into] = [ofAlert(), asked()];
    expect(act(merged, { do: 'merge', into })).toEqual({ is: 'done' });
    expect(get(merged)).toMatchObject({ state: 'closed', mergedInto: into });
    expect(fettle.alerts.ofTicket(into)).toHaveLength(1);
    commit(aTold(2, { change: 'raise', severity: 'critical', at: NOW + 1 }), NOW + 1);
    expect(get(into)).toMatchObject({ priority: 'critical', state: 'new' });
    commit(aTold(3, { change: 'resolve', at: NOW + 2 }), NOW + 2);
    commit(aTold(4, { at: NOW + 2 * DAY_MS }), NOW + 2 * DAY_MS);
    expect(fettle.db.prepare('SELECT count(*) AS count FROM tickets').get()).toEqual({ count: 2 });
    expect(act(merged, { do: 'reopen', text: '' })).toMatchObject({ code: 'ticket_closed' });
  });

  it('a ticket is not merged into itself, nor into one that is closed or not there', () => {
    const { asked, act } = open();
    const [one, other] = [asked(), asked()];
    act(other, { do: 'resolve', text: '' });
    expect([one, other, 't_none'].map((into) => act(one, { do: 'merge', into }))).toMatchObject([
      { code: 'same_ticket' },
      { code: 'ticket_closed' },
      { code: 'not_found' },
    ]);
  });
});

describe('a ticket of an alert', () => {
  it('keeps what the alert was judged on, whatever it says later', () => {
    const { commit, ofAlert, fettle } = open();
    commit(aTold(1));
    const later = [{ metric: 'system.filesystem.utilization', value: 0.99, threshold: 0.95 }];
    commit(aTold(2, { change: 'raise', severity: 'critical', evidence: later, at: NOW + 1 }), NOW + 1);
    expect(fettle.ticketEvidence.of(ofAlert())).toMatchObject([
      { severity: 'warning', evidence: [{ value: 0.91 }], atMs: NOW },
    ]);
  });

  it('keeps the first and the newest of what it was reopened with', () => {
    const { commit, ofAlert, fettle } = open();
    commit(aTold(1));
    const alert = fettle.alerts.ofTicket(ofAlert())[0];
    if (!alert) throw new Error('no alert');
    for (let at = 1; at <= 30; at += 1)
      fettle.ticketEvidence.add(ofAlert(), { ...alert, alert: alert.id, atMs: NOW + at });
    const kept = fettle.ticketEvidence.of(ofAlert()).map(({ atMs }) => atMs - NOW);
    expect([kept.length, kept[0], kept[1], kept.at(-1)]).toEqual([20, 0, 12, 30]);
  });

  it('says that it fired again at most once an hour, and counts each time', () => {
    const { commit, ofAlert, get, fettle } = open();
    commit(aTold(1));
    const before = get(ofAlert()).version;
    for (let again = 0; again < 10; again += 1) {
      const at = NOW + (again + 1) * 4 * MINUTE_MS;
      commit(aTold(2 * again + 2, { change: 'resolve', at }), at);
      commit(aTold(2 * again + 3, { at: at + 1 }), at + 1);
    }
    const told = fettle.tickets.notes(ofAlert()).filter(({ text }) => text.includes('fired again'));
    expect([told.length, get(ofAlert()).fires]).toEqual([1, 11]);
    expect(told[0]?.text.replaceAll('\u00A0', ' ')).toBe(
      'The alert fired again, 2 times by now. Used: 91 % (limit 85 %).',
    );
    // ten times clear, once fired again: a firing that is only counted is no new version
    expect(get(ofAlert()).version - before).toBe(11);
  });

  it('that is left as it is opens no other until the date, and a linked one after it', () => {
    const { commit, act, ofAlert, get, due, fettle } = open();
    commit(aTold(1));
    const left = ofAlert();
    expect(act(left, { do: 'leave', untilMs: NOW + 10 * DAY_MS, text: 'Too dear.' })).toEqual({ is: 'done' });
    const again = (seq: number, at: number) => {
      commit(aTold(seq, { change: 'resolve', at }), at);
      commit(aTold(seq + 1, { at: at + 1 }), at + 1);
    };
    due(NOW + 4 * DAY_MS);
    again(2, NOW + 5 * DAY_MS);
    expect([ofAlert(), get(left).state]).toEqual([left, 'closed']);
    again(4, NOW + 11 * DAY_MS);
    expect(ofAlert()).not.toBe(left);
    expect(fettle.tickets.links(ofAlert())).toEqual([{ ticket: left, number: 'ACME-1', link: 'follows' }]);
  });

  it('that opens late is told to the feed with its alert', () => {
    const { fettle, commit, result, ofAlert } = open();
    fettle.devices.put(aDevice({ class: 'desktop' }));
    commit(aTold(1, { rule: 'cpu.sustained', instance: '' }));
    commit(
      aTold(2, { rule: 'cpu.sustained', instance: '', change: 'raise', severity: 'critical', at: NOW + 1 }),
      NOW + 30 * MINUTE_MS,
    );
    const late = result({ type: 'due' }, NOW + HOUR_MS);
    const told = late?.feed.map((event) => `${event.kind} ${event.change}`);
    expect(told).toEqual(['ticket opened', 'alert ticketed']);
    expect(late?.feed.at(-1)).toMatchObject({ alert: { ticket: ofAlert(), ticketNumber: 'ACME-1' } });
  });

  it('that was resolved cannot be reopened beside a newer one of its problem', () => {
    const { commit, act, ofAlert, due } = open();
    commit(aTold(1));
    const first = ofAlert();
    act(first, { do: 'resolve', text: '' });
    commit(aTold(2, { change: 'resolve', at: NOW + 1 }), NOW + 1);
    commit(aTold(3, { at: NOW + 73 * HOUR_MS }), NOW + 73 * HOUR_MS);
    expect(ofAlert()).not.toBe(first);
    const answer = { do: 'comment', from: 'requester', text: 'Still.' } as const;
    expect([act(first, { do: 'reopen', text: '' }), act(first, answer)]).toMatchObject([
      { code: 'ticket_closed' },
      { code: 'ticket_closed' },
    ]);
    due(NOW + 74 * HOUR_MS);
    expect(act(first, answer)).toMatchObject({ code: 'ticket_closed' });
  });
});
