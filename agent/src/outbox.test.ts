// From the spool to the link: what a record is once it is to be sent.
import { thin } from '@fettle/shared/chunk/thin';
import { encodeBlock } from '@fettle/shared/wire/encode';
import { describe, expect, it } from 'vitest';

import { outboxOf } from './outbox.ts';
import { Batcher, batchPayload } from './spool/batcher.ts';
import { memorySpool } from './spool/memory.ts';
import { SeriesSets } from './spool/series-sets.ts';

const AT = 1_763_856_000_000;
const ALL = [0, 100] as const;
const load = { key: 'system.load', metric: 'system.load', attributes: {}, integer: 3 };
const series = (metric: string) => [{ metric, attributes: {} }];

const setUp = (maxBytes = 1e6) => {
  const sets = new SeriesSets();
  const spool = memorySpool({ newEpoch: () => 'e', maxBytes: { alerts: maxBytes, metrics: maxBytes } });
  const batcher = new Batcher(sets, { fast: 10_000, batch: 10_000 });
  const keepBatch = async (atMs: number) => {
    for (const payload of batcher.add(atMs, [load])) await spool.append('metrics', payload, atMs);
  };
  return { sets, spool, keepBatch };
};

describe('the outbox', () => {
  it('an alert record is its text', async () => {
    const { sets, spool } = setUp();
    await spool.append('alerts', Buffer.from('{"kind":"größer"}'), AT);
    expect(await outboxOf(spool, sets.seriesOf).read('alerts', ...ALL)).toEqual([
      { kind: 'text', seq: 1, body: '{"kind":"größer"}' },
    ]);
  });

  it('a batch has the names of its series', async () => {
    const { sets, spool, keepBatch } = setUp();
    await keepBatch(AT);
    expect(await outboxOf(spool, sets.seriesOf).read('metrics', ...ALL)).toMatchObject([
      { kind: 'batch', seq: 1, setKey: 0, series: series('system.load') },
    ]);
  });

  it.each(['alerts', 'metrics'] as const)('a gap of the lane %s stays one', async (lane) => {
    const { sets, spool } = setUp(300);
    for (let count = 0; count < 9; count += 1) await spool.append(lane, Buffer.alloc(230), AT);
    const [gap] = await outboxOf(spool, sets.seriesOf).read(lane, 0, 1);
    expect(gap).toEqual({ kind: 'gap', seq: 9, from: 1, count: 9, at: AT, reason: 'queue_full' });
  });

  it('a batch whose list of series is forgotten is a gap at the time of the batch', async () => {
    const { spool, keepBatch } = setUp();
    await keepBatch(AT + 10_000);
    expect(await outboxOf(spool, () => undefined).read('metrics', ...ALL)).toEqual([
      { kind: 'gap', seq: 1, from: 1, count: 1, at: AT + 10_000, reason: 'unknown_set' },
    ]);
  });

  it('a thinned record has the names of its series and its range; forgotten, it is a gap of all of it', async () => {
    const { sets, spool } = setUp();
    const setKey = sets.keyOf(['system.load'], () => series('system.load'));
    const minute = encodeBlock({ t0: AT + 61_000, stepMs: 10_000, count: 6 }, [[3, 9, 3, 9, 3, 9]]);
    const [block = new Uint8Array()] = thin([minute, minute], 1) ?? [];
    const payload = batchPayload(setKey, block);
    const full = { ...spool, read: () => Promise.resolve([{ kind: 'thinned', from: 3, seq: 9, payload } as const]) };
    expect(await outboxOf(full, sets.seriesOf).read('metrics', ...ALL)).toEqual([
      { kind: 'thinned', seq: 9, from: 3, setKey, series: series('system.load'), block },
    ]);
    expect(await outboxOf(full, () => undefined).read('metrics', ...ALL)).toEqual([
      { kind: 'gap', seq: 9, from: 3, count: 7, at: AT, reason: 'unknown_set' },
    ]);
  });

  it('reads only what was asked for', async () => {
    const { sets, spool } = setUp();
    for (const text of ['1', '2', '3', '4']) await spool.append('alerts', Buffer.from(text), AT);
    const some = await outboxOf(spool, sets.seriesOf).read('alerts', 1, 2);
    expect(some.map(({ seq }) => seq)).toEqual([2, 3]);
  });
});

describe('SeriesSets', () => {
  const KEPT = 256;

  it('the same list is the same number, another list another', () => {
    const sets = new SeriesSets();
    expect(sets.keyOf(['a', 'b'], () => series('x'))).toBe(sets.keyOf(['a', 'b'], () => series('y')));
    expect(sets.keyOf(['a'], () => series('z'))).not.toBe(sets.keyOf(['b', 'a'], () => series('z')));
    expect(sets.seriesOf(0)).toEqual(series('x'));
    expect(sets.seriesOf(99)).toBeUndefined();
  });

  it('forgets the list that was not used for longest, and never uses its number again', () => {
    const sets = new SeriesSets();
    for (let index = 0; index < KEPT; index += 1) sets.keyOf([`${index}`], () => series(`${index}`));
    sets.keyOf(['0'], () => series('used again'));
    sets.keyOf(['one more'], () => series('one more'));
    expect(sets.seriesOf(0)).toEqual(series('0'));
    expect(sets.seriesOf(1)).toBeUndefined();
    expect(sets.keyOf(['1'], () => series('1'))).toBe(KEPT + 1);
  });
});
