// What goes first when there is too little room, and what stays.
import { HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import type { Lane } from '../spool.ts';
import { SMALL, hastyClock, laneOn, said, seeded, write } from './fixture.ts';
import type { DiskLimits } from './limits.ts';
import { Room } from './room.ts';
import { SimDisk } from './sim-disk.ts';

const DAY_MS = 24 * HOUR_MS;

const aRoom = (limits: Partial<DiskLimits> = {}) => {
  const disk = new SimDisk({ rng: seeded(5) });
  const clock = hastyClock();
  const lanes = { alerts: laneOn(disk, 'alerts', { clock }), metrics: laneOn(disk, 'metrics', { clock }) };
  const room = new Room({ disk, clock, limits: { ...SMALL, ...limits }, lanes });
  const all = async (lane: Lane, after = 0) => (await lanes[lane].read(after, 100)).map(said);
  const ack = (lane: Lane, seq: number) => lanes[lane].ack(lanes[lane].state.epoch, seq);
  const bytes = (lane: Lane) => lanes[lane].files.segments.bytes;
  return { disk, clock, room, lanes, all, ack, bytes, used: () => bytes('alerts') + bytes('metrics') };
};

describe('the bound of both lanes', () => {
  it('may be reached, and not be passed by a byte', async () => {
    const exact = aRoom();
    await write(exact.lanes.metrics, 1, 6);
    await exact.room.makeFor('alerts', SMALL.maxBytes - exact.used());
    expect(exact.lanes.metrics.counts().dropped).toBe(0);
    await exact.room.makeFor('alerts', SMALL.maxBytes - exact.used() + 1);
    expect(await exact.all('metrics')).toEqual(['1-3 queue_full', '4=4', '5=5', '6=6']);
  });

  it('is made by metrics first, then by the oldest alerts, which are told as lost', async () => {
    const { room, lanes, all, used } = aRoom();
    await write(lanes.alerts, 1, 6);
    await write(lanes.metrics, 1, 3);
    await room.makeFor('alerts', SMALL.maxBytes - used() + 1);
    expect([await all('metrics'), (await all('alerts')).length]).toEqual([['1-3 queue_full'], 6]);
    while (lanes.metrics.files.segments.oldest) await lanes.metrics.files.dropOldest();
    await room.makeFor('alerts', SMALL.maxBytes - used() + 1);
    expect(await all('alerts')).toEqual(['1-3 queue_full', '4=4', '5=5', '6=6']);
    expect(lanes.alerts.counts().dropped).toBe(3);
  });

  it('takes acknowledged alerts without calling them lost', async () => {
    const { room, lanes, ack, used } = aRoom();
    await write(lanes.alerts, 1, 6);
    ack('alerts', 3);
    await room.makeFor('alerts', SMALL.maxBytes - used() + 1);
    expect(lanes.alerts.counts().dropped).toBe(0);
    expect(lanes.alerts.files.segments.first).toBe(4);
  });

  it('lets no alert go for a metric', async () => {
    const { room, lanes, used } = aRoom();
    await write(lanes.alerts, 1, 6);
    await expect(room.makeFor('metrics', SMALL.maxBytes - used() + 1)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(lanes.alerts.files.segments.first).toBe(1);
    await expect(room.makeFor('metrics', SMALL.maxBytes - used())).resolves.toBeUndefined();
    await expect(room.makeFor('alerts', SMALL.maxBytes)).resolves.toBeUndefined(); // what is left is for the disk to say
  });
});

describe('room that others need', () => {
  const low = { bytes: 100_000, share: 0 };

  it.each([
    { bytes: 100_000, share: 0.01, capacity: 1_000_000 },
    { bytes: 10_000, share: 0.1, capacity: 1_000_000 },
  ])('is the larger of $bytes B and $share of $capacity B', async ({ bytes, share, capacity }) => {
    const { disk, room, lanes } = aRoom({ free: { bytes, share }, lookAgainMs: 0 });
    await write(lanes.metrics, 1, 3);
    disk.capacityBytes = capacity;
    disk.plant('other', new Uint8Array(capacity - disk.usedBytes - 100_000));
    await room.makeFor('metrics', 1);
    expect(lanes.metrics.counts().dropped).toBe(0);
    disk.plant('another', new Uint8Array(1));
    await expect(room.makeFor('metrics', 1)).resolves.toBeUndefined(); // what went made room
    expect(lanes.metrics.counts().dropped).toBe(3);
  });

  it('takes only as many metrics as are needed', async () => {
    const { disk, room, lanes, all, bytes } = aRoom({ free: low, lookAgainMs: 0 });
    await write(lanes.metrics, 1, 9);
    const perSegment = bytes('metrics') / 3;
    disk.capacityBytes = disk.usedBytes + low.bytes - perSegment - 1;
    await room.makeFor('metrics', 1);
    expect(await all('metrics')).toEqual(['1-6 disk_full', '7=7', '8=8', '9=9']);
  });

  it('without metrics to give is refused to metrics, not to alerts, until there is room again', async () => {
    const { disk, clock, room, lanes } = aRoom({ free: low });
    await write(lanes.alerts, 1, 3);
    disk.capacityBytes = disk.usedBytes + low.bytes - 1;
    await room.makeFor('alerts', 1);
    await expect(room.makeFor('metrics', 1)).rejects.toMatchObject({ code: 'ENOSPC' });
    disk.capacityBytes += 1;
    await expect(room.makeFor('metrics', 1)).resolves.toBeUndefined(); // a low disk is looked at each time
    disk.capacityBytes -= 1;
    clock.pass(SMALL.lookAgainMs - 1);
    await expect(room.makeFor('metrics', 1)).resolves.toBeUndefined(); // another once a minute
    clock.pass(1);
    await expect(room.makeFor('metrics', 1)).rejects.toMatchObject({ code: 'ENOSPC' });
  });
});

describe('a disk that says it is full', () => {
  it('gives the ballast to alerts alone, and then the metrics to both', async () => {
    const { disk, clock, room, lanes } = aRoom({ ballastBytes: 1_000 });
    await write(lanes.metrics, 1, 6);
    clock.pass(SMALL.lookAgainMs);
    await room.keepBallast();
    const has = () => disk.paths.includes('reserve/ballast');
    expect([await room.free('metrics'), has(), lanes.metrics.counts().dropped]).toEqual([true, true, 3]);
    expect([await room.free('alerts'), has(), lanes.metrics.counts().dropped]).toEqual([true, false, 3]);
    expect([await room.free('alerts'), lanes.metrics.counts().dropped]).toEqual([true, 6]);
    expect([await room.free('alerts'), await room.free('metrics')]).toEqual([false, false]);
  });

  it('gives acknowledged alerts to alerts, and none that waits', async () => {
    const { room, lanes, ack } = aRoom();
    await write(lanes.alerts, 1, 9);
    expect(await room.free('alerts')).toBe(false);
    ack('alerts', 5);
    expect([await room.free('metrics'), lanes.alerts.files.segments.first]).toEqual([false, 1]);
    expect([await room.free('alerts'), lanes.alerts.files.segments.first]).toEqual([true, 4]);
    expect(await room.free('alerts')).toBe(false);
    ack('alerts', 9);
    expect([await room.free('alerts'), lanes.alerts.files.segments.first]).toEqual([true, 7]);
    expect(await room.free('alerts')).toBe(false); // the last one says where the lane stands
    expect(lanes.alerts.counts().dropped).toBe(0);
  });

  it('where nothing can be removed has nothing to give', async () => {
    const { disk, room, lanes } = aRoom();
    await write(lanes.metrics, 1, 3);
    disk.onOp = ({ do: op }) => {
      if (op === 'remove') throw new Error('EROFS');
    };
    expect(await room.free('metrics')).toBe(false);
  });

  it('gets its ballast when it has been well for a minute, not in the midst of the start', async () => {
    const { disk, clock, room } = aRoom({ ballastBytes: 1_000 });
    const has = () => disk.paths.includes('reserve/ballast');
    await room.keepBallast();
    clock.pass(SMALL.lookAgainMs - 1);
    await room.keepBallast();
    expect(has()).toBe(false);
    clock.pass(1);
    await room.keepBallast();
    expect(has()).toBe(true);
    await room.free('alerts');
    clock.pass(SMALL.lookAgainMs - 1);
    await room.keepBallast();
    expect(has()).toBe(false);
    clock.pass(1);
    await room.keepBallast();
    expect(has()).toBe(true);
  });

  it('or that is low gets none', async () => {
    const { disk, clock, room } = aRoom({ ballastBytes: 1_000, free: { bytes: 100_000, share: 0 } });
    disk.capacityBytes = 50_000;
    await room.makeFor('alerts', 1);
    clock.pass(SMALL.lookAgainMs);
    await room.keepBallast();
    expect(disk.paths).not.toContain('reserve/ballast');
  });
});

describe('what nobody will ask for any more', () => {
  it('is each segment of metrics that is acknowledged to its end', async () => {
    const { room, lanes, ack } = aRoom();
    await write(lanes.metrics, 1, 6);
    ack('metrics', 2);
    await room.trim();
    expect(lanes.metrics.files.segments.first).toBe(1);
    ack('metrics', 3);
    await room.trim();
    expect(lanes.metrics.files.segments.first).toBe(4);
    ack('metrics', 6);
    await room.trim();
    expect(lanes.metrics.files.segments.count).toBe(0);
  });

  it('of alerts is what is acknowledged beyond a bound, but the newest segment', async () => {
    const first = aRoom();
    await write(first.lanes.alerts, 1, 9);
    const maxBytes = first.lanes.alerts.files.segments.bytesAfter(3);
    const { room, lanes, ack } = aRoom({ ackedAlerts: { maxBytes, maxAgeMs: DAY_MS } });
    await write(lanes.alerts, 1, 12);
    ack('alerts', 8);
    await room.trim();
    expect(lanes.alerts.files.segments.first).toBe(1); // two segments
    ack('alerts', 9);
    await room.trim();
    expect(lanes.alerts.files.segments.first).toBe(4); // of three, two are as much as may be kept
    ack('alerts', 12);
    await room.trim();
    expect(lanes.alerts.files.segments.first).toBe(7);
  });

  it('is none of those alerts that wait, however large they are', async () => {
    const { room, lanes, ack } = aRoom({ ackedAlerts: { maxBytes: 0, maxAgeMs: 0 } });
    await write(lanes.alerts, 1, 9);
    ack('alerts', 4);
    await room.trim();
    expect(lanes.alerts.files.segments.first).toBe(4);
    ack('alerts', 9);
    await room.trim();
    expect([lanes.alerts.files.segments.first, lanes.alerts.files.segments.count]).toEqual([7, 1]);
  });

  it('is what was acknowledged and full so long ago, looked at once an hour', async () => {
    const { clock, room, lanes, ack } = aRoom({ ackedAlerts: { maxBytes: 1e6, maxAgeMs: 14 * DAY_MS } });
    await write(lanes.alerts, 1, 7, clock.wallMs());
    ack('alerts', 7);
    const first = () => lanes.alerts.files.segments.first;
    await room.trim();
    clock.pass(14 * DAY_MS - 1);
    await room.trim();
    expect(first()).toBe(1);
    clock.pass(1);
    await room.trim();
    expect(first()).toBe(1); // it was looked at a moment ago
    clock.pass(HOUR_MS - 1);
    await room.trim();
    expect(first()).toBe(7);
    await room.trim();
    expect(lanes.alerts.files.segments.count).toBe(1);
  });

  it('is not what was full only lately', async () => {
    const { clock, room, lanes, ack } = aRoom({ ackedAlerts: { maxBytes: 1e6, maxAgeMs: 14 * DAY_MS } });
    await write(lanes.alerts, 1, 3);
    clock.pass(10 * DAY_MS);
    await write(lanes.alerts, 4, 7); // the first segment was full only now
    ack('alerts', 7);
    clock.pass(5 * DAY_MS);
    await room.trim();
    expect(lanes.alerts.files.segments.first).toBe(1);
  });
});
