// The files of a lane, without the lane: when a segment begins, what it says first, and what is read of it.
import { describe, expect, it } from 'vitest';

import type { Kept } from '../kept.ts';
import { AT, hastyClock, payloadOf, seeded } from './fixture.ts';
import { LaneFiles } from './lane-files.ts';
import { recover } from './recover.ts';
import { SimDisk } from './sim-disk.ts';

const STATE = { epoch: 'e', base: 0, acked: 0, lost: undefined };
const SEGMENT_BYTES = 450;

const someFiles = async (disk = new SimDisk({ rng: seeded(5) })) => {
  const clock = hastyClock();
  const found = await recover({ disk, lane: 'alerts' });
  const parts = { disk, lane: 'alerts', clock, bootId: 'boot', segmentBytes: SEGMENT_BYTES, names: undefined } as const;
  return { disk, clock, found, files: new LaneFiles(parts, found) };
};

const record = (id: number, length = 100): Kept => ({
  kind: 'data',
  from: id,
  position: id,
  atMs: AT + id,
  monoMs: id,
  payload: payloadOf(id, length),
});
const records = (...ids: readonly number[]) => ids.map((id) => record(id));
const firsts = ({ segments }: LaneFiles) => [...segments.placed()].map(([{ first }, last]) => [first, last]);
const positions = async (files: LaneFiles, after = 0, max = 100) =>
  (await files.read(after, max)).map(({ position }) => position);

