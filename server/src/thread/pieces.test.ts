import { setImmediate } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { inPieces } from './pieces.ts';

/** So many pieces, a second each by the clock that it moves; it ends when it is told that the time is over. */
const workOf = (pieces: number) => {
  const clock = { nowMs: 0 };
  const heard: (boolean | undefined)[] = [];
  function* work(): Generator<void, number, boolean | undefined> {
    for (let done = 0; done < pieces; done += 1) {
      clock.nowMs += 1_000;
      const isOver = yield;
      heard.push(isOver);
      if (isOver) return done + 1;
    }
    return pieces;
  }
  return { work: work(), clock, heard, nowMs: () => clock.nowMs };
};

it('work that is quick enough is done as a whole', async () => {
  const { work, heard, nowMs } = workOf(5);
  expect(await inPieces(work, 60_000, nowMs)).toBe(5);
  expect(heard).toEqual([false, false, false, false, false]);
});

it('work is told when its time is over, and not before', async () => {
  const { work, heard, nowMs } = workOf(100);
  expect(await inPieces(work, 3_000, nowMs)).toBe(3);
  expect(heard).toEqual([false, false, true]);
});

it('what others ask meanwhile is answered between two pieces', async () => {
  const { work, clock, nowMs } = workOf(50);
  const answeredAt: number[] = [];
  const asker = async () => {
    for (let asked = 0; asked < 3; asked += 1) {
      await setImmediate();
      answeredAt.push(clock.nowMs);
    }
  };
  const [done] = await Promise.all([inPieces(work, 60_000, nowMs), asker()]);
  expect(done).toBe(50);
  expect(answeredAt.at(-1)).toBeLessThan(50_000);
});

it('what fails, fails', async () => {
  function* broken(): Generator<void, number, boolean | undefined> {
    yield;
    throw new Error('the disk is gone');
  }
  await expect(inPieces(broken(), 1_000, () => 0)).rejects.toThrow('the disk is gone');
});
