// What a start makes of whatever lies in the folder: it keeps what can be read, and says what is missing.
import { describe, expect, it } from 'vitest';

import { AT, EVERY, allAfter, appendAll, filled, openHasty, payloadOf } from './fixture.ts';
import type { SimDisk } from './sim-disk.ts';

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
    ['a stranger', (disk) => disk.plant('alerts/holiday.jpg', payloadOf(1)), EVERY, 1],
    [
      'a copy of the oldest segment as the newest',
      (disk, segments) =>
        disk.plant('alerts/000000000009-000000000000013.seg', disk.contentOf(segments[0] ?? '') ?? payloadOf(0)),
      [...EVERY, '13-13 corrupt'],
      1,
    ],
    [
      'the newest segment twice: the sync of the first had failed',
      (disk, segments) => {
        const head = (disk.contentOf(segments[2] ?? '') ?? payloadOf(0)).slice();
        disk.plant('alerts/000000000003-000000000000010.seg', head);
        disk.lose(segments[2] ?? '');
      },
      [...EVERY.slice(0, 6), '7-9 corrupt', ...EVERY.slice(9)],
      1,
    ],
    [
      'something left unfinished',
      (disk) => disk.plant('alerts/000000000001-000000000000001.thin.seg.new', payloadOf(1)),
      EVERY,
      0,
    ],
    ['a harmed head', (disk, segments) => change(disk, segments[3], (old) => old.with(20, 99)), EVERY, 0],
  ];
  it.each(cases)('%s', async (_what, spoil, expected, setAside) => {
    const { disk, segments } = await filled();
    expect(segments).toHaveLength(4);
    spoil(disk, segments);
    const spool = await openHasty(disk);
    expect(await allAfter(spool)).toEqual(expected);
    expect(spool.counts('alerts').setAside).toBe(setAside);
    const seq = await spool.append('alerts', payloadOf(99), AT);
    expect(await allAfter(spool, 'alerts', seq - 1)).toEqual([`${seq}=99`]);
    await spool.close();
    // and all the same at the next start
    expect(await allAfter(await openHasty(disk))).toEqual([...expected, `${seq}=99`]);
  });

  it.each([3, 4])(
    'newest segments that the disk does not give keeps the others, from alerts %i',
    async (unreadable) => {
      const { disk, segments } = await filled();
      const before = await openHasty(disk);
      await appendAll(before, 'metrics', [1]);
      await before.close();
      const bad = new Set([...segments.slice(unreadable), ...disk.paths.filter((path) => path.startsWith('metrics/'))]);
      disk.onRead = (path) => {
        if (bad.has(path)) throw Object.assign(new Error('EIO'), { code: 'EIO' });
      };
      const spool = await openHasty(disk);
      expect(await allAfter(spool)).toEqual(unreadable === 4 ? EVERY : [...EVERY.slice(0, 9), '10-10 corrupt']);
      expect(spool.counts('metrics').setAside).toBe(1);
    },
  );

  it('no folder of metrics leaves no file open', async () => {
    const { disk } = await filled();
    const list = disk.list.bind(disk);
    disk.list = (folder) => (folder === 'metrics' ? Promise.reject(new Error('ENOTDIR')) : list(folder));
    const openBefore = disk.openFiles;
    await expect(openHasty(disk)).rejects.toThrow('ENOTDIR');
    expect(disk.openFiles).toBe(openBefore);
  });

  it('many strangers keeps a few of them', async () => {
    const { disk } = await filled();
    for (let index = 0; index < 20; index += 1) disk.plant(`alerts/stranger-${index}`, payloadOf(1));
    const spool = await openHasty(disk);
    expect(spool.counts('alerts').setAside).toBe(20);
    expect(disk.paths.filter((path) => path.startsWith('set-aside/'))).toHaveLength(4);
  });
});