describe('a segment', () => {
  it('takes records until it is full, one more than fits, and the next begins the next', async () => {
    const { disk, files } = await someFiles();
    await files.write(records(1, 2, 3, 4, 5, 6, 7), STATE);
    expect(firsts(files)).toEqual([
      [1, 3],
      [4, 6],
      [7, 7],
    ]);
    const [, ...sizes] = [...files.segments.placed()].map(([{ bytes }]) => bytes).toReversed();
    for (const size of sizes) expect([size >= SEGMENT_BYTES, size - 100 < SEGMENT_BYTES]).toEqual([true, true]);
    expect(files.last).toBe(7);
    expect(disk.openFiles).toBe(1);
    await files.close();
    expect(disk.openFiles).toBe(0);
  });

  it('takes a record that alone is larger', async () => {
    const { files } = await someFiles();
    await files.write([record(1, 1_000), record(2)], STATE);
    expect(firsts(files)).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('says in its first frame where the lane stands', async () => {
    const { disk, files } = await someFiles();
    await files.write(records(1, 2, 3), STATE);
    await files.write(records(4), { ...STATE, epoch: 'f', base: 2, acked: 3 });
    await files.close();
    const { found } = await someFiles(disk.reboot('lost'));
    expect(found.head).toMatchObject({ epoch: 'f', base: 2, acked: 3, serial: 2, bootId: 'boot' });
    expect([found.last, found.serial, found.segments.length]).toEqual([4, 2, 2]);
  });

  it('goes on after a start where there is room in it', async () => {
    const { disk, files } = await someFiles();
    await files.write(records(1), STATE);
    await files.close();
    const after = await someFiles(disk.reboot('lost'));
    await after.files.goOn();
    await after.files.write(records(2), STATE);
    expect(firsts(after.files)).toEqual([[1, 2]]);
    await after.files.write(records(3), STATE);
    await after.files.close();
    const full = await someFiles(after.disk.reboot('lost'));
    await full.files.goOn();
    expect(full.disk.openFiles).toBe(0);
    await full.files.write(records(4), STATE);
    expect(firsts(full.files)).toEqual([
      [1, 3],
      [4, 4],
    ]);
    expect(await positions(full.files)).toEqual([1, 2, 3, 4]);
  });

  it('that nothing could be written into leaves no file behind', async () => {
    const { disk, files } = await someFiles();
    disk.capacityBytes = 10;
    await expect(files.write(records(1), STATE)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect([disk.paths, disk.openFiles, files.segments.count]).toEqual([[], 0, 0]);
  });

  it('of gaps knows which positions were gaps when they came', async () => {
    const { files } = await someFiles();
    const gap: Kept = { kind: 'gap', from: 2, position: 5, atMs: AT, monoMs: 0, reason: 'refused' };
    await files.write([record(1), gap, record(6)], STATE);
    expect(files.segments.oldest?.gaps).toEqual([{ from: 2, position: 5 }]);
  });
});

describe('what is said without a record', () => {
  it('begins a segment; a second word goes into that one while it is empty, a third into the next', async () => {
    const { files } = await someFiles();
    await files.begin(STATE);
    await files.begin({ ...STATE, epoch: 'f' });
    expect(firsts(files)).toEqual([[1, 0]]);
    await files.write(records(1), STATE);
    await files.begin({ ...STATE, epoch: 'g' });
    expect(firsts(files)).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it('is a note in the segment that grows, and a new segment where none does', async () => {
    const { disk, files } = await someFiles();
    await files.write(records(1, 2), STATE);
    expect(files.notedAcked).toBe(0);
    await files.note({ ...STATE, acked: 2 });
    expect([files.notedAcked, files.segments.count]).toEqual([2, 1]);
    await files.close();
    await files.note({ ...STATE, acked: 1 });
    expect([files.notedAcked, files.segments.count]).toEqual([1, 2]);
    await files.close();
    const { found } = await someFiles(disk.reboot('lost'));
    expect(found.head?.acked).toBe(1);
    expect(found.last).toBe(2);
  });
});

describe('a read', () => {
  it('gives what is after, as many as are asked for, over segments', async () => {
    const { files } = await someFiles();
    await files.write(records(1, 2, 3, 4, 5, 6, 7), STATE);
    expect(await positions(files, 2)).toEqual([3, 4, 5, 6, 7]);
    expect(await positions(files, 2, 3)).toEqual([3, 4, 5]);
    expect(await positions(files, 3, 3)).toEqual([4, 5, 6]);
    expect(await positions(files, 7)).toEqual([]);
  });

  it('begins with what is kept', async () => {
    const { files } = await someFiles();
    await files.write(records(1, 2, 3, 4, 5, 6), STATE);
    await files.dropOldest();
    expect(await positions(files)).toEqual([4, 5, 6]);
  });

  it('gives no more than 256 KiB and a record at once', async () => {
    const { files } = await someFiles();
    const large = Array.from({ length: 12 }, (_, index) => record(index + 1, 50 * 1024));
    for (const one of large) await files.write([one], STATE);
    expect(await positions(files)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await positions(files, 6)).toEqual([7, 8, 9, 10, 11, 12]);
  });

  it('puts a segment aside of which nothing can be read, and tells of it as a gap', async () => {
    const { disk, files } = await someFiles();
    await files.write(records(1, 2, 3, 4, 5, 6, 7), STATE);
    const [, second] = disk.paths;
    disk.plant(second ?? '', new Uint8Array(600));
    const read = await files.read(0, 100);
    expect(read.map(({ kind, from, position }) => [kind, from, position])).toContainEqual(['gap', 4, 6]);
    expect([files.setAside, files.segments.count]).toEqual([1, 2]);
    expect(disk.paths.some((path) => path.startsWith('set-aside/'))).toBe(true);
  });

  it('of a newest segment that is unreadable lets go of it: the next record begins another', async () => {
    const { disk, files } = await someFiles();
    await files.write(records(1, 2), STATE);
    disk.onRead = () => {
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    };
    await files.read(0, 100).catch(() => undefined);
    disk.onRead = () => undefined;
    await files.write(records(3), STATE);
    expect((await positions(files)).at(-1)).toBe(3);
  });
});

describe('the oldest segment', () => {
  it('goes with a word of what is lost before it, or after where there was no room for it', async () => {
    const { disk, files } = await someFiles();
    await files.write(records(1, 2, 3, 4), STATE);
    const lost = { from: 1, to: 3, atMs: AT, reason: 'queue_full' } as const;
    disk.capacityBytes = disk.usedBytes;
    await files.dropOldest({ ...STATE, lost });
    await files.close();
    const { found } = await someFiles(disk.reboot('kept'));
    expect(found.head?.lost).toEqual(lost);
    expect(found.segments.map(({ first }) => first)).toEqual([4]);
  });

  it('that still grows is ended first', async () => {
    const { disk, files } = await someFiles();
    await files.write(records(1), STATE);
    await files.dropOldest();
    expect([disk.paths, disk.openFiles, files.segments.count, files.last]).toEqual([[], 0, 0, 1]);
    await files.dropOldest(STATE);
    expect(files.segments.count).toBe(0);
  });

  it('was full when the next one began', async () => {
    const { clock, files } = await someFiles();
    await files.write(records(1, 2, 3), STATE);
    expect(await files.oldestEndedMs()).toBeUndefined();
    clock.pass(5_000);
    await files.write(records(4), STATE);
    expect(await files.oldestEndedMs()).toBe(AT + 5_000);
  });

  it('cannot be thinned where payloads have no names', async () => {
    const { files } = await someFiles();
    await files.write(records(1, 2, 3, 4), STATE);
    expect(await files.thinOldest(0)).toBe(false);
  });
});
