// A thinned record in the place of several batches: once, at its mark, and gone with what it belongs to.
import { DAY_MS } from '@fettle/shared/time';
import { recordHash } from '@fettle/shared/wire/record-hash';
import { describe, expect, it } from 'vitest';

import type { MetricEvent } from '../domain/event.ts';
import { NOW, openWriter } from '../fixture.ts';

const place = { device: 'd_1', epoch: 'epoch-1', setHash: 'set-1' };

const aSet: MetricEvent = { type: 'series set', device: 'd_1', hash: 'set-1', series: [] };

const thinned = (
  from: number,
  seq: number,
  change: Partial<MetricEvent & { type: 'thinned' }> = {},
): MetricEvent & { type: 'thinned' } => ({
  type: 'thinned',
  ...place,
  from,
  seq,
  t0Ms: NOW,
  endMs: NOW + DAY_MS,
  block: Uint8Array.of(seq),
  ...change,
});
const gap = (from: number, seq: number): MetricEvent => {
  const { device, epoch } = place;
  return { type: 'metric gap', device, epoch, from, seq, count: seq - from + 1, reason: 'queue_full', atMs: NOW };
};
const batch = (seq: number): MetricEvent => ({ type: 'batch', ...place, seq, t0Ms: NOW, block: Uint8Array.of(seq) });

const open = () => {
  const { writer, metrics, folder } = openWriter();
  const outcomes = (...events: readonly MetricEvent[]) => writer.commit(events, NOW).map(({ outcome }) => outcome.is);
  outcomes(aSet);
  const rows = (sql: string) => metrics.db.prepare(sql).raw().all();
  return {
    outcomes,
    metrics,
    folder,
    kept: () => rows('SELECT from_seq, seq FROM thinned ORDER BY seq'),
    gaps: () => rows('SELECT from_seq, to_seq, records FROM gaps ORDER BY to_seq'),
    sets: () => rows('SELECT hash FROM series_sets'),
  };
};

describe('a thinned record', () => {
  it('takes the place of all that it stands for, and is the mark with its hash', () => {
    const { outcomes, kept, metrics } = open();
    expect(outcomes(thinned(1, 40), thinned(41, 41), batch(42), thinned(1, 40))).toEqual([
      'done',
      'done',
      'done',
      'duplicate',
    ]);
    expect(kept()).toEqual([
      [1, 40],
      [41, 41],
    ]);
    outcomes(thinned(43, 90));
    expect(metrics.mark('d_1')).toEqual({ epoch: 'epoch-1', seq: 90, hash: recordHash(Uint8Array.of(90)) });
  });

  it('waits for those before it', () => {
    const { outcomes, kept } = open();
    expect(outcomes(thinned(2, 40))).toEqual(['unavailable']);
    expect(kept()).toEqual([]);
  });

  it('says nothing of what was taken before, nor does a gap: each record of the lane is told of once', () => {
    const { outcomes, kept, gaps } = open();
    expect(outcomes(batch(1), batch(2), thinned(1, 10), gap(5, 20), thinned(15, 30), gap(31, 31))).toEqual(
      Array(6).fill('done'),
    );
    expect(kept()).toEqual([
      [3, 10],
      [21, 30],
    ]);
    expect(gaps()).toEqual([
      [11, 20, 10],
      [31, 31, 1],
    ]);
  });

  it('that comes again in a new epoch is not kept twice; another of the same ten minutes is', () => {
    const { outcomes, kept, metrics } = open();
    const again = { epoch: 'epoch-2', block: Uint8Array.of(7) };
    const [first, second] = [thinned(1, 7), thinned(8, 9)];
    expect(outcomes(first, thinned(1, 3, again), thinned(4, 5, { ...again, block: second.block }))).toEqual(
      Array(3).fill('done'),
    );
    expect(kept()).toEqual([
      [4, 5],
      [1, 7],
    ]);
    expect(metrics.mark('d_1')).toMatchObject({ epoch: 'epoch-2', seq: 5 });
  });

  it('of a set that is not known here is not taken, and one that cannot be read is passed with all its range', () => {
    const { outcomes, kept, metrics } = open();
    expect(outcomes(thinned(1, 9, { setHash: 'other' }))).toEqual(['unavailable']);
    const { device, epoch } = place;
    expect(outcomes({ type: 'pass batch', device, epoch, from: 1, seq: 9 }, thinned(10, 12))).toEqual(['done', 'done']);
    expect(kept()).toEqual([[10, 12]]);
    expect(metrics.mark('d_1')).toMatchObject({ seq: 12 });
  });

  it('that cannot be kept leaves its place', () => {
    const { outcomes, kept, metrics } = open();
    expect(outcomes(thinned(1, 9, { endMs: Number.NaN }), thinned(10, 12))).toEqual(['refused', 'done']);
    expect(kept()).toEqual([[10, 12]]);
    expect(metrics.mark('d_1')).toMatchObject({ seq: 12 });
  });

  it('goes when its last readings are old enough, and its set not before', () => {
    const { outcomes, kept, sets } = open();
    const expire = (beforeMs: number) =>
      outcomes({ type: 'expire batches', beforeMs }, { type: 'expire sets', beforeMs, nowMs: NOW });
    outcomes(thinned(1, 9));
    expect(expire(NOW)).toEqual(['done', 'done']);
    outcomes(thinned(10, 19, { endMs: NOW + 9 * DAY_MS }));
    expire(NOW + DAY_MS);
    expect(kept()).toHaveLength(2);
    expire(NOW + 9 * DAY_MS);
    expect([kept(), sets()]).toEqual([[[10, 19]], [['set-1']]]);
    expire(NOW + 9 * DAY_MS + 1);
    expect(kept()).toEqual([]);
    expire(NOW + 10 * DAY_MS + 1);
    expect(sets()).toEqual([]);
  });

  it('goes with its device', () => {
    const { outcomes, kept } = open();
    outcomes(thinned(1, 9), { type: 'forget device', device: 'd_1' });
    expect(kept()).toEqual([]);
  });
});
