// What people are to be told of elsewhere: a row with each such change, once, and under the same key when a restored server is told again.
import { cpSync } from 'node:fs';

import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import { NOW, aTold, freshFolder, openWriter } from '../fixture.ts';

const open = (folder?: string, prefix = '') => {
  let count = 0;
  const stores = openWriter(folder, (letter) => {
    count += 1;
    return `${letter}_${prefix}${count}`;
  });
  const commit = (event: WriterEvent, nowMs = NOW) => stores.writer.commit([event], nowMs)[0]?.outcome;
  const rows = (): readonly { key: string; kind: string; event: number; subject: string }[] =>
    stores.fettle.db
      .prepare<[], { key: string; kind: string; event: number; subject: string }>('SELECT * FROM outbox ORDER BY id')
      .all();
  return { ...stores, commit, rows, kinds: () => rows().map(({ kind }) => kind) };
};

describe('the outbox', () => {
  it('has what fires, is raised, stays clear and comes back, with its ticket; and nothing else', () => {
    const { commit, kinds, fettle } = open();
    commit(aTold(1));
    expect(kinds()).toEqual(['ticket.opened', 'alert.fired']);
    commit(aTold(2, { change: 'raise', severity: 'critical', at: NOW + 1 }));
    commit(aTold(3, { change: 'lower', at: NOW + 2 }));
    commit({ type: 'ack alert', actor: SYSTEM, alert: fettle.alerts.openOf('d_1')[0]?.id ?? '' });
    commit(aTold(4, { change: 'resolve', at: NOW + 3 }));
    expect(kinds().slice(2)).toEqual(['alert.raised']);
    commit({ type: 'due' }, NOW + 10 * MINUTE_MS);
    expect(kinds().slice(3)).toEqual(['alert.resolved']);
    const ticket = fettle.db.prepare<[], { id: string; version: number }>('SELECT id, version FROM tickets').get();
    commit({
      type: 'act on ticket',
      actor: SYSTEM,
      ticket: ticket?.id ?? '',
      version: ticket?.version ?? 0,
      act: { do: 'resolve', text: 'Done.' },
    });
    commit(aTold(5, { at: NOW + 4 }), NOW + HOUR_MS);
    expect(kinds().slice(4)).toEqual(['ticket.resolved', 'ticket.reopened', 'alert.reopened']);
  });

  it('names the event that says what happened, and whom it is about; it goes with that event', () => {
    const { commit, rows, fettle } = open();
    commit(aTold(1));
    const all = fettle.events.page({ tenants: undefined, afterSeq: 0, limit: 100 });
    const told = rows().map(({ event }) => all.find(({ seq }) => seq === event));
    expect(told.map((event) => event?.kind)).toEqual(['ticket', 'alert']);
    expect(rows()[1]?.subject).toBe(fettle.alerts.openOf('d_1')[0]?.id);
    commit({ type: 'expire', eventsBeforeMs: NOW + 1, sessionsBeforeMs: 0 });
    expect(rows()).toEqual([]);
  });

  it('tells two changes of a kind apart by when they were', () => {
    const { commit, rows } = open();
    commit(aTold(1));
    for (const n of [1, 2]) {
      commit(aTold(2 * n, { change: 'raise', severity: 'critical', at: NOW + n * MINUTE_MS }));
      commit(aTold(2 * n + 1, { change: 'lower', at: NOW + n * MINUTE_MS + 1 }));
    }
    const raised = rows().filter(({ kind }) => kind === 'alert.raised');
    expect(new Set(raised.map(({ key }) => key)).size).toBe(2);
  });

  it('has an alert under the same key on a server that was restored to before it and is told of it again', () => {
    const before = open();
    before.close();
    const copy = freshFolder();
    cpSync(before.folder, copy, { recursive: true });
    const [first, restored] = [open(before.folder), open(copy, 'other')];
    first.commit(aTold(1));
    restored.commit(aTold(1), NOW + HOUR_MS);
    const alertKey = ({ rows }: typeof first) => rows().find(({ kind }) => kind === 'alert.fired')?.key;
    expect(alertKey(restored)).toBe(alertKey(first));
  });
});
