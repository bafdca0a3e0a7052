import { DAY_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import type { MetricEvent, Outcome, WriterEvent } from '../domain/event.ts';
import type { Delivery } from '../domain/notice/delivery.ts';
import { deviceView } from '../domain/view.ts';
import { NOW, aDevice, aTicket, aTold, anAlert, openWriter } from '../fixture.ts';
import { MetricWriter } from '../write/metrics.ts';
import { expire } from './retention.ts';

const retention = { rawDays: 14, eventDays: 90 };

const open = () => {
  const stores = openWriter();
  const { metrics, fettle, writer } = stores;
  const steps: string[] = [];
  const commit = (event: WriterEvent): Promise<Outcome> => {
    const outcome = writer.commit([event], NOW)[0]?.outcome ?? { is: 'done' };
    steps.push(`${event.type}: ${outcome.is}`);
    return Promise.resolve(outcome);
  };
  const key = metrics.addKey('d_1');
  const setId = metrics.addSet(key, 'h', []);
  let seq = 0;
  const addBatches = (count: number, ageMs: number, of = key) => {
    metrics.db.transaction(() => {
      for (let n = 0; n < count; n += 1) {
        seq += 1;
        const place = { device: 'd_1', epoch: 'e', seq, setHash: 'h' };
        metrics.add(of, setId, { ...place, t0Ms: NOW - ageMs, block: Uint8Array.of(1) });
      }
    })();
  };
  const addEvents = (count: number, ageMs: number) => {
    fettle.db.transaction(() => {
      const view = deviceView(aDevice());
      for (let n = 0; n < count; n += 1) {
        fettle.events.add(NOW - ageMs, 'acme', (number) => ({
          kind: 'device',
          change: 'changed',
          seq: number,
          at: 't',
          tenant: 'acme',
          device: 'd_1',
          view,
        }));
      }
    })();
  };
  const batches = () => metrics.db.prepare('SELECT device_key, t0_ms FROM hot').raw().all();
  const expireAll = () => expire({ commit, nowMs: () => NOW, retention });
  return { ...stores, key, addBatches, addEvents, batches, steps, expireAll };
};

describe('readings', () => {
  it('of the last 14 days stay, all before go, in steps that others can come between', async () => {
    const { key, addBatches, batches, steps, expireAll } = open();
    addBatches(4_500, 20 * DAY_MS);
    addBatches(1, 14 * DAY_MS + 1);
    addBatches(1, 14 * DAY_MS);
    addBatches(2, 1);
    await expireAll();
    expect(batches()).toEqual([
      [key, NOW - 14 * DAY_MS],
      [key, NOW - 1],
      [key, NOW - 1],
    ]);
    expect(steps).toEqual([
      'expire batches: more',
      'expire batches: more',
      'expire batches: done',
      'expire sets: done',
      'expire: done',
    ]);
  });

  it('of every device go, and what agents had to drop with them', async () => {
    const { metrics, addBatches, batches, steps, expireAll } = open();
    const other = metrics.addKey('d_2');
    addBatches(1_500, 20 * DAY_MS);
    addBatches(1_500, 20 * DAY_MS, other);
    const gap = { device: 'd_1', epoch: 'e', from: 1, seq: 2, count: 2, reason: 'queue_full' };
    metrics.addGap(other, { ...gap, atMs: NOW - 14 * DAY_MS - 1 });
    metrics.addGap(other, { ...gap, atMs: NOW - 14 * DAY_MS });
    await expireAll();
    expect(batches()).toEqual([]);
    expect(metrics.db.prepare('SELECT at_ms FROM gaps').pluck().all()).toEqual([NOW - 14 * DAY_MS]);
    expect(steps.slice(0, 2)).toEqual(['expire batches: more', 'expire batches: done']);
  });

  it('are looked for from where the step before has ended, and not again where nothing is left', () => {
    const { metrics, addBatches } = open();
    const looks: number[] = [];
    const expireAt = (key: number, beforeMs: number, limit: number) => {
      looks.push(key);
      return metrics.expire(key, beforeMs, limit);
    };
    for (let n = 2; n <= 100; n += 1) addBatches(100, 20 * DAY_MS, metrics.addKey(`d_${n}`));
    const writer = new MetricWriter({ ...metrics, expire: expireAt });
    const night = (nowMs: number) => {
      const outcomes: string[] = [];
      do outcomes.push(writer.apply({ type: 'expire batches', beforeMs: nowMs - 14 * DAY_MS }).is);
      while (outcomes.at(-1) === 'more');
      return outcomes.length;
    };
    const steps = night(NOW);
    expect([steps, looks.length]).toEqual([5, 100 + steps - 1]);
    looks.length = 0;
    addBatches(1, 20 * DAY_MS);
    expect([night(NOW), looks.length]).toEqual([1, 100]);
    // a night that was broken off says nothing of the next one
    addBatches(2_000, 20 * DAY_MS, 50);
    writer.apply({ type: 'expire batches', beforeMs: NOW - 14 * DAY_MS });
    addBatches(1, 20 * DAY_MS);
    night(NOW + DAY_MS);
    expect(metrics.db.prepare('SELECT count(*) FROM hot').pluck().get()).toBe(0);
  });

  it('leave the marks: what went is not asked for again', async () => {
    const { metrics, key, addBatches, expireAll } = open();
    addBatches(1, 20 * DAY_MS);
    const mark = { epoch: 'e', seq: 1, hash: '0123456789abcdef' };
    metrics.putMark(key, mark);
    await expireAll();
    expect(metrics.mark('d_1')).toEqual(mark);
  });
});

describe('a set of series', () => {
  const DAYS = (count: number) => NOW - count * DAY_MS;
  const aSet = (hash: string): MetricEvent => ({ type: 'series set', device: 'd_1', hash, series: [] });
  const aBatch = (hash: string, seq: number, t0Ms: number): MetricEvent => ({
    type: 'batch',
    device: 'd_1',
    epoch: 'e',
    seq,
    t0Ms,
    setHash: hash,
    block: Uint8Array.of(1),
  });
  const hashes = ({ metrics }: ReturnType<typeof open>) =>
    metrics.db.prepare('SELECT hash FROM series_sets ORDER BY hash').pluck().all();

  it('goes when its last batch has gone, a day later at most, and stays while there is one', async () => {
    const all = open();
    const { writer, batches, expireAll } = all;
    const used = [15.1, 14.9, 13.9, 1].map((days, index) => aBatch(`used ${days}`, index + 1, DAYS(days)));
    writer.commit([...[15.1, 14.9, 13.9, 1].map((days) => aSet(`used ${days}`)), ...used], NOW);
    await expireAll();
    expect(hashes(all)).toEqual(['h', 'used 1', 'used 13.9', 'used 14.9']);
    expect(batches()).toHaveLength(2);
  });

  it('that is used for weeks stays, whatever its first batch was', async () => {
    const all = open();
    const days = Array.from({ length: 30 }, (_, index) => 30 - index);
    all.writer.commit([aSet('long'), ...days.map((day, index) => aBatch('long', index + 1, DAYS(day)))], NOW);
    await all.expireAll();
    expect(hashes(all)).toContain('long');
  });

  it('is looked up once, and not for each batch', () => {
    const { metrics, writer: first } = open();
    first.commit([aSet('used'), aBatch('used', 1, NOW)], NOW);
    const asked: string[] = [];
    const setWithUse = (key: number, hash: string) => {
      asked.push(hash);
      return metrics.setWithUse(key, hash);
    };
    const writer = new MetricWriter({ ...metrics, setWithUse });
    for (const seq of [2, 3, 4]) expect(writer.apply(aBatch('used', seq, NOW + seq))).toEqual({ is: 'done' });
    expect(asked).toEqual(['used']);
  });

  it('of which nothing is known stays as long as a batch could, and is announced anew when it comes back', async () => {
    const all = open();
    const { metrics, writer, steps } = all;
    const expireAt = (nowMs: number) =>
      expire({
        commit: (event) => Promise.resolve(writer.commit([event], nowMs)[0]?.outcome ?? { is: 'done' }),
        nowMs: () => nowMs,
        retention,
      });
    await expireAt(NOW);
    await expireAt(NOW + 14 * DAY_MS);
    expect(hashes(all)).toEqual(['h']);
    writer.commit([aSet('h')], NOW); // a session that has announced it, and is still open
    await expireAt(NOW + 16 * DAY_MS);
    expect(hashes(all)).toEqual([]);
    expect(writer.commit([aBatch('h', 1, NOW)], NOW)[0]?.outcome.is).toBe('unavailable');
    expect(writer.commit([aSet('h'), aBatch('h', 1, NOW)], NOW).map(({ outcome }) => outcome.is)).toEqual([
      'done',
      'done',
    ]);
    expect(metrics.setWithUse(all.key, 'h')).toMatchObject({ usedMs: NOW });
    expect(steps).toEqual([]);
  });

  it('goes with others in steps that batches can come between', async () => {
    const all = open();
    const { metrics, steps, expireAll } = all;
    metrics.db.transaction(() => {
      for (let n = 0; n < 4_500; n += 1) metrics.useSet(metrics.addSet(all.key, `${n}`, []), DAYS(20));
    })();
    await expireAll();
    expect(hashes(all)).toEqual(['h']);
    expect(steps.filter((step) => step.startsWith('expire sets'))).toEqual([
      'expire sets: more',
      'expire sets: more',
      'expire sets: done',
    ]);
  });
});

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

it('when nothing can be written it ends, until the next night', async () => {
  const asked: string[] = [];
  await expire({
    nowMs: () => NOW,
    retention,
    commit: ({ type }) => {
      asked.push(type);
      return Promise.resolve({ is: 'unavailable', message: 'full' });
    },
  });
  expect(asked).toEqual(['expire batches', 'expire sets', 'expire']);
});
