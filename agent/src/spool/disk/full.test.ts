// A disk that is full, that fails, that is slow: alerts are kept first, metrics give way, and what is lost is told.
import { describe, expect, it } from 'vitest';

import type { Lane, Spool, SpoolRecord } from '../spool.ts';
import { AT, SMALL, hastyClock, openSmall, seeded } from './fixture.ts';
import type { SpoolHealth } from './keeper.ts';
import type { DiskLimits } from './limits.ts';
import { SimDisk } from './sim-disk.ts';

const payload = (id: number, length = 100) => new Uint8Array(length).fill(id);
const said = (record: SpoolRecord) =>
  record.kind === 'gap' ? `${record.from}-${record.seq} ${record.reason}` : `${record.seq}=${record.payload[0]}`;
const all = async (spool: Spool, lane: Lane) => (await spool.read(lane, spool.counts(lane).acked, 100)).map(said);

const aSpool = async (limits: Partial<DiskLimits> = {}) => {
  const disk = new SimDisk({ rng: seeded(3) });
  const clock = hastyClock();
  const health: SpoolHealth[] = [];
  const open = (on: SimDisk) =>
    openSmall({ disk: on, clock, limits: { ...SMALL, ...limits }, onHealth: (one) => health.push(one) });
  const spool = await open(disk);
  const append = async (lane: Lane, from: number, to: number) => {
    for (let id = from; id <= to; id += 1) await spool.append(lane, payload(id), AT);
  };
  /** What was begun is done. */
  const pass = async (ms: number) => {
    clock.pass(ms);
    await spool.setAside('alerts', '', 0);
    await spool.setAside('alerts', '', 0);
  };
  /** All that waits in memory is on the disk. */
  const spill = async (from: number, to: number) => {
    await append('metrics', from, to);
    await pass(10_000);
  };
  return { disk, spool, append, pass, spill, health, open, reopened: (on = disk.reboot('lost')) => open(on) };
};

describe('a disk that is full', () => {
  it('gives alerts the room of the oldest metrics, and each metric that goes leaves its gap', async () => {
    const { disk, spool, append, spill, reopened } = await aSpool();
    await spill(1, 9);
    disk.capacityBytes = disk.usedBytes;
    await append('alerts', 1, 3);
    expect(await all(spool, 'alerts')).toEqual(['1=1', '2=2', '3=3']);
    const [gap, ...rest] = await all(spool, 'metrics');
    expect(gap).toMatch(/^1-\d disk_full$/);
    expect(rest.at(-1)).toBe('9=9');
    disk.cut();
    const after = await reopened(disk.reboot('kept'));
    expect(await all(after, 'alerts')).toEqual(['1=1', '2=2', '3=3']);
    expect(await all(after, 'metrics')).toEqual([gap, ...rest]);
  });

  it('has a ballast, which is freed before anything is dropped', async () => {
    const { disk, spool, append, pass, spill } = await aSpool({ ballastBytes: 64 * 1024 });
    await pass(60_000);
    await append('alerts', 1, 1);
    await pass(0);
    expect(disk.usedBytes).toBeGreaterThan(64 * 1024);
    await spill(1, 3);
    disk.capacityBytes = disk.usedBytes;
    await append('alerts', 2, 4);
    expect(await all(spool, 'alerts')).toEqual(['1=1', '2=2', '3=3', '4=4']);
    expect(spool.counts('metrics').dropped).toBe(0);
    expect(disk.usedBytes).toBeLessThan(64 * 1024);
  });

  it('without anything to give keeps new alerts in memory, says so, and writes them when there is room', async () => {
    const { disk, spool, append, pass, health, reopened } = await aSpool();
    await append('alerts', 1, 3);
    disk.capacityBytes = disk.usedBytes;
    await append('alerts', 4, 5);
    expect(await all(spool, 'alerts')).toEqual(['1=1', '2=2', '3=3', '4=4', '5=5']);
    expect(health).toMatchObject([{ lane: 'alerts', kept: 'memory' }]);
    disk.capacityBytes = Number.POSITIVE_INFINITY;
    await pass(5_000);
    await new Promise(setImmediate); // the group of the retry
    await pass(0);
    expect(health[1]).toEqual({ lane: 'alerts', kept: 'disk' });
    disk.cut();
    expect(await all(await reopened(), 'alerts')).toEqual(['1=1', '2=2', '3=3', '4=4', '5=5']);
  });

  it('takes a part of a record without an error: it is cut back', async () => {
    const { disk, spool, append, reopened } = await aSpool();
    await append('alerts', 1, 1);
    const { usedBytes } = disk;
    disk.capacityBytes = usedBytes + 50;
    await append('alerts', 2, 2);
    expect(disk.usedBytes).toBe(usedBytes);
    expect(await all(spool, 'alerts')).toEqual(['1=1', '2=2']);
    disk.cut();
    const after = await reopened(disk.reboot('kept'));
    expect(await all(after, 'alerts')).toEqual(['1=1']);
  });

  it('for others, too: metrics leave it when less is free than a machine needs, alerts do not', async () => {
    const { disk, spool, append, pass, spill, health } = await aSpool({ free: { bytes: 100_000, share: 0 } });
    disk.capacityBytes = 200_000;
    await append('alerts', 1, 3);
    await spill(1, 6);
    expect(health).toEqual([]);
    disk.capacityBytes = disk.usedBytes + 50_000;
    await pass(60_000);
    await append('alerts', 4, 4);
    expect(spool.counts('metrics').diskBytes).toBeLessThan(SMALL.segmentBytes); // what says where the lane stands
    expect(await all(spool, 'metrics')).toEqual(['1-6 disk_full']);
    await spill(7, 8);
    expect(await all(spool, 'metrics')).toEqual(['1-6 disk_full', '7=7', '8=8']); // from memory
    expect(health).toMatchObject([{ lane: 'metrics', kept: 'memory' }]);
    expect(spool.counts('alerts')).toMatchObject({ dropped: 0, pending: 4 });
  });
});

