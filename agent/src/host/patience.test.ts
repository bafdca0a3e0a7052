// Asking a volume that may never answer: the wait is bounded, and few such questions are ever open.
import { mkdtempSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it, vi } from 'vitest';

import { HandClock } from '../collect/hand-clock.ts';
import { createPatience } from './patience.ts';
import { statVolume } from './stat-volume.ts';

const folders = ['a', 'b', 'c'].map((name) => mkdtempSync(join(tmpdir(), `fettle-volume-${name}-`)));
const [one = '', other = '', third = ''] = folders;
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

const statWith = (clock: HandClock) => {
  const patience = createPatience(clock);
  return (path: string) => patience(path, () => statVolume(path));
};

/** No answer of the system comes before the clock has passed its deadline: the hand is quicker. */
const hung = async (paths: readonly string[]) => {
  const clock = new HandClock();
  const stat = statWith(clock);
  const asked = Promise.allSettled(paths.map((path) => stat(path)));
  await clock.pass(3_000);
  return { clock, stat, asked };
};

describe('a volume that answers', () => {
  it('is told as the system has it, and leaves no timer', async () => {
    const clock = new HandClock();
    const found = await statWith(clock)(one);
    const { bsize, blocks, files } = await statfs(one);
    expect(found).toMatchObject({ blockBytes: bsize, blocks, inodes: files });
    expect(found.available).toBeLessThanOrEqual(found.free);
    expect(found.free).toBeLessThanOrEqual(blocks);
    expect(clock.waiting).toBe(0);
  });

  it('with an error gives the error', async () => {
    const clock = new HandClock();
    await expect(statWith(clock)(join(one, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(clock.waiting).toBe(0);
  });
});

describe('a volume that does not answer', () => {
  it('is given up after three seconds, and not asked again as long as it hangs', async () => {
    const { stat, asked } = await hung([one]);
    await expect(stat(one)).rejects.toMatchObject({ code: 'timeout', message: `${one} still does not answer` });
    expect(await asked).toMatchObject([{ reason: { code: 'timeout', message: `${one} did not answer within 3 s` } }]);
  });

  it('leaves the others to be asked; two such leave none', async () => {
    const alone = await hung([one]);
    await expect(alone.stat(other)).resolves.toMatchObject({ blockBytes: expect.any(Number) as number });
    const both = await hung([one, other]);
    await expect(both.stat(third)).rejects.toMatchObject({
      code: 'timeout',
      message: `${third} was not asked: ${one}, ${other} do not answer`,
    });
  });

  it('is asked again a minute after it has answered, however late, then after two', async () => {
    const { clock, stat, asked } = await hung([one]);
    await asked;
    await vi.waitFor(() =>
      expect(stat(one)).rejects.toThrow(`${one} answered too late and is asked again within 1 min`),
    );
    await clock.pass(57_000); // a minute after the question
    const second = Promise.allSettled([stat(one)]);
    await clock.pass(3_000);
    expect(await second).toMatchObject([{ reason: { message: `${one} did not answer within 3 s` } }]);
    await clock.pass(57_000);
    await vi.waitFor(() => expect(stat(one)).rejects.toThrow('is asked again within 1 min'));
    await clock.pass(60_000);
    await expect(stat(one)).resolves.toMatchObject({ blockBytes: expect.any(Number) as number });
    await expect(stat(one)).resolves.toBeDefined();
    expect(clock.waiting).toBe(0);
  });

  it('pauses for an hour at most', async () => {
    const clock = new HandClock();
    const patience = createPatience(clock);
    const askedAt: number[] = [];
    for (let minute = 0; minute < 300; minute += 1) {
      const { promise, resolve } = Promise.withResolvers<string>();
      const work = () => {
        askedAt.push(minute);
        return promise;
      };
      const late = Promise.allSettled([patience('/x', work)]);
      await clock.pass(3_000);
      resolve('too late');
      await late;
      await clock.pass(57_000);
    }
    expect(askedAt.map((minute, index) => minute - (askedAt[index - 1] ?? 0))).toEqual([
      0, 1, 2, 4, 8, 16, 32, 60, 60, 60,
    ]);
  });

  it('that answers in time once begins anew', async () => {
    const { clock, stat, asked } = await hung([one]);
    await asked;
    await clock.pass(57_000);
    await vi.waitFor(() => stat(one));
    const again = Promise.allSettled([stat(one)]);
    await clock.pass(3_000);
    await again;
    await vi.waitFor(() => expect(stat(one)).rejects.toThrow('within 1 min'));
    await clock.pass(57_000);
    await expect(stat(one)).resolves.toBeDefined();
  });

  it('is forgotten when a hundred others have hung since', async () => {
    const clock = new HandClock();
    const patience = createPatience(clock);
    const hang = async (path: string) => {
      const { promise, resolve } = Promise.withResolvers<string>();
      const late = Promise.allSettled([patience(path, () => promise)]);
      await clock.pass(3_000);
      resolve('too late');
      await late;
    };
    for (let times = 0; times < 7; times += 1) {
      await hang('/first');
      await clock.pass(3_600_000);
    }
    await hang('/first');
    for (let number = 1; number < 100; number += 1) await hang(`/${number}`);
    await expect(patience('/first', () => Promise.resolve('asked'))).rejects.toThrow('/first answered too late');
    await hang('/100');
    await expect(patience('/first', () => Promise.resolve('asked'))).resolves.toBe('asked');
  });
});
