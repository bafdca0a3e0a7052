import { beforeEach, expect, it } from 'vitest';

import { Changes } from './changes.ts';
import { HandClock } from './hand-clock.ts';

let clock: HandClock;
let reads: (readonly [string, number])[];
let isAtWork: boolean;
let changes: Changes;
let startMs: number;

beforeEach(() => {
  clock = new HandClock();
  startMs = clock.monoMs();
  reads = [];
  isAtWork = false;
  changes = new Changes({
    clock,
    read: (id) => {
      reads.push([id, clock.monoMs() - startMs]);
      return Promise.resolve(!isAtWork);
    },
  });
});

it('a change is read at once', async () => {
  changes.note('services');
  await clock.pass(0);
  expect(reads).toEqual([['services', 0]]);
});

it('thousands are read once a second, the last of them too', async () => {
  for (let ms = 0; ms < 2_500; ms += 1) {
    changes.note('services');
    await clock.pass(1);
  }
  await clock.pass(5_000);
  expect(reads.map(([, at]) => at)).toEqual([0, 1_000, 2_000, 3_000]);
});

it('one collector does not wait for another', async () => {
  changes.note('services');
  await clock.pass(500);
  changes.note('volumes');
  changes.note('services');
  await clock.pass(600);
  expect(reads).toEqual([
    ['services', 0],
    ['volumes', 500],
    ['services', 1_000],
  ]);
});

it('one that is at work is asked again a few times, and then left to the beat', async () => {
  isAtWork = true;
  changes.note('services');
  await clock.pass(60_000);
  expect(reads).toHaveLength(5);
  isAtWork = false;
  changes.note('services');
  await clock.pass(60_000);
  expect(reads).toHaveLength(6);
});

it('nothing is read after the stop', async () => {
  changes.note('services');
  changes.stop();
  changes.note('services');
  await clock.pass(60_000);
  expect(reads).toEqual([]);
  expect(clock.waiting).toBe(0);
});