describe('the bound of the spool', () => {
  it('drops no alert while there is a metric, and metrics no alert at all', async () => {
    const { spool, append, spill } = await aSpool({ maxBytes: 3_000 });
    await append('alerts', 1, 10);
    await spill(1, 30);
    expect(spool.counts('alerts').dropped).toBe(0);
    await append('alerts', 11, 40);
    expect(spool.counts('metrics')).toMatchObject({ dropped: 30 });
    const [gap, ...rest] = await all(spool, 'alerts');
    expect(gap).toMatch(/^1-\d+ queue_full$/);
    expect(rest.at(-1)).toBe('40=40');
    expect(spool.counts('alerts').diskBytes + spool.counts('metrics').diskBytes).toBeLessThanOrEqual(3_000);
  });

  it('calls nothing lost that has arrived', async () => {
    const { spool, append } = await aSpool({ maxBytes: 1_500 });
    await append('alerts', 1, 3);
    spool.ack('alerts', spool.counts('alerts').epoch, 2);
    await append('alerts', 4, 20);
    const [gap] = await spool.read('alerts', 2, 1);
    expect(gap).toMatchObject({ kind: 'gap', from: 3, reason: 'queue_full' });
    expect(spool.counts('alerts').dropped).toBe((gap?.seq ?? 0) - 2);
  });

  it('keeps acknowledged alerts for a restored server, within their own bound and for fourteen days', async () => {
    const { spool, append, pass } = await aSpool({ ackedAlerts: { maxBytes: 1_000, maxAgeMs: 14 * 86_400_000 } });
    const { epoch } = spool.counts('alerts');
    await append('alerts', 1, 20);
    spool.ack('alerts', epoch, 19);
    await pass(0);
    const kept = (await spool.read('alerts', 0, 100)).filter(({ kind }) => kind === 'data').length;
    expect(kept).toBeGreaterThan(3);
    expect(kept).toBeLessThan(15);
    await pass(15 * 86_400_000);
    spool.ack('alerts', epoch, 20);
    await pass(0);
    const left = (await spool.read('alerts', 0, 100)).filter(({ kind }) => kind === 'data').length;
    expect(left).toBeLessThan(kept);
  });
});

