// Asking a volume that may never answer: the wait is bounded, and few such questions are ever open.
import { mkdtempSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it, vi } from 'vitest';

import { HandClock } from '../collect/hand-clock.ts';
import { createStatVolume } from './stat-volume.ts';

const folders = ['a', 'b', 'c'].map((name) => mkdtempSync(join(tmpdir(), `fettle-volume-${name}-`)));
const [one = '', other = '', third = ''] = folders;
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** No answer of the system comes before the clock has passed its deadline: the hand is quicker. */
const hung = async (paths: readonly string[]) => {
  const clock = new HandClock();
  const stat = createStatVolume(clock);
  const asked = Promise.allSettled(paths.map((path) => stat(path)));
  await clock.pass(3_000);
  return { clock, stat, asked };
};

describe('a volume that answers', () => {
  it('is told as the system has it, and leaves no timer', async () => {
    const clock = new HandClock();
    const found = await createStatVolume(clock)(one);
    const { bsize, blocks, files } = await statfs(one);
    expect(found).toMatchObject({ blockBytes: bsize, blocks, inodes: files });
    expect(found.available).toBeLessThanOrEqual(found.free);
    expect(found.free).toBeLessThanOrEqual(blocks);
    expect(clock.waiting).toBe(0);
  });

  it('with an error gives the error', async () => {
    const clock = new HandClock();
    await expect(createStatVolume(clock)(join(one, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
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

  it('is asked again once it has answered, however late', async () => {
    const { clock, stat } = await hung([one, other]);
    await vi.waitFor(() => Promise.all([stat(one), stat(other), stat(third)]));
    expect(clock.waiting).toBe(0);
  });
});
