// Metrics that lose detail before they go: what stands for them says each reading once.
import { encodeBlock } from '@fettle/shared/wire/encode';
import { decodeThinnedBlock } from '@fettle/shared/wire/thinned';
import { expect, it } from 'vitest';

import { openBatchPayload } from '../batcher.ts';
import { SeriesSets } from '../series-sets.ts';
import type { SpoolRecord } from '../spool.ts';
import { AT, SMALL, hastyClock, openSmall, seeded } from './fixture.ts';
import { namesOf } from './names.ts';
import { SimDisk } from './sim-disk.ts';

const READINGS = 60;

/** Batches of one series, one each minute, which go to the disk one by one. */
const aSpool = async (maxBytes: number, { stepMs = 1_000, leastFreeBytes = 0 } = {}) => {
  const sets = new SeriesSets();
  const disk = new SimDisk({ rng: seeded(3) });
  const clock = hastyClock();
  const options = {
    disk,
    clock,
    names: namesOf(sets),
    limits: { ...SMALL, maxBytes, segmentBytes: 1_000, free: { bytes: leastFreeBytes, share: 0 } },
  };
  const spool = await openSmall(options);
  const setKey = sets.keyOf(['a'], () => [{ metric: 'a', attributes: {} }]);
  const rng = seeded(9);
  const append = async (from: number, to: number) => {
    for (let minute = from; minute <= to; minute += 1) {
      const column = Array.from({ length: READINGS }, () => Math.floor(rng() * 1e9));
      const block = encodeBlock({ t0: AT + minute * READINGS * stepMs, stepMs, count: READINGS }, [column]);
      await spool.append('metrics', new Uint8Array([setKey, ...block]), AT);
      clock.pass(10_000);
      await spool.setAside('metrics', '', 0);
    }
  };
  return { disk, spool, setKey, append, reopened: () => openSmall(options) };
};

const readingsIn = (record: SpoolRecord): number => {
  if (record.kind === 'data') return READINGS;
  if (record.kind === 'gap') return 0;
  const { columns } = decodeThinnedBlock(openBatchPayload(record.payload).block, 1);
  return columns.flatMap(({ readings }) => [...readings]).reduce((sum, count) => sum + count, 0);
};

it('old metrics are thinned before any are dropped', async () => {
  const { spool, setKey, append, reopened } = await aSpool(6_000);
  await append(1, 40);
  const records = await spool.read('metrics', 0, 100);
  expect(records[0]).toMatchObject({ kind: 'thinned', from: 1 });
  expect(records.at(-1)).toMatchObject({ kind: 'data', seq: 40 });
  expect(spool.counts('metrics').dropped).toBe(0);
  expect(spool.counts('metrics').diskBytes).toBeLessThanOrEqual(6_000);
  let next = 1;
  for (const record of records) {
    const from = 'from' in record ? record.from : record.seq;
    expect(from).toBe(next);
    expect(readingsIn(record)).toBe((record.seq - from + 1) * READINGS);
    next = record.seq + 1;
    if (record.kind !== 'gap') expect(openBatchPayload(record.payload).setKey).toBe(setKey);
  }
  await spool.close();
  expect(await (await reopened()).read('metrics', 0, 100)).toEqual(records);
});

it('metrics are thinned before any are dropped also where others need the room', async () => {
  const { disk, spool, append } = await aSpool(1e6, { leastFreeBytes: 20_000 });
  disk.capacityBytes = 26_000;
  await append(1, 40);
  const [first] = await spool.read('metrics', 0, 100);
  expect(first).toMatchObject({ kind: 'thinned', from: 1 });
  expect(spool.counts('metrics').dropped).toBe(0);
  expect(disk.capacityBytes - disk.usedBytes).toBeGreaterThan(17_000); // as they came they would take 13,000
});

it.each(['acknowledged', 'on its way'])('what is %s is not said again by a record that was thinned', async (which) => {
  const { spool, append } = await aSpool(6_000);
  await append(1, 10);
  const sent = (await spool.read('metrics', 0, 5)).at(-1)?.seq ?? 0;
  if (which === 'acknowledged') spool.ack('metrics', spool.counts('metrics').epoch, sent);
  await append(11, 40);
  const records = await spool.read('metrics', sent, 100);
  expect(records.some(({ kind }) => kind === 'thinned')).toBe(true);
  for (const record of records) {
    const from = 'from' in record ? record.from : record.seq;
    if (record.kind !== 'gap') expect(readingsIn(record)).toBe((record.seq - from + 1) * READINGS);
  }
});

it('what cannot be thinned is looked at once', async () => {
  const { disk, append } = await aSpool(6_000, { stepMs: 20 * 60_000 });
  let reads = 0;
  disk.onRead = (_path, at) => (reads += at === 0 ? 1 : 0);
  await append(1, 60);
  const made = new Set(disk.paths).size;
  expect(made).toBeGreaterThan(3);
  expect(reads).toBeLessThanOrEqual(60 / 3); // as many as there were segments
});
