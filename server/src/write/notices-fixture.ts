// A writer that tells people, on a real store: the test claims what is to be sent, and says its fate.
import { expect } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import type { Channel } from '../domain/notice/channel.ts';
import type { Attempted, Order } from '../domain/notice/delivery.ts';
import { aChannel, aRoute } from '../domain/notice/fixture.ts';
import type { Rota } from '../domain/notice/rota.ts';
import type { Route } from '../domain/notice/route.ts';
import { NOW, aTold, openWriter } from '../fixture.ts';

export const SENT: Attempted = { is: 'sent', answer: '200 OK' };
export const FAILED = {
  is: 'failed',
  answer: '503',
  mayHaveArrived: false,
  isLasting: false,
  retryAfterMs: null,
} as const satisfies Attempted;

/** An end is told at once here, and what comes and goes is news each time: how both are held back is for telling.test.ts. */
export const AT_ONCE = { settleMs: 0, flappingMs: 0 } as const;

export const open = (settings: readonly (Channel | Route | Rota)[] = [aChannel('ch_1'), aRoute()]) => {
  const stores = openWriter(undefined, undefined, AT_ONCE);
  let nowMs = NOW;
  let seq = 0;
  const commit = (event: WriterEvent) => stores.writer.commit([event], nowMs)[0]?.outcome;
  for (const setting of settings) {
    const of =
      'settings' in setting
        ? ({ kind: 'channel', setting } as const)
        : 'people' in setting
          ? ({ kind: 'rota', setting } as const)
          : ({ kind: 'route', setting } as const);
    expect(commit({ type: 'put notice setting', actor: SYSTEM, ...of })).toMatchObject({ is: 'done' });
  }
  const told = (change: Parameters<typeof aTold>[1] = {}) => {
    seq += 1;
    expect(commit(aTold(seq, { at: nowMs, since: nowMs, ...change }))).toMatchObject({ is: 'done' });
    commit({ type: 'due' });
  };
  const plan = () => {
    while (commit({ type: 'plan notices' })?.is === 'more');
  };
  const claim = (): readonly Order[] => {
    plan();
    const outcome = commit({ type: 'claim notices', limit: 16, busy: [] });
    return outcome?.is === 'claimed' ? outcome.orders : [];
  };
  const attempted = ({ id, attempt }: Order, result: Attempted = SENT) =>
    commit({ type: 'notice attempted', delivery: id, attempt, result, jitter: 1 });
  /** Everything that is to be sent now, told as "channel: what". */
  const send = (result: Attempted = SENT): readonly string[] => {
    const orders = claim();
    for (const order of orders) attempted(order, result);
    return orders.flatMap(({ channel, message }) =>
      message.items.map(({ status, why, instance, type }) => `${channel.id} ${type} ${instance} ${status} ${why}`),
    );
  };
  const pass = (ms: number): void => void (nowMs += ms);
  const alert = () => stores.fettle.alerts.openOf('d_1')[0]?.id ?? '';
  const page = () =>
    stores.fettle.notices.page({ tenants: undefined, states: [], subject: '', beforeId: 1e9, limit: 500 });
  const states = () => page().map(({ kind, state, why }) => `${kind} ${state} ${why}`);
  const messages = () => page().filter(({ delivery }) => delivery !== null);
  return { ...stores, commit, told, claim, attempted, send, pass, alert, states, messages, now: () => nowMs };
};
