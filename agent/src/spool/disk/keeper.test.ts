// What is written, when it is tried again, and what is told of it.
import { describe, expect, it } from 'vitest';

import type { Lane } from '../spool.ts';
import { AT, SMALL, hastyClock, laneOn, payloadOf, said, seeded } from './fixture.ts';
import { Keeper, type SpoolHealth } from './keeper.ts';
import type { DiskLimits } from './limits.ts';
import { Room } from './room.ts';
import { SimDisk, type SimOp } from './sim-disk.ts';

const aKeeper = (limits: Partial<DiskLimits> = {}) => {
  const disk = new SimDisk({ rng: seeded(5) });
  const clock = hastyClock();
  const lanes = { alerts: laneOn(disk, 'alerts', { clock }), metrics: laneOn(disk, 'metrics', { clock }) };
  const parts = { clock, limits: { ...SMALL, ...limits }, lanes };
  const health: SpoolHealth[] = [];
  const room = new Room({ ...parts, disk });
  const keeper = new Keeper({ ...parts, room, onHealth: (one) => health.push(one) });
  const add = (lane: Lane, ...ids: readonly number[]) => {
    for (const id of ids) lanes[lane].append(payloadOf(id), { atMs: AT, monoMs: clock.monoMs() });
  };
  const keep = (lane: Lane) => keeper.keep(lane, lanes[lane].queue.records);
  const failing = (op: SimOp['do'], code = 'EIO', times = Number.POSITIVE_INFINITY) => {
    let left = times;
    disk.onOp = (asked) => {
      if (asked.do !== op || left <= 0) return;
      left -= 1;
      throw Object.assign(new Error(`${code} at ${op}`), { code });
    };
  };
  return { disk, clock, lanes, keeper, health, add, keep, failing };
};

describe('what is kept', () => {
  it('is on the disk in order, whatever many there are, and no longer in memory', async () => {
    const { lanes, keep, add, health } = aKeeper();
    add('alerts', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    expect(await keep('alerts')).toBe(true);
    expect(lanes.alerts.queue.records).toEqual([]);
    expect((await lanes.alerts.read(0, 100)).map(said)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((id) => `${id}=${id}`),
    );
    expect(health).toEqual([]);
  });

  it('is nothing where nothing waits', async () => {
    const { disk, keep } = aKeeper();
    expect([await keep('alerts'), disk.ops]).toEqual([false, 0]);
  });

  it('of many is each segment’s worth by itself: the first may have to go for the last', async () => {
    const { disk, lanes, keep, add } = aKeeper({ maxBytes: 1_400 });
    add('alerts', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    await keep('alerts');
    const [gap, ...rest] = (await lanes.alerts.read(0, 100)).map(said);
    expect(gap).toMatch(/^1-\d queue_full$/);
    expect(rest.at(-1)).toBe('10=10');
    expect(disk.usedBytes).toBeLessThanOrEqual(1_400);
  });
});

describe('a lane that cannot be written', () => {
  it('is told once, is given from memory, and told again when it is well', async () => {
    const { clock, lanes, keeper, keep, add, failing, health } = aKeeper();
    add('alerts', 1);
    failing('sync');
    expect(await keep('alerts')).toBe(true);
    expect([lanes.alerts.isReadFromMemory, keeper.isFailing('alerts'), keeper.isFailing('metrics')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(keeper.failedMs('alerts')).toBe(clock.monoMs());
    clock.pass(SMALL.retryMs);
    await keep('alerts');
    expect(health).toEqual([{ lane: 'alerts', kept: 'memory', why: 'EIO at sync' }]);
    failing('sync', 'EIO', 0);
    clock.pass(SMALL.retryMs);
    await keep('alerts');
    expect(health.slice(1)).toEqual([{ lane: 'alerts', kept: 'disk' }]);
    expect([keeper.isFailing('alerts'), lanes.alerts.queue.records.length]).toEqual([false, 0]);
  });

  it('is left alone for a while, unless it is forgiven', async () => {
    const { disk, clock, keeper, keep, add, failing } = aKeeper();
    add('alerts', 1);
    failing('sync');
    await keep('alerts');
    const { syncs } = disk;
    clock.pass(SMALL.retryMs - 1);
    expect([await keep('alerts'), disk.syncs]).toEqual([false, syncs]);
    clock.pass(1);
    expect(await keep('alerts')).toBe(true);
    expect(disk.syncs).toBeGreaterThan(syncs);
    keeper.forgive('alerts');
    expect(await keep('alerts')).toBe(true);
  });

  it('is tried in another file once, and not for ever', async () => {
    const { disk, keep, add, failing, health } = aKeeper();
    add('alerts', 1);
    failing('sync', 'EIO', 1);
    await keep('alerts');
    expect(health).toEqual([]);
    add('alerts', 2);
    failing('sync');
    const { syncs } = disk;
    await keep('alerts');
    expect([disk.syncs - syncs, health.length]).toEqual([2, 1]);
  });

  it('and what of it got there is on the disk, the rest in memory', async () => {
    const { disk, lanes, keep, add } = aKeeper();
    add('alerts', 1, 2, 3, 4, 5, 6);
    let syncs = 0;
    disk.onOp = ({ do: op }) => {
      if (op === 'sync' && (syncs += 1) > 1) throw Object.assign(new Error('EIO'), { code: 'EIO' });
    };
    await keep('alerts');
    const { last } = lanes.alerts.files;
    expect(last).toBeGreaterThan(0);
    expect(lanes.alerts.queue.records.map(({ position }) => position)).toEqual(
      [1, 2, 3, 4, 5, 6].filter((position) => position > last),
    );
    expect((await lanes.alerts.read(0, 100)).map(said)).toHaveLength(6);
  });

  it('for want of room gets what can be given, and where nothing can it is not tried again at once', async () => {
    const { disk, lanes, keep, add, health } = aKeeper();
    add('metrics', 1, 2, 3, 4, 5, 6);
    await keep('metrics');
    disk.capacityBytes = disk.usedBytes;
    add('alerts', 1);
    await keep('alerts');
    expect([health, lanes.metrics.counts().dropped]).toEqual([[], 3]);
    expect((await lanes.alerts.read(0, 100)).map(said)).toEqual(['1=1']);
    disk.capacityBytes = 0;
    add('metrics', 7);
    const before = disk.ops;
    await keep('metrics');
    expect(health).toMatchObject([{ lane: 'metrics', kept: 'memory' }]);
    expect(disk.ops - before).toBeLessThan(30);
  });

  it('of metrics, where others need the room, is not even begun; of alerts it is', async () => {
    const { disk, keep, add, health } = aKeeper({ free: { bytes: 100_000, share: 0 } });
    disk.capacityBytes = 50_000;
    add('metrics', 1);
    add('alerts', 1);
    await keep('metrics');
    expect([disk.ops, health.map(({ lane }) => lane)]).toEqual([0, ['metrics']]);
    await keep('alerts');
    expect(health).toHaveLength(1);
    expect(disk.ops).toBeGreaterThan(0);
  });
});
