// A disk that is full, and the bound of the spool on it: alerts are kept first, metrics give way, and what is lost is told.
import { describe, expect, it } from 'vitest';

import { SMALL, aSpool, unacked } from './fixture.ts';

describe('a disk that is full', () => {
  it('gives alerts the room of the oldest metrics, and each metric that goes leaves its gap', async () => {
    const { disk, spool, append, spill, reopened } = await aSpool();
    await spill(1, 9);
    disk.capacityBytes = disk.usedBytes;
    await append('alerts', 1, 3);
    expect(await unacked(spool, 'alerts')).toEqual(['1=1', '2=2', '3=3']);
    const [gap, ...rest] = await unacked(spool, 'metrics');
    expect(gap).toMatch(/^1-\d disk_full$/);
    expect(rest.at(-1)).toBe('9=9');
    disk.cut();
    const after = await reopened(disk.reboot('kept'));
    expect(await unacked(after, 'alerts')).toEqual(['1=1', '2=2', '3=3']);
    expect(await unacked(after, 'metrics')).toEqual([gap, ...rest]);
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
    expect(await unacked(spool, 'alerts')).toEqual(['1=1', '2=2', '3=3', '4=4']);
    expect(spool.counts('metrics').dropped).toBe(0);
    expect(disk.usedBytes).toBeLessThan(64 * 1024);
  });

  it('without anything to give keeps new alerts in memory, says so, and writes them when there is room', async () => {
    const { disk, spool, append, pass, health, reopened } = await aSpool();
    await append('alerts', 1, 3);
    disk.capacityBytes = disk.usedBytes;
    await append('alerts', 4, 5);
    expect(await unacked(spool, 'alerts')).toEqual(['1=1', '2=2', '3=3', '4=4', '5=5']);
    expect(health).toMatchObject([{ lane: 'alerts', kept: 'memory' }]);
    disk.capacityBytes = Number.POSITIVE_INFINITY;
    await pass(5_000);
    await new Promise(setImmediate); // the group of the retry
    await pass(0);
    expect(health[1]).toEqual({ lane: 'alerts', kept: 'disk' });
    disk.cut();
    expect(await unacked(await reopened(), 'alerts')).toEqual(['1=1', '2=2', '3=3', '4=4', '5=5']);
  });

  it('takes a part of a record without an error: it is cut back', async () => {
    const { disk, spool, append, reopened } = await aSpool();
    await append('alerts', 1, 1);
    const { usedBytes } = disk;
    disk.capacityBytes = usedBytes + 50;
    await append('alerts', 2, 2);
    expect(disk.usedBytes).toBe(usedBytes);
    expect(await unacked(spool, 'alerts')).toEqual(['1=1', '2=2']);
    disk.cut();
    const after = await reopened(disk.reboot('kept'));
    expect(await unacked(after, 'alerts')).toEqual(['1=1']);
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
    expect(await unacked(spool, 'metrics')).toEqual(['1-6 disk_full']);
    await spill(7, 8);
    expect(await unacked(spool, 'metrics')).toEqual(['1-6 disk_full', '7=7', '8=8']); // from memory
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
    const [gap, ...rest] = await unacked(spool, 'alerts');
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
