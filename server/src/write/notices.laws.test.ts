// Laws of notices, whatever happens and whatever is lost; by the real writer.
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { array, assert, constantFrom, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import type { Order } from '../domain/notice/delivery.ts';
import { NOW, aTold, openWriter } from '../fixture.ts';
import { SENT, FAILED, AT_ONCE, open } from './notices-fixture.ts';

describe('whatever happens', { timeout: 60_000 }, () => {
  type Step = 'fire' | 'resolve' | 'ack' | 'pass' | 'send' | 'fail' | 'lose';
  const steps = array(
    record({
      step: constantFrom<Step>('fire', 'resolve', 'ack', 'pass', 'pass', 'send', 'send', 'fail', 'lose'),
      instance: constantFrom('/', '/data'),
    }),
    { maxLength: 60 },
  );

  it('an end is told to nobody who was not told of the beginning, and a loss at any step costs nothing', () => {
    assert(
      property(steps, (taken) => {
        const server = open();
        const known = new Set<string>();
        const arrive = (orders: readonly Order[]) => {
          for (const order of orders) {
            for (const { instance, status } of order.message.items) {
              if (status === 'resolved') expect(known, instance).toContain(instance);
              else known.add(instance);
            }
            server.attempted(order);
            for (const { instance, status } of order.message.items) if (status === 'resolved') known.delete(instance);
          }
        };
        const act: Readonly<Record<Step, (instance: string) => void>> = {
          fire: (instance) => server.told({ instance }),
          resolve: (instance) => server.told({ instance, change: 'resolve' }),
          ack: () => server.commit({ type: 'ack alert', actor: SYSTEM, alert: server.alert() }),
          pass: () => server.pass(3 * MINUTE_MS),
          send: () => arrive(server.claim()),
          fail: () => {
            for (const order of server.claim()) server.attempted(order, FAILED);
          },
          lose: () => server.claim(),
        };
        for (const { step, instance } of taken) act[step](instance);
        // in the end all that stands and is not acknowledged is known, and nothing else
        for (let look = 0; look < 40; look += 1) {
          server.pass(2 * MINUTE_MS);
          arrive(server.claim());
        }
        const alerts = server.fettle.alerts.openOf('d_1');
        for (const { state, instance } of alerts) if (state === 'open') expect(known, instance).toContain(instance);
        const standing = new Set(alerts.map(({ instance }) => instance));
        expect([...known].filter((instance) => !standing.has(instance))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('a problem that comes and goes a hundred times in four hours is told at most each five minutes', () => {
    const server = open();
    let messages = 0;
    for (let change = 0; change < 200; change += 1) {
      server.told({ change: change % 2 === 0 ? 'fire' : 'resolve' });
      server.pass(72 * SECOND_MS);
      messages += server.send().length;
    }
    expect(messages).toBeGreaterThan(0);
    expect(messages).toBeLessThanOrEqual((4 * HOUR_MS) / (5 * MINUTE_MS) + 1);
  });

  it('a process that ends between sending and writing that down sends the same again, under the same key', () => {
    const before = open();
    before.told();
    before.pass(MINUTE_MS);
    const [first] = before.claim();
    before.close();
    const after = openWriter(before.folder);
    const claim = (atMs: number) => {
      after.writer.commit([{ type: 'plan notices' }], atMs);
      const outcome = after.writer.commit([{ type: 'claim notices', limit: 9, busy: [] }], atMs)[0]?.outcome;
      return outcome?.is === 'claimed' ? outcome.orders : [];
    };
    expect(claim(before.now() + 59 * SECOND_MS)).toEqual([]);
    const [again] = claim(before.now() + MINUTE_MS);
    expect(again).toEqual({ ...first, attempt: 2 });
  });

  it('a process that ends at any step loses no message: the beginning comes, then the end, each under one key', () => {
    const script = [
      'fire',
      'pass',
      'plan',
      'claim',
      'send',
      'write down',
      'resolve',
      'pass',
      'plan',
      'claim',
      'send',
      'write down',
    ];
    for (let end = 0; end <= script.length; end += 1) {
      let run = open();
      const { folder } = run;
      let writer = run.writer;
      let nowMs = NOW;
      let seq = 0;
      let orders: readonly Order[] = [];
      const received: string[] = [];
      const commit = (event: WriterEvent) => writer.commit([event], nowMs)[0]?.outcome;
      const act: Readonly<Record<string, () => void>> = {
        fire: () => commit(aTold((seq += 1), { at: nowMs, since: nowMs })),
        resolve: () => {
          commit(aTold((seq += 1), { change: 'resolve', at: nowMs, since: nowMs }));
          commit({ type: 'due' });
        },
        pass: () => void (nowMs += 6 * MINUTE_MS),
        plan: () => commit({ type: 'plan notices' }),
        claim: () => {
          const outcome = commit({ type: 'claim notices', limit: 9, busy: [] });
          orders = outcome?.is === 'claimed' ? outcome.orders : [];
        },
        send: () => {
          for (const { key, message } of orders) received.push(`${message.items[0]?.status} ${key}`);
        },
        'write down': () => {
          for (const { id, attempt } of orders)
            commit({ type: 'notice attempted', delivery: id, attempt, result: SENT, jitter: 1 });
          orders = [];
        },
      };
      const restart = (): void => {
        run.close();
        orders = [];
        let count = 0;
        const again = openWriter(folder, (letter) => `${letter}_again_${(count += 1)}`, AT_ONCE);
        run = { ...run, ...again };
        ({ writer } = again);
      };
      for (const [index, step] of script.entries()) {
        if (index === end) restart();
        act[step]?.();
      }
      for (let look = 0; look < 6; look += 1)
        for (const step of ['pass', 'plan', 'claim', 'send', 'write down']) act[step]?.();
      const kinds = received.map((text) => text.split(' ')[0]);
      expect([kinds[0], kinds.at(-1)], `ended before step ${end}`).toEqual(['firing', 'resolved']);
      expect(
        kinds.toSorted((a = '', b = '') => a.localeCompare(b)),
        `ended before step ${end}`,
      ).toEqual(kinds);
      expect(new Set(received).size, `ended before step ${end}`).toBe(2);
    }
  });
});
