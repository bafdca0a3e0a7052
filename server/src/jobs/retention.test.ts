import { DAY_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import type { MetricEvent } from '../domain/event.ts';
import { NOW } from '../fixture.ts';
import { MetricWriter } from '../write/metrics.ts';
import { retention, open } from './retention-fixture.ts';
import { expire } from './retention.ts';

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
