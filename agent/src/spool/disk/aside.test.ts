// What is kept for a person to look at: within its bounds, and whole.
import { expect, it } from 'vitest';

import { keepRefused, setFileAside } from './aside.ts';
import { seeded } from './fixture.ts';
import { SimDisk } from './sim-disk.ts';

const REFUSED = 'set-aside/refused.jsonl';
const MAX_BYTES = 256 * 1024;

const aDisk = () => new SimDisk({ rng: seeded(1) });
const refused = (seq: number, bytes: number) =>
  ({ lane: 'alerts', epoch: 'e', seq, payload: new Uint8Array(bytes) }) as const;
const linesOn = (disk: SimDisk): readonly { readonly seq: number }[] =>
  new TextDecoder()
    .decode(disk.contentOf(REFUSED))
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { readonly seq: number });

it('of the files the newest four, and what the server refused beside them', async () => {
  const disk = aDisk();
  await keepRefused(disk, refused(1, 10));
  for (let serial = 1; serial <= 6; serial += 1) {
    disk.plant(`alerts/${serial}.seg`, new Uint8Array([serial]));
    await setFileAside(disk, `alerts/${serial}.seg`);
  }
  const kept = [3, 4, 5, 6].map((serial) => `set-aside/alerts-${serial}.seg`);
  expect([...disk.paths].toSorted()).toEqual([...kept, REFUSED]);
  expect(disk.contentOf('set-aside/alerts-6.seg')).toEqual(new Uint8Array([6]));
});

it('of the refused one line each, until the next would pass the bound: then it begins anew', async () => {
  const disk = aDisk();
  await keepRefused(disk, refused(1, 30_000));
  const lineBytes = disk.contentOf(REFUSED)?.length ?? 0;
  const fitting = Math.floor(MAX_BYTES / lineBytes);
  for (let seq = 2; seq <= fitting; seq += 1) await keepRefused(disk, refused(seq, 30_000));
  expect(linesOn(disk).map(({ seq }) => seq)).toEqual(Array.from({ length: fitting }, (_, index) => index + 1));
  await keepRefused(disk, refused(99, 30_000));
  expect(linesOn(disk).map(({ seq }) => seq)).toEqual([99]);
});

it('a line that fits to the byte is kept with the others', async () => {
  const disk = aDisk();
  await keepRefused(disk, refused(1, 0));
  const emptyBytes = disk.contentOf(REFUSED)?.length ?? 0;
  disk.plant(REFUSED, new Uint8Array(MAX_BYTES - emptyBytes).fill(10));
  await keepRefused(disk, refused(2, 0));
  expect(disk.contentOf(REFUSED)?.length).toBe(MAX_BYTES);
});

it('a disk that takes only a part of a line keeps none of it', async () => {
  const disk = aDisk();
  await keepRefused(disk, refused(1, 10));
  disk.capacityBytes = disk.usedBytes + 20;
  await keepRefused(disk, refused(2, 100));
  expect(linesOn(disk).map(({ seq }) => seq)).toEqual([1]);
});
