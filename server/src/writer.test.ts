import { MINUTE_MS } from '@fettle/shared/time';
import { recordHash } from '@fettle/shared/wire/record-hash';
import type { Digest } from '@fettle/shared/wire/record.schema';
import { describe, expect, it } from 'vitest';

import type { MetricEvent, WriterEvent } from './domain/event.ts';
import { NOW, aDevice, aRecord, aTicket, aTold, openWriter } from './fixture.ts';
import { readFettle } from './store/fettle.ts';

const EPOCH = 'epoch-1';

/** A column that may not be empty is: NaN is NULL to SQLite. */
const POISON = { since: Number.NaN };

const aGap = (from: number, seq: number, count = seq - from + 1) =>
  aRecord(seq, { kind: 'gap', at: NOW, from, count, reason: 'queue_full' });

const aSet: MetricEvent = {
  type: 'series set',
  device: 'd_1',
  hash: 'set-1',
  series: [{ metric: 'system.cpu.utilization', attributes: {} }],
};

const batch = (seq: number, change: Partial<MetricEvent & { type: 'batch' }> = {}): MetricEvent => ({
  type: 'batch',
  device: 'd_1',
  epoch: EPOCH,
  seq,
  t0Ms: NOW + seq * MINUTE_MS,
  setHash: 'set-1',
  block: Uint8Array.of(seq),
  ...change,
});

const open = () => {
  const parts = openWriter();
  const commit = (...events: readonly WriterEvent[]) => parts.writer.commit(events, NOW);
  const outcomes = (...events: readonly WriterEvent[]) => commit(...events).map(({ outcome }) => outcome.is);
  const instances = () => parts.fettle.alerts.openOf('d_1').map(({ instance }) => instance);
  const blocks = () => {
    const key = parts.metrics.keyOf('d_1');
    return key === undefined ? [] : [...parts.metrics.blocks(key, 0, Infinity)].map(({ block }) => block[0]);
  };
  return { ...parts, commit, outcomes, instances, blocks };
};

describe('a group', () => {
  it('is there for others when its outcomes are told', () => {
    const { folder, commit } = open();
    const [result] = commit(aTold(1));
    const reader = readFettle(folder);
    expect(result?.outcome).toEqual({ is: 'done' });
    expect(reader.alerts.openOf('d_1')).toHaveLength(1);
    expect(reader.marks.get('d_1')).toMatchObject({ epoch: EPOCH, seq: 1 });
    reader.db.close();
  });

  it('answers in the order of its events, whichever file they are for', () => {
    const { outcomes } = open();
    expect(outcomes(aTold(1), aSet, aTold(1), batch(1), batch(1), aTold(3), batch(3))).toEqual([
      'done',
      'done',
      'duplicate',
      'done',
      'duplicate',
      'unavailable',
      'unavailable',
    ]);
  });

  it('tells the feed what the event log keeps, under the same numbers', () => {
    const { fettle, commit } = open();
    const told = commit(aTold(1), aTold(2, { instance: '/home' })).flatMap(({ feed }) => feed);
    expect(told.map(({ kind }) => kind)).toEqual(['ticket', 'alert', 'ticket', 'alert']);
    expect(fettle.events.page({ tenants: undefined, afterSeq: 0, limit: 10 })).toEqual(told);
  });

  it('that fails on one file is kept on the other', () => {
    const { fettle, outcomes, blocks } = open();
    fettle.db.pragma('query_only = ON'); // SQLITE_READONLY, as on a disk that has turned read-only
    expect(outcomes(aTold(1), aSet, batch(1))).toEqual(['unavailable', 'done', 'done']);
    expect(blocks()).toEqual([1]);
  });
});

