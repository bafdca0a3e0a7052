// What the host of the service left of a crash, as it writes it and as a disk can leave it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { nodeFs } from './fs.ts';
import { lastCrashIn } from './last-crash.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-crash-'));
const path = join(folder, 'last-crash.json');
afterAll(() => rmSync(folder, { recursive: true }));

const TEXT = '{"version":1,"at":1795488814887,"how":"signal","code":11}';

describe('the last crash', () => {
  it('is known until it was told', async () => {
    expect(await lastCrashIn(nodeFs, path)).toBeUndefined();
    writeFileSync(path, `${TEXT}\n`);
    const found = await lastCrashIn(nodeFs, path);
    expect(found?.crash).toEqual({ at: 1795488814887, how: 'signal', code: 11 });
    await found?.forget();
    expect(await lastCrashIn(nodeFs, path)).toBeUndefined();
  });

  it.each([
    ['half of it', TEXT.slice(0, 30)],
    ['nothing', ''],
    ['another version', TEXT.replace('"version":1', '"version":2')],
    ['a word that is none', TEXT.replace('signal', 'magic')],
    ['no number', TEXT.replace('11', '"11"')],
    ['more than is known', TEXT.replace('}', ',"more":1}')],
  ])('is none where the file holds %s', async (_what, text) => {
    writeFileSync(path, text);
    expect(await lastCrashIn(nodeFs, path)).toBeUndefined();
  });

  it('is none where the file is a folder', async () => {
    expect(await lastCrashIn(nodeFs, folder)).toBeUndefined();
  });
});
