// A writer over hours, and what people are told by it.
import type { Transition } from '@fettle/shared/alert/alert';
import { MINUTE_MS } from '@fettle/shared/time';
import { expect } from 'vitest';

import type { Actor } from '../domain/actor.ts';
import type { MaintenanceWindow } from '../domain/alert/maintenance.ts';
import type { WriterEvent } from '../domain/event.ts';
import { NOW, aDevice, aTold, openWriter } from '../fixture.ts';

export const eva = { kind: 'person', id: 'p_1', name: 'eva', role: 'owner', tenants: 'all' } as const satisfies Actor;

type OfAlert<E> = E extends { readonly alert: string; readonly actor: Actor } ? Omit<E, 'actor' | 'alert'> : never;

export const open = (enrolledMs = 0) => {
  const stores = openWriter();
  const { fettle, writer } = stores;
  fettle.devices.put({ ...aDevice(), enrolledMs });
  let nowMs = NOW;
  let seq = 0;
  const commit = (event: WriterEvent) => writer.commit([event], nowMs)[0]?.outcome;
  const tell = (change: Partial<Transition>) => {
    seq += 1;
    expect(commit(aTold(seq, { at: nowMs, since: nowMs, ...change }))).toEqual({ is: 'done' });
  };
  /** Minute by minute, as timers come due. */
  const pass = (ms: number) => {
    for (const end = nowMs + ms; nowMs < end;) {
      nowMs = Math.min(end, nowMs + MINUTE_MS);
      commit({ type: 'due' });
    }
  };
  /** What people are told from here on, each time it is asked. */
  let seen = 0;
  const told = (): readonly string[] => {
    const rows = fettle.db
      .prepare<[number], { id: number; kind: string }>('SELECT id, kind FROM outbox WHERE id > ? ORDER BY id')
      .all(seen);
    seen = rows.at(-1)?.id ?? seen;
    return rows.map(({ kind }) => kind).filter((kind) => kind.startsWith('alert.'));
  };
  const alert = (rule = 'disk.space') => fettle.alerts.openOf('d_1').find((one) => one.rule === rule);
  const tickets = () => fettle.db.prepare<[], number>('SELECT count(*) FROM tickets').pluck().get() ?? 0;
  const act = (event: OfAlert<WriterEvent>) => commit({ ...event, actor: eva, alert: alert()?.id ?? '' });
  const window = (time: MaintenanceWindow['time']) =>
    commit({
      type: 'open window',
      actor: eva,
      id: 'w_1',
      tenant: 'acme',
      scope: { kind: 'device', id: 'd_1' },
      time,
      reason: '',
    });
  return { ...stores, commit, tell, pass, told, alert, tickets, act, window, now: () => nowMs };
};