describe('a poisoned event', () => {
  it('is refused alone, and the rest of its group is kept', () => {
    const { commit, instances, fettle } = open();
    const results = commit(aTold(1), aTold(2, { ...POISON, instance: '/bad' }), aTold(3, { instance: '/home' }));
    expect(results.map(({ outcome }) => outcome.is)).toEqual(['done', 'refused', 'done']);
    expect(results[1]).toMatchObject({ outcome: { code: 'internal', message: /NOT NULL/ }, feed: [] });
    expect(instances()).toEqual(['/', '/home']);
    expect(fettle.marks.get('d_1')).toMatchObject({ epoch: EPOCH, seq: 3 });
  });

  it('leaves nothing of itself behind', () => {
    const { commit, fettle } = open();
    const before = fettle.db.prepare('SELECT * FROM tenants').all();
    const theirs = (instance: string, since: number): Digest['open'][number] => ({
      rule: 'disk.space',
      ruleHash: 'h',
      instance,
      severity: 'warning',
      since,
      evidence: [],
    });
    const known = [theirs('/', NOW), theirs('/bad', Number.NaN)]; // the first makes an alert, a ticket and its number
    commit(aRecord(1, { kind: 'digest', at: NOW, open: known, judged: [], undecided: [] }));
    expect(fettle.alerts.openOf('d_1')).toEqual([]);
    expect(fettle.events.range()).toEqual({ first: 0, last: 0 });
    expect(fettle.db.prepare('SELECT * FROM tenants').all()).toEqual(before);
  });

  it('leaves its place, and so do gaps and batches', () => {
    const { fettle, metrics, outcomes, blocks } = open();
    expect(outcomes(aGap(1, 5, Number.NaN), aTold(6))).toEqual(['refused', 'done']);
    expect(outcomes(aSet, batch(1, { t0Ms: Number.NaN }), batch(2))).toEqual(['done', 'refused', 'done']);
    expect(fettle.marks.get('d_1')).toMatchObject({ epoch: EPOCH, seq: 6 });
    expect(metrics.mark('d_1')).toMatchObject({ epoch: EPOCH, seq: 2 });
    expect(blocks()).toEqual([2]);
  });

  it('does not make others of its group believe in what was undone with it', () => {
    const { outcomes, blocks, metrics } = open();
    // the device's number and its set are first made by the event that is refused
    const bad: MetricEvent = { ...aSet, series: undefined as never };
    expect(outcomes(bad, aSet, batch(1))).toEqual(['refused', 'done', 'done']);
    expect(blocks()).toEqual([1]);
    expect(metrics.devices()).toHaveLength(1);
  });

  it('of a device that is not known here is refused, and marks nothing', () => {
    const { commit, fettle } = open();
    expect(commit({ ...aRecord(1, { kind: 'suspended', at: NOW, forMs: 1 }), device: 'd_9' })).toMatchObject([
      { outcome: { is: 'refused', code: 'unknown_device' } },
    ]);
    expect(fettle.marks.get('d_9')).toBeUndefined();
  });

  it('that cannot be read only leaves its place', () => {
    const { fettle, metrics, outcomes } = open();
    const place = { device: 'd_1', epoch: EPOCH, seq: 1 };
    expect(outcomes({ type: 'pass record', ...place }, { type: 'pass batch', ...place })).toEqual(['done', 'done']);
    const known = { epoch: EPOCH, seq: 1, hash: '' };
    expect([fettle.marks.get('d_1'), metrics.mark('d_1')]).toEqual([known, known]);
  });
});

describe('timers that are due', () => {
  const closing = (id: string) => ({ kind: 'close ticket', subject: id, dueMs: NOW }) as const;

  it('are carried out each alone: one that cannot be holds up no other', () => {
    const { fettle, commit } = open();
    const [bad, good] = [aTicket({ state: 'resolved' }), aTicket({ id: 't_2', number: 'ACME-2', state: 'resolved' })];
    for (const ticket of [bad, good]) {
      fettle.tickets.put(ticket);
      fettle.timers.put(closing(ticket.id));
    }
    fettle.db.exec(
      `CREATE TEMP TRIGGER poison BEFORE UPDATE ON tickets WHEN new.id = '${bad.id}' BEGIN SELECT RAISE(ABORT, 'no'); END`,
    );
    expect(commit({ type: 'due' })[0]?.outcome).toMatchObject({ is: 'refused', message: 'no' });
    expect(fettle.tickets.get(good.id)?.state).toBe('closed');
    expect(fettle.timers.due(NOW, 10)).toEqual([]);
  });

  it('of a device that has gone do nothing', () => {
    const { fettle, outcomes } = open();
    fettle.timers.put(closing('t_gone'));
    fettle.timers.put({ kind: 'open ticket', subject: 'a_gone', dueMs: NOW });
    expect(outcomes({ type: 'due' })).toEqual(['done']);
    expect(fettle.timers.due(NOW, 10)).toEqual([]);
  });
});

