// What a start makes of whatever lies in the folder: it goes on, keeps what can be read, and says what is missing.

import { describe, expect, it } from 'vitest';

import { Batcher, openBatchPayload } from '../batcher.ts';
import { SeriesSets } from '../series-sets.ts';
import type { Lane, Spool, SpoolRecord } from '../spool.ts';
import { AT, SMALL, hastyClock, openSmall, seeded } from './fixture.ts';
import { framesOf } from './frame.ts';
import { namesOf } from './names.ts';
import { SimDisk } from './sim-disk.ts';

const payload = (id: number) => new Uint8Array(100).fill(id);
const appendAll = async (spool: Spool, lane: Lane, ids: readonly number[]) => {
  for (const id of ids) await spool.append(lane, payload(id), AT);
};
const said = (record: SpoolRecord) =>
  record.kind === 'gap' ? `${record.from}-${record.seq} ${record.reason}` : `${record.seq}=${record.payload[0]}`;
const all = async (spool: Spool, lane: Lane = 'alerts', after = 0) => (await spool.read(lane, after, 100)).map(said);
const open = (disk: SimDisk) => openSmall({ disk, clock: hastyClock() });

/** Alerts 1 to 12 in segments of three. */
const filled = async () => {
  const disk = new SimDisk({ rng: seeded(7) });
  const spool = await open(disk);
  await appendAll(spool, 'alerts', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const { epoch } = spool.counts('alerts');
  await spool.close();
  const segments = disk.paths.filter((path) => path.startsWith('alerts/'));
  return { disk, epoch, segments };
};
const EVERY = ['1=1', '2=2', '3=3', '4=4', '5=5', '6=6', '7=7', '8=8', '9=9', '10=10', '11=11', '12=12'];

describe('alerts after a start', () => {
  it('are all there under their numbers, and the next one follows', async () => {
    const { disk, epoch } = await filled();
    const spool = await open(disk);
    expect(await all(spool)).toEqual(EVERY);
    expect(spool.counts('alerts')).toMatchObject({ epoch, nextSeq: 13, pending: 12, dropped: 0, setAside: 0 });
    expect(await spool.append('alerts', payload(13), AT)).toBe(13);
    await spool.close();
    expect(await all(await open(disk), 'alerts', 11)).toEqual(['12=12', '13=13']);
  });

  it('know how far the server had them, when they were told to stop', async () => {
    const { disk, epoch } = await filled();
    const spool = await open(disk);
    spool.ack('alerts', epoch, 8);
    await spool.close();
    const again = await open(disk);
    expect(again.counts('alerts')).toMatchObject({ acked: 8, pending: 4 });
    expect(await all(again, 'alerts', 5)).toEqual(EVERY.slice(5)); // kept for a server that asks again
  });

  it('go on where a torn tail was cut', async () => {
    const { disk, segments } = await filled();
    const newest = segments[3] ?? '';
    const whole = disk.contentOf(newest) ?? payload(0);
    disk.plant(newest, new Uint8Array([...whole.slice(0, -134), ...whole.slice(-134).fill(9, 30)]));
    const spool = await open(disk);
    await spool.append('alerts', new Uint8Array([12]), AT);
    expect(disk.contentOf(newest)).toHaveLength(whole.length - 99);
  });

  it('keep the numbers of a renewal', async () => {
    const { disk, epoch } = await filled();
    const spool = await open(disk);
    spool.ack('alerts', epoch, 10);
    await spool.renew('alerts', 'unacked');
    const renewed = spool.counts('alerts');
    disk.cut();
    const again = await open(disk.reboot('lost'));
    expect(again.counts('alerts')).toMatchObject({ epoch: renewed.epoch, nextSeq: 3 });
    expect(await all(again)).toEqual(['1=11', '2=12']);
  });

  it('are renewed as often as asked, and the last epoch holds', async () => {
    const { disk } = await filled();
    const spool = await open(disk);
    await spool.renew('alerts', 'kept');
    await spool.renew('alerts', 'kept');
    const { epoch } = spool.counts('alerts');
    await spool.close();
    const again = await open(disk);
    expect(again.counts('alerts')).toMatchObject({ epoch, nextSeq: 13, setAside: 0 });
    expect(await all(again)).toEqual(EVERY);
  });

  it('begin an epoch with all that is kept, when a restored server knows none of it', async () => {
    const { disk, epoch } = await filled();
    const spool = await open(disk);
    spool.ack('alerts', epoch, 10);
    await spool.renew('alerts', 'kept');
    expect(await all(spool)).toEqual(EVERY);
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
    const [forgotten = '', ...kept] = await all(spool);
    expect(forgotten).toMatch(/^1-\d+ forgotten$/);
    const count = Number(/-(\d+)/.exec(forgotten)?.[1]);
    expect(count + kept.length).toBe(13);
    disk.cut();
    expect(await all(await openSmall({ disk: disk.reboot('kept'), clock: hastyClock(), limits }))).toEqual([
      forgotten,
      ...kept,
    ]);
  });

  it('stay a gap where they were dropped, also after a power cut', async () => {
    const disk = new SimDisk({ rng: seeded(7) });
    const limits = { ...SMALL, maxBytes: 1_500 };
    const spool = await openSmall({ disk, clock: hastyClock(), limits });
    await appendAll(spool, 'alerts', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const before = await all(spool);
    expect(before[0]).toMatch(/^1-\d+ queue_full$/);
    disk.cut();
    expect(await all(await openSmall({ disk: disk.reboot('kept'), clock: hastyClock(), limits }))).toEqual(before);
    // a disk that has forgotten that some files are gone has them again: what is there is not lost
    const back = await openSmall({ disk: disk.reboot('lost'), clock: hastyClock(), limits });
    expect(await all(back)).toEqual(['1-3 queue_full', ...EVERY.slice(3)]);
  });
});

describe('a start that finds', () => {
  type Spoil = (disk: SimDisk, segments: readonly string[]) => void;
  const change = (disk: SimDisk, path: string | undefined, bytes: (old: Uint8Array) => Uint8Array) =>
    disk.plant(path ?? '', bytes(disk.contentOf(path ?? '') ?? new Uint8Array()));
  const cases: readonly (readonly [what: string, spoil: Spoil, expected: readonly string[], setAside: number])[] = [
    ['a torn tail', (disk, segments) => change(disk, segments[3], (old) => old.slice(0, -7)), EVERY.slice(0, 11), 0],
    [
      'a bad record in the middle',
      (disk, segments) => change(disk, segments[1], (old) => old.with(old.length - 180, 77)),
      [...EVERY.slice(0, 4), '5-5 corrupt', ...EVERY.slice(5)],
      0,
    ],
    [
      'a segment missing in the middle',
      (disk, segments) => disk.lose(segments[1] ?? ''),
      [...EVERY.slice(0, 3), '4-6 corrupt', ...EVERY.slice(6)],
      0,
    ],
    [
      'the oldest segment missing',
      (disk, segments) => disk.lose(segments[0] ?? ''),
      ['1-3 forgotten', ...EVERY.slice(3)],
      0,
    ],
    [
      'an unreadable segment in the middle',
      (disk, segments) => change(disk, segments[2], (old) => new Uint8Array(old.length)),
      [...EVERY.slice(0, 6), '7-9 corrupt', ...EVERY.slice(9)],
      1,
    ],
    [
      'an empty segment in the middle',
      (disk, segments) => change(disk, segments[2], () => new Uint8Array()),
      [...EVERY.slice(0, 6), '7-9 corrupt', ...EVERY.slice(9)],
      0,
    ],
    [
      'an unreadable newest segment',
      (disk, segments) => change(disk, segments[3], (old) => old.map(() => 1)),
      [...EVERY.slice(0, 9), '10-10 corrupt'],
      1,
    ],
    [
      'an empty newest segment',
      (disk) => disk.plant('alerts/000000000009-000000000000013.seg', new Uint8Array()),
      EVERY,
      0,
    ],
    ['a stranger', (disk) => disk.plant('alerts/holiday.jpg', payload(1)), EVERY, 1],
    [
      'a copy of the oldest segment as the newest',
      (disk, segments) =>
        disk.plant('alerts/000000000009-000000000000013.seg', disk.contentOf(segments[0] ?? '') ?? payload(0)),
      [...EVERY, '13-13 corrupt'],
      1,
    ],
    [
      'the newest segment twice: the sync of the first had failed',
      (disk, segments) => {
        const head = (disk.contentOf(segments[2] ?? '') ?? payload(0)).slice();
        disk.plant('alerts/000000000003-000000000000010.seg', head);
        disk.lose(segments[2] ?? '');
      },
      [...EVERY.slice(0, 6), '7-9 corrupt', ...EVERY.slice(9)],
      1,
    ],
    [
      'something left unfinished',
      (disk) => disk.plant('alerts/000000000001-000000000000001.thin.seg.new', payload(1)),
      EVERY,
      0,
    ],
    ['a harmed head', (disk, segments) => change(disk, segments[3], (old) => old.with(20, 99)), EVERY, 0],
  ];
  it.each(cases)('%s', async (_what, spoil, expected, setAside) => {
    const { disk, segments } = await filled();
    expect(segments).toHaveLength(4);
    spoil(disk, segments);
    const spool = await open(disk);
    expect(await all(spool)).toEqual(expected);
    expect(spool.counts('alerts').setAside).toBe(setAside);
    const seq = await spool.append('alerts', payload(99), AT);
    expect(await all(spool, 'alerts', seq - 1)).toEqual([`${seq}=99`]);
    await spool.close();
    // and all the same at the next start
    expect(await all(await open(disk))).toEqual([...expected, `${seq}=99`]);
  });

  it.each([3, 4])(
    'newest segments that the disk does not give keeps the others, from alerts %i',
    async (unreadable) => {
      const { disk, segments } = await filled();
      const before = await open(disk);
      await appendAll(before, 'metrics', [1]);
      await before.close();
      const bad = new Set([...segments.slice(unreadable), ...disk.paths.filter((path) => path.startsWith('metrics/'))]);
      disk.onRead = (path) => {
        if (bad.has(path)) throw Object.assign(new Error('EIO'), { code: 'EIO' });
      };
      const spool = await open(disk);
      expect(await all(spool)).toEqual(unreadable === 4 ? EVERY : [...EVERY.slice(0, 9), '10-10 corrupt']);
      expect(spool.counts('metrics').setAside).toBe(1);
    },
  );

  it('no folder of metrics leaves no file open', async () => {
    const { disk } = await filled();
    const list = disk.list.bind(disk);
    disk.list = (folder) => (folder === 'metrics' ? Promise.reject(new Error('ENOTDIR')) : list(folder));
    const openBefore = disk.openFiles;
    await expect(open(disk)).rejects.toThrow('ENOTDIR');
    expect(disk.openFiles).toBe(openBefore);
  });

  it('many strangers keeps a few of them', async () => {
    const { disk } = await filled();
    for (let index = 0; index < 20; index += 1) disk.plant(`alerts/stranger-${index}`, payload(1));
    const spool = await open(disk);
    expect(spool.counts('alerts').setAside).toBe(20);
    expect(disk.paths.filter((path) => path.startsWith('set-aside/'))).toHaveLength(4);
  });
});

describe('metrics after a start', () => {
  it('are issued again in a new epoch, those that nobody acknowledged', async () => {
    const disk = new SimDisk({ rng: seeded(7) });
    const spool = await open(disk);
    await appendAll(spool, 'metrics', [1, 2, 3, 4]);
    const { epoch } = spool.counts('metrics');
    spool.ack('metrics', epoch, 1);
    await spool.close();
    const again = await open(disk);
    expect(again.counts('metrics')).toMatchObject({ nextSeq: 4, acked: 0 });
    expect(again.counts('metrics').epoch).not.toBe(epoch);
    await appendAll(again, 'metrics', [5]);
    expect(await all(again, 'metrics')).toEqual(['1=2', '2=3', '3=4', '4=5']);
    again.ack('metrics', again.counts('metrics').epoch, 4);
    await again.close();
    expect(disk.paths.filter((path) => path.startsWith('metrics/'))).toEqual([]);
  });

  it('touch no disk while they are acknowledged in time, and go there after ten seconds', async () => {
    const disk = new SimDisk({ rng: seeded(7) });
    const clock = hastyClock();
    const spool = await openSmall({ disk, clock });
    for (let beat = 1; beat <= 5; beat += 1) {
      await spool.append('metrics', payload(beat), AT);
      clock.pass(9_000);
      spool.ack('metrics', spool.counts('metrics').epoch, beat);
      clock.pass(51_000);
    }
    await spool.setAside('metrics', '', 0); // in its turn: whatever was begun is done
    expect(disk.ops).toBe(0);
    await spool.append('metrics', payload(6), AT);
    clock.pass(10_000);
    await spool.setAside('metrics', '', 0);
    disk.cut();
    expect(await all(await open(disk.reboot('lost')), 'metrics')).toEqual(['1=6']);
  });

  it('know their series by name, whatever number the new process gives them', async () => {
    const disk = new SimDisk({ rng: seeded(7) });
    const reading = (metric: string) => ({ key: metric, metric, attributes: { 'cpu.mode': 'user' }, integer: 4 });
    const batch = (sets: SeriesSets, atMs: number, ...metrics: readonly string[]) =>
      new Batcher(sets, { fast: 10_000, batch: 10_000 }).add(atMs, metrics.map(reading))[0] ?? payload(0);
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
    const bytes = disk.contentOf('metrics/000000000001-000000000000001.seg') ?? payload(0);
    const kinds = framesOf('metrics', bytes).map(({ frame }) => frame.kind);
    expect(kinds).toEqual(['head', 'names', 'data', 'names', 'data', 'data']); // each list once
  });
});
