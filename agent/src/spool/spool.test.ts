// What every spool must do. A further one adds its line to `spools`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { type SpoolDisk, nodeSpoolDisk } from '../host/spool-disk.ts';
import { openDiskSpool } from './disk/disk-spool.ts';
import { hastyClock, seeded } from './disk/fixture.ts';
import { DISK_LIMITS } from './disk/limits.ts';
import { SimDisk } from './disk/sim-disk.ts';
import { memorySpool } from './memory.ts';
import { type Lane, PAYLOAD_MAX_BYTES, type Spool, type SpoolRecord, lanes } from './spool.ts';

type Limits = Readonly<Record<Lane, { readonly maxBytes: number }>>;

const EPOCH = { alerts: 'epoch-of-alerts-0000', metrics: 'epoch-of-metrics-000' } as const;
const newEpochs = () => {
  const epochs: string[] = [EPOCH.alerts, EPOCH.metrics];
  let count = 0;
  return () => epochs.shift() ?? `epoch-${(count += 1)}`;
};
const onDisk = (disk: SpoolDisk, limits: Limits): Promise<Spool> =>
  openDiskSpool({
    disk,
    clock: hastyClock(),
    newEpoch: newEpochs(),
    bootId: 'boot',
    limits: {
      ...DISK_LIMITS,
      maxBytes: limits.alerts.maxBytes,
      segmentBytes: 300,
      memoryBytes: { alerts: limits.alerts.maxBytes, metrics: limits.metrics.maxBytes },
      free: { bytes: 0, share: 0 },
      ballastBytes: 0,
    },
    onHealth: ({ kept }) => expect.unreachable(`kept in ${kept}`),
  });
const spools: readonly (readonly [name: string, open: (limits: Limits) => Promise<Spool>])[] = [
  ['memory', (limits) => Promise.resolve(memorySpool({ newEpoch: newEpochs(), limits }))],
  ['files of a disk that lies', (limits) => onDisk(new SimDisk({ rng: seeded(1) }), limits)],
  ['files', (limits) => onDisk(nodeSpoolDisk(join(folder, String((folders += 1)))), limits)],
];

let folder = '';
let folders = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-spool-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const AT = 1_763_856_000_000;
const ROOMY = { alerts: { maxBytes: 1e6 }, metrics: { maxBytes: 1e6 } };
/** Room for a few records only. */
const TIGHT = { alerts: { maxBytes: 1_000 }, metrics: { maxBytes: 2_000 } };
const bytes = (length: number, fill = 0) => new Uint8Array(length).fill(fill);
const startOf = (record: SpoolRecord) => (record.kind === 'gap' ? record.from : record.seq);

