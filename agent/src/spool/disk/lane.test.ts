// The numbers of a lane: what is acknowledged, lost, forgotten and counted, on a disk that works.
import { describe, expect, it } from 'vitest';

import { PAYLOAD_MAX_BYTES } from '../spool.ts';
import { AT, laneOn, payloadOf, said, seeded, write } from './fixture.ts';
import type { DiskLane } from './lane.ts';
import { SimDisk } from './sim-disk.ts';

const place = { atMs: AT, monoMs: 0 };
const aDisk = () => new SimDisk({ rng: seeded(5) });
const read = async (lane: DiskLane, after = 0, max = 100) => (await lane.read(after, max)).map(said);
const head = { serial: 1, epoch: 'e', base: 0, acked: 0, lost: undefined, bootId: 'boot' };

/** Alerts 1 to 12, of which the oldest segment (1 to 3) was lost for want of room. */
const robbed = async () => {
  const lane = laneOn(aDisk(), 'alerts');
  await write(lane, 1, 12);
  const { oldest } = lane.files.segments;
  if (oldest) lane.lose(oldest, AT + 5, 'queue_full');
  await lane.files.dropOldest(lane.state);
  return lane;
};

describe('what can be read of a lane', () => {
  it('of alerts is on the disk', async () => {
    const lane = laneOn(aDisk(), 'alerts');
    lane.append(payloadOf(1), place);
    expect([lane.hasAfter(0), await read(lane), lane.counts().nextSeq]).toEqual([false, [], 1]);
    await lane.files.write(lane.queue.records, lane.state);
    expect([lane.hasAfter(0), lane.hasAfter(1), await read(lane), lane.counts().nextSeq]).toEqual([
      true,
      false,
      ['1=1'],
      2,
    ]);
  });

  it('of metrics is what is on the disk, and then what is in memory, each once', async () => {
    const lane = laneOn(aDisk(), 'metrics');
    await write(lane, 1, 2);
    lane.append(payloadOf(3), place);
    lane.append(payloadOf(4), place);
    expect(await read(lane)).toEqual(['1=1', '2=2', '3=3', '4=4']);
    expect(await read(lane, 0, 3)).toEqual(['1=1', '2=2', '3=3']);
    expect(await read(lane, 0, 1)).toEqual(['1=1']);
    expect(await read(lane, 2)).toEqual(['3=3', '4=4']);
    expect([lane.hasAfter(3), lane.hasAfter(4)]).toEqual([true, false]);
    expect(lane.given).toBe(4);
  });

  it('counts a gap as one of those that were asked for', async () => {
    const lane = await robbed();
    expect(await read(lane, 0, 1)).toEqual(['1-3 queue_full']);
    expect(await read(lane, 0, 2)).toEqual(['1-3 queue_full', '4=4']);
    expect(await read(lane, 1, 2)).toEqual(['2-3 queue_full', '4=4']);
    expect(await read(lane, 3, 2)).toEqual(['4=4', '5=5']);
  });

  it('is told as forgotten when it was acknowledged and removed, before what was lost', async () => {
    const lane = laneOn(aDisk(), 'alerts');
    await write(lane, 1, 9);
    const { epoch } = lane.state;
    lane.ack(epoch, 3);
    await lane.files.dropOldest();
    const { oldest } = lane.files.segments;
    if (oldest) lane.lose(oldest, AT + 5, 'disk_full');
    await lane.files.dropOldest(lane.state);
    const [forgotten, lost, ...rest] = await lane.read(0, 100);
    expect(forgotten).toMatchObject({ kind: 'gap', from: 1, seq: 3, count: 3, reason: 'forgotten', at: AT });
    expect(lost).toMatchObject({ kind: 'gap', from: 4, seq: 6, count: 3, reason: 'disk_full', at: AT + 5 });
    expect(rest.map(said)).toEqual(['7=7', '8=8', '9=9']);
    expect(await read(lane, 0, 1)).toEqual(['1-3 forgotten']);
    expect(await read(lane, 2)).toContain('3-3 forgotten');
    expect((await read(lane, 3))[0]).toBe('4-6 disk_full');
  });

  it('may be with the server: what was read, or acknowledged', async () => {
    const lane = laneOn(aDisk(), 'alerts');
    await write(lane, 1, 6);
    expect(lane.given).toBe(0);
    await read(lane, 0, 2);
    expect(lane.given).toBe(2);
    await read(lane, 0, 1);
    expect(lane.given).toBe(2);
    lane.ack(lane.state.epoch, 4);
    expect([lane.given, lane.acked]).toEqual([4, 4]);
    lane.renew('unacked');
    expect([lane.given, lane.seqOf(5)]).toEqual([4, 1]);
  });
});

