// From alerts to tickets and back, as the writer does it: over days, with people in between.
import type { Transition } from '@fettle/shared/alert/alert';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import type { Actor } from '../domain/actor.ts';
import type { PersonEvent, WriterEvent } from '../domain/event.ts';
import { NOW, aDevice, aTold, openWriter } from '../fixture.ts';

const eva: Actor = { kind: 'person', id: 'p_1', name: 'eva', role: 'owner', tenants: 'all' };
const stranger: Actor = { ...eva, name: 'stranger', tenants: ['bistro'] };

const open = () => {
  const stores = openWriter();
  const { fettle, writer } = stores;
  let seq = 0;
  const commit = (event: WriterEvent, nowMs = NOW) => writer.commit([event], nowMs)[0]?.outcome;
  const tell = (nowMs: number, change: Partial<Transition>) => {
    seq += 1;
    return commit(aTold(seq, { at: nowMs, ...change }), nowMs);
  };
  const fire = (nowMs = NOW, change: Partial<Transition> = {}) => tell(nowMs, { change: 'fire', ...change });
  const resolve = (nowMs: number) => tell(nowMs, { change: 'resolve' });
  const due = (nowMs: number) => commit({ type: 'due' }, nowMs);
  const tickets = () =>
    fettle.tickets
      .page({ tenants: undefined, states: [], device: '', after: { createdMs: Infinity, id: '' }, limit: 99 })
      .toReversed();
  const states = () => tickets().map(({ number, state }) => `${number} ${state}`);
  const last = () => {
    const ticket = tickets().at(-1);
    if (!ticket) throw new Error('no ticket');
    return ticket;
  };
  const alert = () => {
    const found = fettle.alerts.newestOf(fettle.db.prepare<[], string>('SELECT key FROM alerts').pluck().get() ?? '');
    if (!found) throw new Error('no alert');
    return found;
  };
  const whats = () => fettle.tickets.notes(last().id).map(({ what }) => what);
  return { ...stores, commit, fire, resolve, due, tickets, states, last, alert, whats };
};

describe('a problem on a server', () => {
  it('that is over by itself: the ticket resolves itself after half an hour, and closes after three days', () => {
    const { fire, resolve, due, states, whats, alert, last } = open();
    fire();
    expect([states(), alert().ticket]).toEqual([['ACME-1 new'], last().id]);
    resolve(NOW + HOUR_MS);
    due(NOW + HOUR_MS + 30 * MINUTE_MS - 1);
    expect(states()).toEqual(['ACME-1 new']);
    due(NOW + HOUR_MS + 30 * MINUTE_MS);
    expect(states()).toEqual(['ACME-1 resolved']);
    due(NOW + 74 * HOUR_MS);
    expect([states(), whats()]).toEqual([['ACME-1 closed'], ['opened', 'noted', 'resolved', 'closed']]);
  });

  it('that comes back before that keeps its ticket open', () => {
    const { fire, resolve, due, states } = open();
    fire();
    resolve(NOW + HOUR_MS);
    fire(NOW + HOUR_MS + MINUTE_MS);
    due(NOW + 3 * HOUR_MS);
    expect(states()).toEqual(['ACME-1 new']);
  });

  it('that comes every day for ten days is one ticket, and from the third time on it waits for a person', () => {
    const { fire, resolve, due, states, last } = open();
    for (let day = 0; day < 10; day += 1) {
      fire(NOW + day * DAY_MS);
      resolve(NOW + day * DAY_MS + HOUR_MS);
      due(NOW + day * DAY_MS + 2 * HOUR_MS);
      expect([day, states()]).toEqual([day, [day < 3 ? 'ACME-1 resolved' : 'ACME-1 open']]);
    }
    expect(last()).toMatchObject({ reopened: 3, isTouched: true });
  });

  it('that comes back after the ticket was closed is a new ticket', () => {
    const { fire, resolve, due, states } = open();
    fire();
    resolve(NOW + HOUR_MS);
    due(NOW + 2 * HOUR_MS);
    due(NOW + 80 * HOUR_MS);
    fire(NOW + 81 * HOUR_MS);
    expect(states()).toEqual(['ACME-1 closed', 'ACME-2 new']);
  });

  it('of two volumes is two tickets', () => {
    const { fire, states } = open();
    fire();
    fire(NOW, { instance: '/home' });
    expect(states()).toEqual(['ACME-1 new', 'ACME-2 new']);
  });
});

describe('a problem that needs no ticket at once', () => {
  const onDesktop = () => {
    const parts = open();
    parts.fettle.devices.put(aDevice({ class: 'desktop' }));
    parts.fire(NOW, { rule: 'cpu.sustained', instance: '' });
    return parts;
  };

  it('gets one when nobody has seen it for an hour', () => {
    const { due, states, alert, last } = onDesktop();
    due(NOW + HOUR_MS - 1);
    expect(states()).toEqual([]);
    due(NOW + HOUR_MS);
    due(NOW + 2 * HOUR_MS);
    expect([states(), alert().ticket]).toEqual([['ACME-1 new'], last().id]);
  });

  it.each(['acknowledged', 'over'] as const)('gets none when it is %s by then', (what) => {
    const { commit, fettle, due, states, alert } = onDesktop();
    if (what === 'over') commit(aTold(2, { change: 'resolve', rule: 'cpu.sustained', instance: '' }));
    else commit({ type: 'ack alert', actor: eva, alert: alert().id });
    expect(fettle.timers.due(Infinity, 9).filter(({ kind }) => kind.endsWith('ticket'))).toEqual([]);
    due(NOW + HOUR_MS);
    expect(states()).toEqual([]);
  });
});