describe.each(spools)('a spool in %s', (_name, create) => {
  const opened: Spool[] = [];
  const open = async (limits: Limits): Promise<Spool> => {
    const spool = await create(limits);
    opened.push(spool);
    return spool;
  };
  const closeAll = async () => {
    for (const spool of opened.splice(0)) await spool.close();
  };
  afterEach(closeAll);

  const filled = async (limits: Limits, count: number, length = 10) => {
    const spool = await open(limits);
    for (let seq = 1; seq <= count; seq += 1) await spool.append('alerts', bytes(length, seq), AT + seq);
    return spool;
  };
  const seqs = async (spool: Spool, afterSeq: number, max = 1_000) =>
    (await spool.read('alerts', afterSeq, max)).map(({ seq }) => seq);
  /** What an acknowledgement leaves: what was acknowledged may still be kept before it. */
  const waiting = (spool: Spool) => seqs(spool, spool.counts('alerts').acked);

  it('numbers the records of each lane from 1', async () => {
    const spool = await open(ROOMY);
    expect(spool.counts('alerts')).toMatchObject({ nextSeq: 1, pending: 0, pendingBytes: 0, dropped: 0 });
    expect(await spool.append('alerts', bytes(1), AT)).toBe(1);
    expect(await spool.append('alerts', bytes(1), AT)).toBe(2);
    expect(await spool.append('metrics', bytes(1), AT)).toBe(1);
    expect(lanes.map((lane) => spool.counts(lane).nextSeq)).toEqual([3, 2]);
  });

  it('has an epoch of its own for each lane', async () => {
    const spool = await open(ROOMY);
    expect(spool.counts('alerts').epoch).not.toBe(spool.counts('metrics').epoch);
  });

  it.each<[afterSeq: number, max: number, expected: readonly number[]]>([
    [0, 100, [1, 2, 3, 4, 5]],
    [0, 2, [1, 2]],
    [2, 2, [3, 4]],
    [4, 100, [5]],
    [5, 100, []],
    [99, 100, []],
    [0, 0, []],
  ])('reads on after %i, at most %i: %j', async (afterSeq, max, expected) => {
    expect(await seqs(await filled(ROOMY, 5), afterSeq, max)).toEqual(expected);
  });

  it('gives back what was appended, as often as it is asked', async () => {
    const spool = await filled(ROOMY, 2, 3);
    const record = { kind: 'data', seq: 2, payload: bytes(3, 2) };
    expect(await spool.read('alerts', 1, 9)).toEqual([record]);
    expect(await spool.read('alerts', 1, 9)).toEqual([record]);
  });

  it('forgets what is acknowledged, and only that', async () => {
    const spool = await filled(ROOMY, 5);
    await spool.append('metrics', bytes(7), AT);
    expect(spool.ack('alerts', EPOCH.alerts, 3)).toBe(true);
    expect(await waiting(spool)).toEqual([4, 5]);
    expect(spool.counts('alerts')).toMatchObject({ pending: 2, nextSeq: 6, dropped: 0 });
    expect(spool.counts('metrics').pending).toBe(1);
  });

  it('takes the same or an older acknowledgement again and changes nothing', async () => {
    const spool = await filled(ROOMY, 5);
    spool.ack('alerts', EPOCH.alerts, 3);
    const before = spool.counts('alerts');
    expect(spool.ack('alerts', EPOCH.alerts, 3)).toBe(true);
    expect(spool.ack('alerts', EPOCH.alerts, 1)).toBe(true);
    expect(spool.ack('alerts', EPOCH.alerts, 0)).toBe(true);
    expect(spool.counts('alerts')).toEqual(before);
    expect(await waiting(spool)).toEqual([4, 5]);
  });

  it.each([
    ['of another epoch', 'epoch-of-another-000', 3],
    ['of the other lane’s epoch', EPOCH.metrics, 3],
    ['of what was never issued', EPOCH.alerts, 6],
  ])('ignores an acknowledgement %s', async (_what, epoch, seq) => {
    const spool = await filled(ROOMY, 5);
    expect(spool.ack('alerts', epoch, seq)).toBe(false);
    expect(await seqs(spool, 0)).toEqual([1, 2, 3, 4, 5]);
  });

  it('says how far the server has it', async () => {
    const spool = await filled(ROOMY, 5);
    expect(spool.counts('alerts').acked).toBe(0);
    spool.ack('alerts', spool.counts('alerts').epoch, 3);
    spool.ack('alerts', spool.counts('alerts').epoch, 2);
    expect(spool.counts('alerts').acked).toBe(3);
    expect(spool.counts('metrics').acked).toBe(0);
  });

  it('issues again in a new epoch what was not acknowledged, and goes on after it', async () => {
    const spool = await filled(ROOMY, 5);
    const { epoch } = spool.counts('alerts');
    spool.ack('alerts', epoch, 3);
    await spool.renew('alerts', 'unacked');
    expect(spool.counts('alerts')).toMatchObject({ nextSeq: 3, acked: 0, pending: 2, dropped: 0 });
    expect(await spool.read('alerts', 0, 9)).toEqual([
      { kind: 'data', seq: 1, payload: bytes(10, 4) },
      { kind: 'data', seq: 2, payload: bytes(10, 5) },
    ]);
    expect(spool.ack('alerts', epoch, 1)).toBe(false);
    expect(await spool.append('alerts', bytes(1), AT)).toBe(3);
    expect(spool.ack('alerts', spool.counts('alerts').epoch, 3)).toBe(true);
    expect(spool.counts('alerts').pending).toBe(0);
  });

  it('a gap keeps its length over a renewal', async () => {
    const spool = await filled(TIGHT, 20, 100);
    const before = await spool.read('alerts', 0, 100);
    spool.ack('alerts', spool.counts('alerts').epoch, 2);
    await spool.renew('alerts', 'unacked');
    const after = await spool.read('alerts', 0, 100);
    expect(covered(after)).toEqual(Array.from({ length: 18 }, (_, index) => index + 1));
    expect(after.length).toBe(before.length);
    expect(after[0]).toMatchObject({ kind: 'gap', from: 1, reason: 'queue_full' });
  });

  it('begins anew with all that is kept, also twice and with nothing', async () => {
    const spool = await open(ROOMY);
    await spool.renew('metrics', 'kept');
    await spool.append('metrics', bytes(3, 1), AT);
    await spool.renew('metrics', 'kept');
    await spool.renew('metrics', 'kept');
    expect(spool.counts('metrics')).toMatchObject({ nextSeq: 2, acked: 0 });
    expect(await spool.read('metrics', 0, 9)).toEqual([{ kind: 'data', seq: 1, payload: bytes(3, 1) }]);
  });

  it('counts what is set aside, once it was issued and of this epoch', async () => {
    const spool = await filled(ROOMY, 2);
    const { epoch } = spool.counts('alerts');
    await spool.setAside('alerts', epoch, 2);
    await spool.setAside('alerts', epoch, 3);
    await spool.setAside('alerts', 'another', 1);
    expect(spool.counts('alerts')).toMatchObject({ setAside: 1, pending: 2 });
  });

  it('is closed as often as asked', async () => {
    const spool = await filled(ROOMY, 2);
    await spool.close();
    await spool.close();
    expect(spool.counts('alerts').nextSeq).toBe(3);
  });

  it('goes on counting after everything was acknowledged', async () => {
    const spool = await filled(ROOMY, 2);
    spool.ack('alerts', EPOCH.alerts, 2);
    expect(spool.counts('alerts')).toMatchObject({ pending: 0, pendingBytes: 0 });
    expect(await spool.append('alerts', bytes(1), AT)).toBe(3);
    expect(await waiting(spool)).toEqual([3]);
  });

  it('drops the oldest of a full lane, counts them, and keeps their place as one gap', async () => {
    const spool = await filled(TIGHT, 20, 100);
    const [gap, ...rest] = await spool.read('alerts', 0, 100);
    const kept = rest.map(({ seq }) => seq);
    const last = 20 - kept.length;
    expect(kept.length).toBeGreaterThan(1);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => last + 1 + index));
    expect(gap).toMatchObject({ kind: 'gap', seq: last, from: 1, count: last, reason: 'queue_full' });
    expect(spool.counts('alerts')).toMatchObject({ dropped: last, nextSeq: 21 });
    expect(spool.counts('alerts').pendingBytes).toBeLessThanOrEqual(TIGHT.alerts.maxBytes);
  });

  it('never drops an alert to make room for metrics', async () => {
    const spool = await filled(TIGHT, 3);
    for (let count = 0; count < 100; count += 1) await spool.append('metrics', bytes(300), AT);
    expect(spool.counts('metrics').dropped).toBeGreaterThan(90);
    expect(spool.counts('alerts').dropped).toBe(0);
    expect(await seqs(spool, 0)).toEqual([1, 2, 3]);
  });

  it('does not call lost what arrived: of a gap that is partly acknowledged or read, the rest', async () => {
    const spool = await filled(TIGHT, 20, 100);
    const [gap] = await spool.read('alerts', 0, 1);
    const { seq } = gap ?? { seq: 0 };
    expect((await spool.read('alerts', 4, 1))[0]).toMatchObject({ kind: 'gap', from: 5, seq, count: seq - 4 });
    spool.ack('alerts', EPOCH.alerts, 2);
    expect((await spool.read('alerts', 2, 1))[0]).toMatchObject({ kind: 'gap', from: 3, seq, count: seq - 2 });
  });

  it('makes a gap of a record that no frame can carry, and goes on', async () => {
    const spool = await open(ROOMY);
    await spool.append('alerts', bytes(PAYLOAD_MAX_BYTES), AT);
    expect(await spool.append('alerts', bytes(PAYLOAD_MAX_BYTES + 1), AT)).toBe(2);
    await spool.append('alerts', bytes(1), AT);
    const records = await spool.read('alerts', 0, 9);
    expect(records.map(({ kind }) => kind)).toEqual(['data', 'gap', 'data']);
    expect(records[1]).toEqual({ kind: 'gap', seq: 2, from: 2, count: 1, at: AT, reason: 'refused' });
    expect(spool.counts('alerts').dropped).toBe(1);
  });

  it('counts a record once, also when the gap for it joins a wider one', async () => {
    const spool = await open(TIGHT);
    await spool.append('alerts', bytes(10), AT);
    await spool.append('alerts', bytes(PAYLOAD_MAX_BYTES + 1), AT);
    for (let seq = 3; seq <= 20; seq += 1) await spool.append('alerts', bytes(100), AT);
    const [gap] = await spool.read('alerts', 0, 1);
    expect(gap).toMatchObject({ kind: 'gap', from: 1, reason: 'queue_full' });
    expect(spool.counts('alerts').dropped).toBe(gap?.seq);
  });

  it('holds its bound also where one record alone is too large for the lane', async () => {
    const spool = await open(TIGHT);
    await spool.append('alerts', bytes(1_500), AT);
    expect(await spool.read('alerts', 0, 9)).toEqual([
      { kind: 'gap', seq: 1, from: 1, count: 1, at: AT, reason: 'queue_full' },
    ]);
    await spool.append('alerts', bytes(1), AT);
    expect(await seqs(spool, 1)).toEqual([2]);
  });

  type Step =
    | { readonly do: 'append'; readonly length: number }
    | { readonly do: 'ack'; readonly seq: number; readonly isOurs: boolean };
  const steps = fc.array(
    fc.oneof(
      fc.record({
        do: fc.constant('append' as const),
        length: fc.oneof({ weight: 9, arbitrary: fc.nat(400) }, fc.constant(PAYLOAD_MAX_BYTES + 1)),
      }),
      fc.record({ do: fc.constant('ack' as const), seq: fc.nat(60), isOurs: fc.boolean() }),
    ) satisfies fc.Arbitrary<Step>,
    { maxLength: 60 },
  );

  it('holds every record or a gap for it, whatever is appended and acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(60), fc.integer({ min: 1, max: 9 }), async (run, mark, max) => {
        const spool = await open(TIGHT);
        const lost = new Set<number>();
        let [issued, acked] = [0, 0];
        for (const step of run) {
          if (step.do === 'append') {
            issued += 1;
            expect(await spool.append('alerts', bytes(step.length, issued), AT)).toBe(issued);
          } else {
            const isTaken = step.isOurs && step.seq <= issued;
            expect(spool.ack('alerts', step.isOurs ? EPOCH.alerts : EPOCH.metrics, step.seq)).toBe(isTaken);
            if (isTaken) acked = Math.max(acked, step.seq);
          }
          const records = await spool.read('alerts', acked, 1_000);
          expect(covered(records)).toEqual(Array.from({ length: issued - acked }, (_, index) => acked + 1 + index));
          for (const seq of records.filter(({ kind }) => kind === 'gap').flatMap((gap) => covered([gap])))
            lost.add(seq);
          for (const record of records) expect(record).toSatisfy(isAsAppended);
          const { nextSeq, pending, pendingBytes, dropped } = spool.counts('alerts');
          expect([nextSeq, pending]).toEqual([issued + 1, records.length]);
          expect(pendingBytes).toBeLessThanOrEqual(TIGHT.alerts.maxBytes);
          expect(dropped).toBe(lost.size);
          const from = Math.max(mark, acked);
          const after = records.filter(({ seq }) => seq > from).slice(0, max);
          expect(covered(await spool.read('alerts', from, max))).toEqual(covered(after).filter((seq) => seq > from));
        }
        await closeAll();
      }),
      { numRuns: 100 },
    );
  }, 30_000);
});

/** The payload of record 7 is full of sevens. */
const isAsAppended = (record: SpoolRecord): boolean =>
  record.kind !== 'data' || record.payload.every((byte) => byte === record.seq);

/** Every seq that the records stand for, in their order. */
const covered = (records: readonly SpoolRecord[]): readonly number[] =>
  records.flatMap((record) => {
    const from = startOf(record);
    if (record.kind === 'gap') expect(record.count).toBe(record.seq - from + 1);
    return Array.from({ length: record.seq - from + 1 }, (_, index) => from + index);
  });