it('acknowledged alerts are kept for fourteen days from when their segment was full, and not a day more', async () => {
  const DAY_MS = 86_400_000;
  const { spool, append, pass } = await aSpool({ ackedAlerts: { maxBytes: 1e6, maxAgeMs: 14 * DAY_MS } });
  const { epoch } = spool.counts('alerts');
  const kept = async () => (await spool.read('alerts', 0, 100)).filter(({ kind }) => kind === 'data').length;
  await append('alerts', 1, 20);
  spool.ack('alerts', epoch, 20);
  await pass(13 * DAY_MS);
  await append('alerts', 21, 21);
  expect(await kept()).toBe(21);
  spool.ack('alerts', epoch, 21);
  await pass(2 * DAY_MS);
  await append('alerts', 22, 22);
  expect(await kept()).toBeLessThan(6); // those of the newest segments
  expect((await spool.read('alerts', 20, 9)).map(({ seq }) => seq)).toEqual([21, 22]);
  expect(spool.counts('alerts').dropped).toBe(0);
});

it('records that turn out to be unreadable are counted as lost, each once', async () => {
  const { disk, append, reopened } = await aSpool();
  await append('alerts', 1, 9);
  for (const path of disk.paths.filter((one) => one.startsWith('alerts/'))) {
    const bytes = Buffer.from(disk.contentOf(path) ?? []);
    for (const id of [3, 4]) {
      const at = bytes.indexOf(payload(id, 50));
      if (at >= 0) bytes.fill(0, at, at + 50);
    }
    disk.plant(path, bytes);
  }
  disk.cut();
  const spool = await reopened(disk.reboot('kept'));
  for (let again = 0; again < 2; again += 1) await spool.read('alerts', 0, 100);
  expect(await spool.read('alerts', 0, 100)).toContainEqual(expect.objectContaining({ kind: 'gap', from: 3, seq: 4 }));
  expect(spool.counts('alerts').dropped).toBe(2);
});

