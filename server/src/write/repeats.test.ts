// Being told again of what nobody has acknowledged, by the real writer: coming and going neither begins that anew nor ends it.
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import { aChannel, aRoute } from '../domain/notice/fixture.ts';
import { NOW, aDevice, aTold, openWriter } from '../fixture.ts';

const open = () => {
  const { fettle, metrics, writer, close } = openWriter();
  for (const { db } of [fettle, metrics]) db.pragma('synchronous = OFF'); // nothing here waits for the disk
  let nowMs = NOW;
  let seq = 0;
  const commit = (event: WriterEvent) => writer.commit([event], nowMs)[0]?.outcome;
  commit({ type: 'put notice setting', actor: SYSTEM, kind: 'channel', setting: aChannel('ch_1') });
  commit({ type: 'put notice setting', actor: SYSTEM, kind: 'route', setting: aRoute() });
  const told: { readonly atMs: number; readonly what: string; readonly rule: string }[] = [];
  const send = () => {
    commit({ type: 'due' });
    while (commit({ type: 'plan notices' })?.is === 'more');
    const claimed = commit({ type: 'claim notices', limit: 16, busy: [] });
    if (claimed?.is !== 'claimed') throw new Error(`nothing was claimed: ${claimed?.is}`);
    for (const { id, attempt, message } of claimed.orders) {
      for (const { why, status, rule } of message.items)
        told.push({ atMs: nowMs - NOW, what: `${status} ${why}`, rule });
      const result = { is: 'sent', answer: '200' } as const;
      commit({ type: 'notice attempted', delivery: id, attempt, result, jitter: 1 });
    }
  };
  const pass = (ms: number) => {
    for (const end = nowMs + ms; nowMs < end; send()) nowMs = Math.min(end, nowMs + 30 * SECOND_MS);
  };
  const tell = (change: 'fire' | 'resolve') => {
    const about = { rule: 'disk.readonly', instance: '/', severity: 'critical', at: nowMs, since: nowMs } as const;
    expect(commit(aTold((seq += 1), { ...about, change }))).toEqual({ is: 'done' });
  };
  const goes = () => {
    const silence = { presence: 'offline', lastSeenMs: nowMs, goodbye: null, isAlerting: true } as const;
    expect(commit({ type: 'presence', device: 'd_1', ...silence })).toMatchObject({ is: 'done' });
  };
  const comesBack = () => {
    const { hostname, class: deviceClass, agentVersion, bootId } = aDevice();
    const hello = { hostname, os: 'linux', class: deviceClass, agentVersion, bootId, clockOffsetMs: 0 } as const;
    commit({ type: 'hello', device: 'd_1', ...hello });
    const sign = { presence: 'online', lastSeenMs: nowMs, goodbye: null, isAlerting: false } as const;
    expect(commit({ type: 'presence', device: 'd_1', ...sign })).toMatchObject({ is: 'done' });
  };
  const forgetEvents = () => {
    const { first, last } = fettle.events.range();
    expect(commit({ type: 'expire', eventsBeforeMs: nowMs + 1, sessionsBeforeMs: 0 })?.is).toBe('done');
    expect(first).toBeLessThan(last);
    expect(fettle.events.range().first).toBe(0);
  };
  return { pass, tell, told, goes, comesBack, close, forgetEvents, now: () => nowMs };
};

it(
  'a critical problem that comes and goes all day is told again each four hours, as one that just stands',
  { timeout: 60_000 },
  () => {
    const wait = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(fc.array(wait, { minLength: 4, maxLength: 12 }), (minutes) => {
        const { pass, tell, told, close, now } = open();
        for (let change = 0; now() < NOW + 9 * HOUR_MS; change += 1) {
          tell(change % 2 === 0 ? 'fire' : 'resolve');
          pass((minutes[change % minutes.length] ?? 1) * MINUTE_MS);
        }
        expect(told.map(({ what }) => what)).toEqual([
          'firing alert.fired',
          'firing notice.repeated',
          'firing notice.repeated',
        ]);
        for (const [order, { atMs }] of told.entries()) {
          expect(atMs).toBeGreaterThanOrEqual(order * 4 * HOUR_MS);
          expect(atMs).toBeLessThan(order * 4 * HOUR_MS + 5 * MINUTE_MS);
        }
        close();
      }),
      { numRuns: 10 },
    );
  },
);

it('while a device is gone only that is told again: how the rest stands nobody knows, and its end is told once', () => {
  const { pass, tell, told, goes, comesBack } = open();
  tell('fire');
  pass(MINUTE_MS);
  goes();
  pass(9 * HOUR_MS);
  expect(told.map(({ what, rule }) => `${rule} ${what}`)).toEqual([
    'disk.readonly firing alert.fired',
    'device.offline firing alert.fired',
    'device.offline firing notice.repeated',
    'device.offline firing notice.repeated',
  ]);
  told.length = 0;
  comesBack();
  tell('resolve');
  pass(HOUR_MS);
  expect(told.map(({ what, rule }) => `${rule} ${what}`).toSorted()).toEqual([
    'device.offline resolved alert.resolved',
    'disk.readonly resolved alert.resolved',
  ]);
});

it('what still stands when its device is back is told again, also when its time had come while the device was gone', () => {
  const { pass, tell, told, goes, comesBack } = open();
  tell('fire');
  pass(3 * HOUR_MS);
  goes();
  pass(2 * HOUR_MS);
  comesBack();
  pass(6 * HOUR_MS);
  const what = told.filter(({ rule }) => rule === 'disk.readonly').map((one) => one.what);
  expect(what).toEqual(['firing alert.fired', 'firing notice.repeated']);
});

it('what stands for longer than events are kept is told again all the same, and so is its end', () => {
  const { pass, tell, told, forgetEvents } = open();
  tell('fire');
  pass(MINUTE_MS);
  forgetEvents();
  pass(4 * HOUR_MS + MINUTE_MS);
  tell('resolve');
  pass(HOUR_MS);
  expect(told.map(({ what }) => what)).toEqual([
    'firing alert.fired',
    'firing notice.repeated',
    'resolved alert.resolved',
  ]);
});
