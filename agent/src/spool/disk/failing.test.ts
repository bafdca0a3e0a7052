// A disk that fails, harms or is slow: what it took is kept, what it did not is given from memory, and what is lost is told.
import { describe, expect, it } from 'vitest';

import { AT, aSpool, payloadOf, said, unacked } from './fixture.ts';
import type { SimDisk } from './sim-disk.ts';

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
      const kept = await unacked(spool, 'alerts');
      expect(kept.at(-1)).toMatch(/=4$/);
      disk.cut();
      expect(await unacked(await reopened(), 'alerts')).toEqual(kept); // with nothing of what was not synced
    },
  );

  it('for good: everything is taken and given from memory, and told once', async () => {
    const { disk, spool, append, pass, health } = await aSpool();
    await append('alerts', 1, 1);
    failing(disk, 'sync', 'EIO', Number.POSITIVE_INFINITY);
    await append('alerts', 2, 4);
    await append('metrics', 1, 2);
    await pass(60_000);
    expect(await unacked(spool, 'alerts')).toEqual(['1=1', '2=2', '3=3', '4=4']);
    expect(await unacked(spool, 'metrics')).toEqual(['1=1', '2=2']);
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
    expect(await unacked(spool, 'alerts')).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((id) => `${id}=${id}`));
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
    expect((await unacked(spool, 'metrics'))[0]).toBe('1-3 disk_full');
    disk.cut();
    expect(await unacked(await reopened(), 'alerts')).toEqual(['1=1', '2=2', '3=3', '4=4']);
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
      expect(await unacked(after, 'alerts')).toEqual(['1=1', '2=2', '3=3']);
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
    await spool.append('alerts', payloadOf(1), AT);
    const gate = Promise.withResolvers<void>();
    disk.onOp = ({ do: op }) => (op === 'sync' ? gate.promise : undefined);
    const syncs = disk.syncs;
    const answers: number[] = [];
    const waiting = [2, 3, 4, 5].map(async (id) => answers.push(await spool.append('alerts', payloadOf(id, 10), AT)));
    await new Promise(setImmediate);
    expect([answers, spool.counts('alerts').nextSeq]).toEqual([[], 2]);
    gate.resolve();
    await Promise.all(waiting);
    expect(answers).toEqual([2, 3, 4, 5]);
    expect(disk.syncs - syncs).toBe(1);
  });
});

it('records that turn out to be unreadable are counted as lost, each once', async () => {
  const { disk, append, reopened } = await aSpool();
  await append('alerts', 1, 9);
  for (const path of disk.paths.filter((one) => one.startsWith('alerts/'))) {
    const bytes = Buffer.from(disk.contentOf(path) ?? []);
    for (const id of [3, 4]) {
      const at = bytes.indexOf(payloadOf(id, 50));
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