describe('an acknowledgement', () => {
  it('of another epoch, or of what nobody was given a number of, is none', async () => {
    const lane = laneOn(aDisk(), 'alerts');
    await write(lane, 1, 3);
    const { epoch } = lane.state;
    expect([lane.ack('another', 1), lane.ack(epoch, 4), lane.acked]).toEqual([false, false, 0]);
    expect([lane.ack(epoch, 3), lane.ack(epoch, 1), lane.acked]).toEqual([true, true, 3]);
  });

  it.each<[seq: number, left: unknown]>([
    [0, { from: 1, to: 3 }],
    [1, { from: 2, to: 3 }],
    [2, { from: 3, to: 3 }],
    [3, undefined],
    [5, undefined],
  ])('up to %i of 1 to 3, which are lost, leaves of the loss %o', async (seq, left) => {
    const lane = await robbed();
    lane.ack(lane.state.epoch, seq);
    if (left) expect(lane.state.lost).toMatchObject(left);
    else expect(lane.state.lost).toBeUndefined();
  });

  it('of what is in memory lets go of it, of what is on the disk does not', async () => {
    const lane = laneOn(aDisk(), 'metrics');
    await write(lane, 1, 2);
    for (const id of [3, 4]) lane.append(payloadOf(id), place);
    lane.ack(lane.state.epoch, 2);
    expect(lane.queue.records).toHaveLength(2);
    lane.ack(lane.state.epoch, 3);
    expect(lane.queue.records.map(({ position }) => position)).toEqual([4]);
  });
});

describe('what is lost', () => {
  const span = (from: number, to: number, gaps: readonly { from: number; position: number }[] = []) => ({
    from,
    to,
    gaps,
  });

  it('is what the server has not, and each of it once', async () => {
    const lane = laneOn(aDisk(), 'alerts');
    await write(lane, 1, 12);
    lane.ack(lane.state.epoch, 2);
    lane.lose(span(1, 3), AT, 'queue_full');
    expect([lane.state.lost, lane.counts().dropped]).toEqual([{ from: 3, to: 3, atMs: AT, reason: 'queue_full' }, 1]);
    lane.lose(span(1, 3), AT + 1, 'disk_full');
    expect([lane.state.lost?.atMs, lane.counts().dropped]).toEqual([AT, 1]);
    lane.lose(span(4, 6), AT + 2, 'disk_full');
    expect(lane.state.lost).toEqual({ from: 3, to: 6, atMs: AT + 2, reason: 'disk_full' });
    expect(lane.counts().dropped).toBe(4);
  });

  it('is not what the server has all of', async () => {
    const lane = laneOn(aDisk(), 'alerts');
    await write(lane, 1, 6);
    lane.ack(lane.state.epoch, 3);
    lane.lose(span(1, 3), AT, 'queue_full');
    expect([lane.state.lost, lane.counts().dropped]).toEqual([undefined, 0]);
  });

  it('counts no record that was a gap already', async () => {
    const lane = laneOn(aDisk(), 'alerts');
    await write(lane, 1, 12);
    lane.ack(lane.state.epoch, 2);
    // a gap that is with the server in part, and one that is not
    const gaps = [
      { from: 1, position: 4 },
      { from: 6, position: 7 },
    ];
    lane.lose(span(1, 9, gaps), AT, 'queue_full');
    expect(lane.counts().dropped).toBe(7 - 2 - 2); // 3 to 9 without 3, 4 and 6, 7
  });

  it('is not what is there all the same at the start', async () => {
    const disk = aDisk();
    const lost = { from: 1, to: 8, atMs: AT, reason: 'queue_full' } as const;
    expect(laneOn(disk, 'alerts', { head: { ...head, lost }, last: 4 }).state.lost).toMatchObject({ from: 1, to: 4 });
    expect(laneOn(disk, 'alerts', { head: { ...head, lost }, last: 9 }).state.lost).toMatchObject({ from: 1, to: 8 });
    expect(laneOn(disk, 'alerts', { head: { ...head, lost }, last: 0 }).state.lost).toBeUndefined();
  });
});