describe('a disk that fails', () => {
  const failing = (disk: SimDisk, op: string, code: string, times: number) => {
    let left = times;
    disk.onOp = (asked) => {
      if (asked.do !== op || left === 0) return;
      left -= 1;
      throw Object.assign(new Error(code), { code });
    };
  };

  it.each<[op: string, code: string]>([
    ['sync', 'EIO'],
    ['sync folder', 'EIO'],
    ['write', 'EIO'],
    ['make', 'EACCES'],
  ])(
    'once at a %s with %s: what was to be written is in another file, never only in the one that failed',
    async (op, code) => {
      const { disk, spool, append, health, reopened } = await aSpool();
      await append('alerts', 1, op === 'sync folder' || op === 'make' ? 3 : 2);
      const before = disk.paths.length;
      failing(disk, op, code, 1);
      await append('alerts', 4, 4);
      expect(health).toEqual([]);
      expect(disk.paths.length).toBeGreaterThan(before);
      const kept = await all(spool, 'alerts');
      expect(kept.at(-1)).toMatch(/=4$/);
      disk.cut();
      expect(await all(await reopened(), 'alerts')).toEqual(kept); // with nothing of what was not synced
    },
  );

  it('for good: everything is taken and given from memory, and told once', async () => {
    const { disk, spool, append, pass, health } = await aSpool();
    await append('alerts', 1, 1);
    failing(disk, 'sync', 'EIO', Number.POSITIVE_INFINITY);
    await append('alerts', 2, 4);
    await append('metrics', 1, 2);
    await pass(60_000);
    expect(await all(spool, 'alerts')).toEqual(['1=1', '2=2', '3=3', '4=4']);
    expect(await all(spool, 'metrics')).toEqual(['1=1', '2=2']);
    expect(health.map(({ lane, kept }) => `${lane} ${kept}`)).toEqual(['alerts memory', 'metrics memory']);
    expect(spool.ack('alerts', spool.counts('alerts').epoch, 4)).toBe(true);
    expect(spool.counts('alerts').pending).toBe(0);
  });

  it('for a while: what is acknowledged while the rest of it is written takes nothing along', async () => {
    const { disk, spool, append, pass, reopened } = await aSpool();
    failing(disk, 'sync', 'EIO', Number.POSITIVE_INFINITY);
    await append('alerts', 1, 12);
    let isAcked = false;
    disk.onOp = ({ do: op }) => {
      if (op === 'sync' && !isAcked) isAcked = spool.ack('alerts', spool.counts('alerts').epoch, 2);
    };
    await pass(5_000);
    await new Promise(setImmediate); // the group of the retry
    await pass(0);
    expect(isAcked).toBe(true);
    expect(await all(spool, 'alerts')).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((id) => `${id}=${id}`));
    disk.cut();
    const kept = (await (await reopened()).read('alerts', 2, 100)).map(said);
    expect(kept).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((id) => `${id}=${id}`));
  });

  it('at each removal: alerts go there all the same, and what is to go is dropped once', async () => {
    const { disk, spool, append, pass, spill, health, reopened } = await aSpool({ free: { bytes: 100_000, share: 0 } });
    disk.capacityBytes = 200_000;
    await spill(1, 6);
    disk.capacityBytes = disk.usedBytes + 50_000;
    failing(disk, 'remove', 'EIO', Number.POSITIVE_INFINITY);
    for (let id = 1; id <= 4; id += 1) {
      await pass(60_000);
      await append('alerts', id, id);
    }
    expect(health).toEqual([]);
    expect(spool.counts('metrics').dropped).toBe(3);
    expect((await all(spool, 'metrics'))[0]).toBe('1-3 disk_full');
    disk.cut();
    expect(await all(await reopened(), 'alerts')).toEqual(['1=1', '2=2', '3=3', '4=4']);
  });

  it.each<[op: string, renewals: number]>([
    ['make', 1],
    ['sync', 1],
    ['write', 2],
    ['sync', 2],
  ])(
    'at a %s of renewal %i: the next record says the new epoch, and nothing is in memory alone',
    async (op, renewals) => {
      const { disk, spool, append, health, reopened } = await aSpool();
      await append('alerts', 1, 2);
      for (let renewal = 1; renewal <= renewals; renewal += 1) {
        failing(disk, op, 'ENOSPC', renewal === renewals ? Number.POSITIVE_INFINITY : 0);
        await spool.renew('alerts', 'kept');
      }
      failing(disk, op, 'ENOSPC', 0);
      const { epoch } = spool.counts('alerts');
      expect(health).toEqual([]);
      await append('alerts', 3, 3);
      disk.cut();
      const after = await reopened();
      expect(after.counts('alerts')).toMatchObject({ epoch, nextSeq: 4 });
      expect(await all(after, 'alerts')).toEqual(['1=1', '2=2', '3=3']);
    },
  );

  it('at the first record of a segment: an empty one does not stand before those that may go', async () => {
    const { disk, spool, append } = await aSpool({ maxBytes: 3_000 });
    await append('alerts', 1, 2);
    await spool.renew('alerts', 'unacked');
    failing(disk, 'sync', 'EIO', 1);
    await append('alerts', 3, 40);
    expect(spool.counts('alerts').diskBytes).toBeLessThanOrEqual(3_000);
    expect(disk.usedBytes).toBe(spool.counts('alerts').diskBytes);
  });

  it('slowly: who appends waits, and one sync is enough for all of them', async () => {
    const { disk, spool } = await aSpool();
    await spool.append('alerts', payload(1), AT);
    const gate = Promise.withResolvers<void>();
    disk.onOp = ({ do: op }) => (op === 'sync' ? gate.promise : undefined);
    const syncs = disk.syncs;
    const answers: number[] = [];
    const waiting = [2, 3, 4, 5].map(async (id) => answers.push(await spool.append('alerts', payload(id, 10), AT)));
    await new Promise(setImmediate);
    expect([answers, spool.counts('alerts').nextSeq]).toEqual([[], 2]);
    gate.resolve();
    await Promise.all(waiting);
    expect(answers).toEqual([2, 3, 4, 5]);
    expect(disk.syncs - syncs).toBe(1);
  });
});

it('a record that the server refused is kept for a person', async () => {
  const { disk, spool, append } = await aSpool();
  await append('alerts', 65, 66);
  const { epoch } = spool.counts('alerts');
  await spool.setAside('alerts', epoch, 2);
  const text = new TextDecoder().decode(disk.contentOf('set-aside/refused.jsonl'));
  const { payload: base64, ...place } = JSON.parse(text) as { payload: string };
  expect(place).toEqual({ lane: 'alerts', epoch, seq: 2 });
  expect(Buffer.from(base64, 'base64').toString()).toBe('B'.repeat(100));
  expect(spool.counts('alerts').setAside).toBe(1);
  for (let again = 0; again < 1_300; again += 1) await spool.setAside('alerts', epoch, 1);
  expect(disk.contentOf('set-aside/refused.jsonl')?.length).toBeLessThanOrEqual(256 * 1024);
});
