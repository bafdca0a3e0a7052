// A power cut at each change that a busy spool makes to its disk, in every way that a disk may forget: what was safe is there.
import { expect, it } from 'vitest';

import type { Spool } from '../spool.ts';
import { AT, hastyClock, openSmall, seeded } from './fixture.ts';
import { SimDisk } from './sim-disk.ts';
import type { Leftover } from './sim-file.ts';

const payload = (id: number) => new Uint8Array(90).fill(id);

/** Appends, acknowledges, spills, renews and stops, until the power goes. @returns the alerts that were safe and not acknowledged */
const live = async (disk: SimDisk): Promise<readonly number[]> => {
  let isSafe = true;
  const clock = hastyClock();
  const spool = await openSmall({ disk, clock, onHealth: ({ kept }) => (isSafe = kept === 'disk') });
  const safe: number[] = [];
  const append = async (...ids: readonly number[]) => {
    await Promise.all(ids.map((id) => spool.append('alerts', payload(id), AT)));
    if (isSafe && !disk.isOff) safe.push(...ids);
  };
  await append(1);
  await append(2, 3, 4);
  await spool.append('metrics', payload(1), AT);
  await spool.append('metrics', payload(2), AT);
  clock.pass(10_000);
  spool.ack('alerts', spool.counts('alerts').epoch, Math.min(2, spool.counts('alerts').nextSeq - 1));
  await append(5, 6);
  await spool.renew('alerts', 'unacked');
  await append(7, 8, 9);
  spool.ack('metrics', spool.counts('metrics').epoch, 2);
  await append(10);
  await spool.close();
  return safe.filter((id) => id > 2);
};

const alertsOf = async (spool: Spool) => {
  const { nextSeq, acked } = spool.counts('alerts');
  const records = await spool.read('alerts', acked, 100);
  const covered = records.map((record) => [record.kind === 'gap' ? record.from : record.seq, record.seq]);
  const ends = [acked, ...covered.map(([, to = 0]) => to)];
  expect(covered.map(([from]) => from)).toEqual(covered.map((_, index) => (ends[index] ?? 0) + 1));
  expect(ends.at(-1)).toBe(nextSeq - 1);
  return records.flatMap((record) => (record.kind === 'data' ? [record.payload[0] ?? 0] : []));
};

const IMAGES_OF: Readonly<Record<Leftover, number>> = { kept: 1, lost: 1, torn: 180 };

it('the power goes anywhere: no alert that was safe is missing, none is doubled, and the next one is taken', async () => {
  const whole = new SimDisk({ rng: seeded(1) });
  expect(await live(whole)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  let images = 0;
  for (let ops = 0; ops <= whole.ops; ops += 1) {
    const disk = new SimDisk({ rng: seeded(1) });
    disk.cutAfter(ops);
    const safe = await live(disk).catch((): readonly number[] => []); // not even opened
    for (const leftover of ['kept', 'lost', 'torn'] as const) {
      for (let seed = 0; seed < IMAGES_OF[leftover]; seed += 1) {
        const found = disk.reboot(leftover, seeded(seed + 100 * ops));
        const spool = await openSmall({ disk: found, clock: hastyClock() });
        const ids = await alertsOf(spool);
        expect(ids.filter((id) => safe.includes(id))).toEqual(safe);
        expect(ids).toEqual([...new Set(ids)]);
        await spool.append('alerts', payload(99), AT);
        expect((await alertsOf(spool)).at(-1)).toBe(99);
        await spool.close();
        images += 1;
      }
    }
  }
  expect(images).toBeGreaterThan(5_000);
}, 30_000);