describe('a batch that is here already', () => {
  const again = (seq: number, change: Partial<MetricEvent & { type: 'batch' }> = {}) =>
    batch(seq, { epoch: 'epoch-2', ...change });

  it('is not kept twice when it comes in another epoch, and its place is passed', () => {
    const { outcomes, blocks, metrics } = open();
    outcomes(aSet, batch(1), batch(2), batch(3));
    expect(outcomes(...[1, 2, 3, 4].map((seq) => again(seq)))).toEqual(['done', 'done', 'done', 'done']);
    expect(blocks()).toEqual([1, 2, 3, 4]);
    expect(metrics.mark('d_1')).toMatchObject({ epoch: 'epoch-2', seq: 4 });
  });

  it('is known to a writer that has just started, too', () => {
    const { outcomes, folder, close } = open();
    outcomes(aSet, batch(1), batch(2));
    close();
    const { writer, metrics } = openWriter(folder);
    writer.commit([aSet, again(1), again(2), again(3)], NOW);
    const key = metrics.keyOf('d_1') ?? 0;
    expect([...metrics.blocks(key, 0, Infinity)].map(({ block }) => block[0])).toEqual([1, 2, 3]);
  });

  it('is another one where its set, its time or its device is another', () => {
    const { outcomes, blocks, fettle, metrics } = open();
    fettle.devices.put(aDevice({ id: 'd_2', publicKey: 'key-2' }));
    outcomes(aSet, batch(1), batch(2));
    outcomes({ ...aSet, hash: 'set-2' }, again(1, { setHash: 'set-2', t0Ms: NOW + MINUTE_MS }));
    outcomes(again(2, { t0Ms: NOW + MINUTE_MS + 1 }));
    outcomes({ ...aSet, device: 'd_2' }, again(1, { device: 'd_2', t0Ms: NOW + MINUTE_MS }));
    expect(blocks()).toEqual([1, 1, 2, 2]);
    expect([...metrics.blocks(metrics.keyOf('d_2') ?? 0, 0, Infinity)]).toHaveLength(1);
  });
});

describe('a batch that only begins where another began', () => {
  it('is kept too: an agent was started twice within a step', () => {
    const { outcomes, blocks } = open();
    outcomes(aSet, batch(1));
    outcomes(batch(1, { epoch: 'epoch-2', block: Uint8Array.of(9) }));
    expect(blocks()).toEqual([1, 9]);
  });
});

describe('a lane', () => {
  it('takes each record once, in order', () => {
    const { outcomes, fettle } = open();
    expect(outcomes(aTold(1), aTold(3), aTold(2))).toEqual(['done', 'unavailable', 'done']);
    expect(outcomes(aTold(1), aTold(2), aTold(3))).toEqual(['duplicate', 'duplicate', 'done']);
    expect(fettle.marks.get('d_1')).toMatchObject({ epoch: EPOCH, seq: 3 });
  });

  it('begins at one again with a new epoch', () => {
    const { outcomes, fettle } = open();
    outcomes(aTold(1), aTold(2));
    const again = { ...aTold(1, { instance: '/home' }), epoch: 'epoch-2' };
    expect(outcomes(again)).toEqual(['done']);
    expect(fettle.marks.get('d_1')).toMatchObject({ epoch: 'epoch-2', seq: 1 });
  });

  it('goes on behind a gap, and counts what was lost', () => {
    const { outcomes, fettle } = open();
    expect(outcomes(aTold(1), aGap(2, 9), aTold(10, { instance: '/home' }))).toEqual(['done', 'done', 'done']);
    expect(fettle.devices.get('d_1')?.lostRecords).toBe(8);
  });

  it('ends with the hash of its last record: of a text as it came, of a batch of its block', () => {
    const { outcomes, fettle, metrics } = open();
    const hash = '0123456789abcdef';
    outcomes({ ...aTold(1), hash }, aSet, batch(1), batch(2));
    expect(fettle.marks.get('d_1')).toEqual({ epoch: EPOCH, seq: 1, hash });
    expect(metrics.mark('d_1')).toEqual({ epoch: EPOCH, seq: 2, hash: recordHash(Uint8Array.of(2)) });
    const gap = { device: 'd_1', epoch: EPOCH, from: 3, seq: 4, count: 2, reason: 'corrupt', atMs: NOW } as const;
    outcomes({ type: 'metric gap', ...gap, hash });
    expect(metrics.mark('d_1')).toEqual({ epoch: EPOCH, seq: 4, hash });
    outcomes(aTold(2));
    expect(fettle.marks.get('d_1')).toEqual({ epoch: EPOCH, seq: 2, hash: '' });
  });

  it("is the device's own", () => {
    const { outcomes, fettle } = open();
    fettle.devices.put(aDevice({ id: 'd_2', publicKey: 'key-2' }));
    expect(outcomes(aTold(1), { ...aTold(1), device: 'd_2' })).toEqual(['done', 'done']);
  });
});
