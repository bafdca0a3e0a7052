// What waits is read a little at a time, from whatever the disk still gives, and not more often than needed.
import { describe, expect, it } from 'vitest';

import type { Spool, SpoolRecord } from '../spool.ts';
import { AT, SMALL, hastyClock, openSmall, seeded } from './fixture.ts';
import { FRAME_HEADER_BYTES } from './frame.ts';
import { SimDisk } from './sim-disk.ts';

const said = (record: SpoolRecord) =>
  record.kind === 'gap' ? `${record.from}-${record.seq} ${record.reason}` : `${record.seq}`;

/** Alerts 1 to `count` of 1 KB each. */
const filled = async (count: number, segmentBytes: number) => {
  const disk = new SimDisk({ rng: seeded(5) });
  const limits = { ...SMALL, segmentBytes };
  const spool = await openSmall({ disk, clock: hastyClock(), limits });
  for (let id = 1; id <= count; id += 1) await spool.append('alerts', new Uint8Array(1_000).fill(id), AT);
  await spool.close();
  const open = () => openSmall({ disk, clock: hastyClock(), limits });
  return { disk, path: disk.paths.find((one) => one.startsWith('alerts/')) ?? '', open };
};

/** All of them, so many asked for at once, so many taken of what came. */
const readBy = async (spool: Spool, asked: number, taken: number): Promise<readonly string[]> => {
  const all: SpoolRecord[] = [];
  for (;;) {
    const some = (await spool.read('alerts', all.at(-1)?.seq ?? 0, asked)).slice(0, taken);
    if (some.length === 0) return all.map(said);
    all.push(...some);
  }
};

const fails = (disk: SimDisk, doesFail: (path: string, at: number) => boolean) => {
  disk.onRead = (path, at) => {
    if (doesFail(path, at)) throw Object.assign(new Error('EIO'), { code: 'EIO' });
  };
};

describe('a harmed record', () => {
  it.each([1, 2, 3, 4, 5, 100])('is one gap, and the next one is there, read by %i', async (asked) => {
    const { disk, path, open } = await filled(6, 100_000);
    const bytes = disk.contentOf(path) ?? new Uint8Array();
    const harmedAt = bytes.length - 3 * (FRAME_HEADER_BYTES + 1_000) - 500;
    disk.plant(path, bytes.with(harmedAt, 99));
    expect(await readBy(await open(), asked, asked)).toEqual(['1', '2', '3-3 corrupt', '4', '5', '6']);
  });
});

describe('what is taken only in part', () => {
  it.each([
    [16, 16],
    [16, 6],
    [16, 1],
  ])('is not read from the start again: %i asked for, %i taken', async (asked, taken) => {
    const { disk, open } = await filled(400, 200_000);
    const spool = await open();
    let [reads, fromStart] = [0, 0];
    disk.onRead = (_path, at) => {
      reads += 1;
      if (at === 0) fromStart += 1;
    };
    expect(await readBy(spool, asked, taken)).toHaveLength(400);
    expect(reads).toBeGreaterThan(400 / taken);
    expect(fromStart).toBe(3); // once each segment
  });
});

describe('an error late in a segment', () => {
  it('leaves what comes before it, and what stands in the next one', async () => {
    const { disk, path, open } = await filled(200, 150_000);
    const spool = await open();
    fails(disk, (asked, at) => asked === path && at > 0);
    const all = await readBy(spool, 1_000, 1_000);
    expect(all.slice(0, 63)).toEqual(Array.from({ length: 63 }, (_, index) => `${index + 1}`));
    expect(all[63]).toMatch(/^64-14\d corrupt$/);
    expect(all.at(-1)).toBe('200');
    expect(spool.counts('alerts').setAside).toBe(0);
  });

  it('is another matter than one at its start', async () => {
    const { disk, path, open } = await filled(200, 150_000);
    const spool = await open();
    fails(disk, (asked) => asked === path);
    expect((await readBy(spool, 1_000, 1_000))[0]).toMatch(/^1-14\d (corrupt|forgotten)$/);
    expect(spool.counts('alerts').setAside).toBe(1);
  });
});