describe('where a lane stands', () => {
  it('is what its newest segment says, but nothing that is not there is acknowledged', () => {
    const at = (acked: number, last: number) =>
      laneOn(aDisk(), 'alerts', { head: { ...head, base: 2, acked }, last }).state;
    expect(at(5, 9)).toMatchObject({ epoch: 'e', base: 2, acked: 5 });
    expect(at(9, 5)).toMatchObject({ epoch: 'e', base: 2, acked: 5 });
  });

  it('without a word of it is a new epoch, which begins after what is not kept', () => {
    const { epoch, base, acked } = laneOn(aDisk(), 'alerts', { last: 7 }).state;
    expect([epoch, base, acked]).toEqual([expect.stringMatching(/^epoch-/), 7, 7]);
  });

  it('of metrics is a new epoch at each start', () => {
    const { epoch, base, acked } = laneOn(aDisk(), 'metrics', { head: { ...head, acked: 3 }, last: 7 }).state;
    expect([epoch, base, acked]).toEqual([expect.stringMatching(/^epoch-/), 7, 7]);
  });

  it('after a renewal is at what is not acknowledged, or at all that this numbering has', async () => {
    const lane = laneOn(aDisk(), 'alerts');
    await write(lane, 1, 9);
    lane.ack(lane.state.epoch, 4);
    lane.renew('unacked');
    expect(lane.state).toMatchObject({ base: 4, acked: 4 });
    lane.ack(lane.state.epoch, 2);
    expect(lane.acked).toBe(6);
    lane.renew('kept');
    expect(lane.state).toMatchObject({ base: 0, acked: 0 });
    expect((await lane.read(0, 100)).map(said)).toHaveLength(9);
  });

  it('counts what waits, on the disk and in memory, without what is a gap', async () => {
    const lane = laneOn(aDisk(), 'metrics');
    await write(lane, 1, 9);
    const perSegment = lane.files.segments.bytesAfter(6);
    lane.append(payloadOf(10), place);
    expect(lane.counts()).toMatchObject({ nextSeq: 11, acked: 0, pending: 10, dropped: 0, diskBytes: 3 * perSegment });
    expect(lane.counts().pendingBytes).toBe(3 * perSegment + lane.queue.bytes);
    lane.ack(lane.state.epoch, 4);
    expect(lane.counts()).toMatchObject({ acked: 4, pending: 6, diskBytes: 3 * perSegment });
    expect(lane.counts().pendingBytes).toBe(2 * perSegment + lane.queue.bytes);
    lane.ack(lane.state.epoch, 9);
    expect(lane.counts().pendingBytes).toBe(lane.queue.bytes);
    for (let id = 11; id <= 30; id += 1) lane.append(payloadOf(id), place);
    const [gap] = lane.queue.records;
    const inGap = (gap?.position ?? 0) - (gap?.from ?? 0);
    expect([gap?.kind, lane.counts().pending, lane.counts().dropped]).toEqual(['gap', 21 - inGap, inGap + 1]);
  });

  it('counts what is lost as one that waits', async () => {
    const lane = await robbed();
    expect(lane.counts()).toMatchObject({ nextSeq: 13, pending: 10, dropped: 3 });
  });

  it('counts what is too large to be sent, and gives a gap for it', async () => {
    const lane = laneOn(aDisk(), 'metrics');
    lane.append(payloadOf(1, PAYLOAD_MAX_BYTES + 1), place);
    expect([lane.counts().dropped, lane.counts().setAside]).toEqual([1, 0]);
    expect(await read(lane)).toEqual(['1-1 refused']);
  });

  it('counts what is set aside of this epoch alone', async () => {
    const lane = laneOn(aDisk(), 'alerts');
    await write(lane, 1, 2);
    const { epoch } = lane.state;
    expect([1, 2, 3].map((seq) => lane.noteSetAside(epoch, seq))).toEqual([true, true, false]);
    expect([lane.noteSetAside('another', 1), lane.counts().setAside]).toEqual([false, 2]);
  });
});

it('each hole in the files is counted once, and of one that grows the rest', async () => {
  const disk = aDisk();
  const lane = laneOn(disk, 'alerts');
  await write(lane, 1, 9);
  const harm = (path: string | undefined) => path !== undefined && disk.plant(path, new Uint8Array(400));
  const paths = disk.paths.filter((one) => one.startsWith('alerts/'));
  harm(paths[1]);
  expect(await read(lane)).toContain('4-6 corrupt');
  expect([lane.counts().dropped, lane.counts().setAside]).toEqual([3, 1]);
  expect(await read(lane)).toContain('4-6 corrupt');
  expect(await read(lane, 4)).toContain('5-6 corrupt');
  expect(lane.counts().dropped).toBe(3);
});
