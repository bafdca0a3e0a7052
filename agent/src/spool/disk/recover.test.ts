// What a start makes of what it left: it goes on where it was.

import { describe, expect, it } from 'vitest';

import { Batcher, openBatchPayload } from '../batcher.ts';
import { SeriesSets } from '../series-sets.ts';
import {
  AT,
  EVERY,
  SMALL,
  allAfter,
  appendAll,
  filled,
  hastyClock,
  openHasty,
  openSmall,
  payloadOf,
  seeded,
} from './fixture.ts';
import { framesOf } from './frame.ts';
import { namesOf } from './names.ts';
import { SimDisk } from './sim-disk.ts';

describe('alerts after a start', () => {
  it('are all there under their numbers, and the next one follows', async () => {
    const { disk, epoch } = await filled();
    const spool = await openHasty(disk);
    expect(await allAfter(spool)).toEqual(EVERY);
    expect(spool.counts('alerts')).toMatchObject({ epoch, nextSeq: 13, pending: 12, dropped: 0, setAside: 0 });
    expect(await spool.append('alerts', payloadOf(13), AT)).toBe(13);
    await spool.close();
    expect(await allAfter(await openHasty(disk), 'alerts', 11)).toEqual(['12=12', '13=13']);
  });

  it('know how far the server had them, when they were told to stop', async () => {
    const { disk, epoch } = await filled();
    const spool = await openHasty(disk);
    spool.ack('alerts', epoch, 8);
    await spool.close();
    const again = await openHasty(disk);
    expect(again.counts('alerts')).toMatchObject({ acked: 8, pending: 4 });
    expect(await allAfter(again, 'alerts', 5)).toEqual(EVERY.slice(5)); // kept for a server that asks again
  });

  it('go on where a torn tail was cut', async () => {
    const { disk, segments } = await filled();
    const newest = segments[3] ?? '';
    const whole = disk.contentOf(newest) ?? payloadOf(0);
    disk.plant(newest, new Uint8Array([...whole.slice(0, -134), ...whole.slice(-134).fill(9, 30)]));
    const spool = await openHasty(disk);
    await spool.append('alerts', new Uint8Array([12]), AT);
    expect(disk.contentOf(newest)).toHaveLength(whole.length - 99);
  });

  it('keep the numbers of a renewal', async () => {
    const { disk, epoch } = await filled();
    const spool = await openHasty(disk);
    spool.ack('alerts', epoch, 10);
    await spool.renew('alerts', 'unacked');
    const renewed = spool.counts('alerts');
    disk.cut();
    const again = await openHasty(disk.reboot('lost'));
    expect(again.counts('alerts')).toMatchObject({ epoch: renewed.epoch, nextSeq: 3 });
    expect(await allAfter(again)).toEqual(['1=11', '2=12']);
  });

  it('are renewed as often as asked, and the last epoch holds', async () => {
    const { disk } = await filled();
    const spool = await openHasty(disk);
    await spool.renew('alerts', 'kept');
    await spool.renew('alerts', 'kept');
    const { epoch } = spool.counts('alerts');
    await spool.close();
    const again = await openHasty(disk);
    expect(again.counts('alerts')).toMatchObject({ epoch, nextSeq: 13, setAside: 0 });
    expect(await allAfter(again)).toEqual(EVERY);
  });

  it('begin an epoch with all that is kept, when a restored server knows none of it', async () => {
    const { disk, epoch } = await filled();
    const spool = await openHasty(disk);
    spool.ack('alerts', epoch, 10);
    await spool.renew('alerts', 'kept');
    expect(await allAfter(spool)).toEqual(EVERY);
    expect(spool.counts('alerts')).toMatchObject({ acked: 0, nextSeq: 13 });
  });

  it('are told as forgotten, when a restored server asks for what is not kept any more', async () => {
    const disk = new SimDisk({ rng: seeded(7) });
    const limits = { ...SMALL, ackedAlerts: { maxBytes: 0, maxAgeMs: 0 } };
    const spool = await openSmall({ disk, clock: hastyClock(), limits });
    await appendAll(spool, 'alerts', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    spool.ack('alerts', spool.counts('alerts').epoch, 12);
    await spool.append('alerts', new Uint8Array([13]), AT); // behind what goes
    await spool.renew('alerts', 'kept');
    const [forgotten = '', ...kept] = await allAfter(spool);
    expect(forgotten).toMatch(/^1-\d+ forgotten$/);
    const count = Number(/-(\d+)/.exec(forgotten)?.[1]);
    expect(count + kept.length).toBe(13);
    disk.cut();
    expect(await allAfter(await openSmall({ disk: disk.reboot('kept'), clock: hastyClock(), limits }))).toEqual([
      forgotten,
      ...kept,
    ]);
  });

  it('stay a gap where they were dropped, also after a power cut', async () => {
    const disk = new SimDisk({ rng: seeded(7) });
    const limits = { ...SMALL, maxBytes: 1_500 };
    const spool = await openSmall({ disk, clock: hastyClock(), limits });
    await appendAll(spool, 'alerts', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const before = await allAfter(spool);
    expect(before[0]).toMatch(/^1-\d+ queue_full$/);
    disk.cut();
    expect(await allAfter(await openSmall({ disk: disk.reboot('kept'), clock: hastyClock(), limits }))).toEqual(before);
    // a disk that has forgotten that some files are gone has them again: what is there is not lost
    const back = await openSmall({ disk: disk.reboot('lost'), clock: hastyClock(), limits });
    expect(await allAfter(back)).toEqual(['1-3 queue_full', ...EVERY.slice(3)]);
  });
});

describe('metrics after a start', () => {
  it('are issued again in a new epoch, those that nobody acknowledged', async () => {
    const disk = new SimDisk({ rng: seeded(7) });
    const spool = await openHasty(disk);
    await appendAll(spool, 'metrics', [1, 2, 3, 4]);
    const { epoch } = spool.counts('metrics');
    spool.ack('metrics', epoch, 1);
    await spool.close();
    const again = await openHasty(disk);
    expect(again.counts('metrics')).toMatchObject({ nextSeq: 4, acked: 0 });
    expect(again.counts('metrics').epoch).not.toBe(epoch);
    await appendAll(again, 'metrics', [5]);
    expect(await allAfter(again, 'metrics')).toEqual(['1=2', '2=3', '3=4', '4=5']);
    again.ack('metrics', again.counts('metrics').epoch, 4);
    await again.close();
    expect(disk.paths.filter((path) => path.startsWith('metrics/'))).toEqual([]);
  });

  it('touch no disk while they are acknowledged in time, and go there after ten seconds', async () => {
    const disk = new SimDisk({ rng: seeded(7) });
    const clock = hastyClock();
    const spool = await openSmall({ disk, clock });
    for (let beat = 1; beat <= 5; beat += 1) {
      await spool.append('metrics', payloadOf(beat), AT);
      clock.pass(9_000);
      spool.ack('metrics', spool.counts('metrics').epoch, beat);
      clock.pass(51_000);
    }
    await spool.setAside('metrics', '', 0); // in its turn: whatever was begun is done
    expect(disk.ops).toBe(0);
    await spool.append('metrics', payloadOf(6), AT);
    clock.pass(10_000);
    await spool.setAside('metrics', '', 0);
    disk.cut();
    expect(await allAfter(await openHasty(disk.reboot('lost')), 'metrics')).toEqual(['1=6']);
  });

  it('know their series by name, whatever number the new process gives them', async () => {
    const disk = new SimDisk({ rng: seeded(7) });
    const reading = (metric: string) => ({ key: metric, metric, attributes: { 'cpu.mode': 'user' }, integer: 4 });
    const batch = (sets: SeriesSets, atMs: number, ...metrics: readonly string[]) =>
      new Batcher(sets, { fast: 10_000, batch: 10_000 }).add(atMs, metrics.map(reading))[0] ?? payloadOf(0);
    const [before, after] = [new SeriesSets(), new SeriesSets()];
    const clock = hastyClock();
    const first = await openSmall({ disk, clock, names: namesOf(before) });
    await first.append('metrics', batch(before, AT, 'a', 'b'), AT);
    await first.append('metrics', batch(before, AT, 'c'), AT);
    clock.pass(10_000);
    await first.append('metrics', batch(before, AT + 10_000, 'a', 'b'), AT);
    await first.close();
    batch(after, AT, 'other'); // takes the number 0
    const second = await openSmall({ disk, clock: hastyClock(), names: namesOf(after) });
    const records = await second.read('metrics', 0, 9);
    const names = records.map((record) =>
      record.kind === 'data'
        ? after.seriesOf(openBatchPayload(record.payload).setKey)?.map(({ metric }) => metric)
        : record,
    );
    expect(names).toEqual([['a', 'b'], ['c'], ['a', 'b']]);
    const bytes = disk.contentOf('metrics/000000000001-000000000000001.seg') ?? payloadOf(0);
    const kinds = framesOf('metrics', bytes).map(({ frame }) => frame.kind);
    expect(kinds).toEqual(['head', 'names', 'data', 'names', 'data', 'data']); // each list once
  });
});