describe('people', () => {
  it('take a ticket by its alert: it waits for them when the problem is over', () => {
    const { commit, fire, resolve, due, states, last, alert } = open();
    fire();
    expect(commit({ type: 'ack alert', actor: eva, alert: alert().id })).toEqual({ is: 'done' });
    expect([alert().state, alert().ackedBy, last().assignee]).toEqual(['acked', 'eva', 'eva']);
    resolve(NOW + HOUR_MS);
    due(NOW + 100 * HOUR_MS);
    expect(states()).toEqual(['ACME-1 open']);
    expect(commit({ type: 'ack alert', actor: eva, alert: alert().id })).toMatchObject({ code: 'alert_resolved' });
  });

  it('who only add a note while it is about to resolve itself keep it open', () => {
    const { commit, fire, resolve, due, states, last } = open();
    fire();
    resolve(NOW + HOUR_MS);
    commit(
      {
        type: 'act on ticket',
        actor: eva,
        ticket: last().id,
        version: null,
        act: { do: 'note', text: 'Let me look.' },
      },
      NOW + HOUR_MS,
    );
    due(NOW + 2 * HOUR_MS);
    expect(states()).toEqual(['ACME-1 new']);
  });

  it('resolve a ticket while its alert stands: that is seen then, and opens no other', () => {
    const { commit, fire, last, alert, states, due } = open();
    fire();
    const { id: ticket, version } = last();
    expect(
      commit({ type: 'act on ticket', actor: eva, ticket, version, act: { do: 'resolve', text: 'Known.' } }),
    ).toEqual({ is: 'done' });
    expect([states(), alert().state, alert().ackedBy]).toEqual([['ACME-1 resolved'], 'acked', 'eva']);
    due(NOW + HOUR_MS);
    expect(states()).toEqual(['ACME-1 resolved']);
  });

  it('cannot change what has changed since they looked', () => {
    const { commit, fire, last } = open();
    fire();
    const { id: ticket, version } = last();
    expect(commit({ type: 'act on ticket', actor: eva, ticket, version, act: { do: 'take' } })).toEqual({ is: 'done' });
    expect(
      commit({ type: 'act on ticket', actor: eva, ticket, version, act: { do: 'resolve', text: '' } }),
    ).toMatchObject({
      is: 'refused',
      code: 'version_conflict',
    });
    expect(last()).toMatchObject({ state: 'open', assignee: 'eva', version: version + 1 });
  });

  it('cannot take or resolve what is resolved, but can add a note', () => {
    const { commit, fire, last, whats } = open();
    fire();
    commit({
      type: 'act on ticket',
      actor: eva,
      ticket: last().id,
      version: last().version,
      act: { do: 'resolve', text: 'Done.' },
    });
    const { id: ticket, version } = last();
    expect(commit({ type: 'act on ticket', actor: eva, ticket, version, act: { do: 'take' } })).toMatchObject({
      code: 'ticket_closed',
    });
    expect(
      commit({
        type: 'act on ticket',
        actor: eva,
        ticket,
        version: null,
        act: { do: 'note', text: 'It was the cache.' },
      }),
    ).toEqual({ is: 'done' });
    expect(whats()).toEqual(['opened', 'resolved', 'noted']);
  });

  it('of another tenant find nothing, and change nothing', () => {
    const { commit, fire, last, alert, whats } = open();
    fire();
    const { id: ticket, version } = last();
    const tries: readonly PersonEvent[] = [
      { type: 'ack alert', actor: stranger, alert: alert().id },
      { type: 'act on ticket', actor: stranger, ticket, version, act: { do: 'take' } },
      { type: 'act on ticket', actor: stranger, ticket, version, act: { do: 'resolve', text: '' } },
      { type: 'act on ticket', actor: stranger, ticket, version: null, act: { do: 'note', text: 'hello' } },
      { type: 'act on ticket', actor: eva, ticket: 't_none', version, act: { do: 'take' } },
    ];
    expect(tries.map((event) => commit(event))).toMatchObject(tries.map(() => ({ code: 'not_found' })));
    expect([whats(), alert().state]).toEqual([['opened'], 'open']);
  });

  it('are written down with what they did', () => {
    const { commit, fire, last, fettle } = open();
    fire();
    commit({ type: 'act on ticket', actor: eva, ticket: last().id, version: last().version, act: { do: 'take' } });
    commit({
      type: 'act on ticket',
      actor: stranger,
      ticket: last().id,
      version: null,
      act: { do: 'note', text: 'no' },
    });
    expect(fettle.db.prepare('SELECT tenant, actor, action, subject FROM audit').all()).toEqual([
      { tenant: 'acme', actor: 'person:p_1', action: 'ticket.take', subject: last().id },
    ]);
  });
});
