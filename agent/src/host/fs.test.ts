// The agent's own files on a real disk: whole or not at all, also when many write at once.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../test/support/needs.ts';
import { ensureFolder } from './ensure-folder.ts';
import { nodeFs } from './fs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-fs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe.each(['replace', 'replaceLoosely'] as const)('%s', (replace) => {
  it('writes for the owner alone, makes the folders, and leaves nothing beside it', async () => {
    const path = join(folder, 'a/b/state.json');
    await nodeFs[replace](path, 'one');
    await nodeFs[replace](path, 'two €');
    expect(await nodeFs.read(path)).toBe('two €');
    expect([modeOf(path), modeOf(join(folder, 'a/b')), modeOf(join(folder, 'a'))]).toEqual([0o600, 0o700, 0o700]);
    expect(readdirSync(join(folder, 'a/b'))).toEqual(['state.json']);
  });

  it('many at once: the last call wins, and no reader ever sees anything but one of them', async () => {
    const path = join(folder, 'state.json');
    const contents = Array.from({ length: 20 }, (_, index) => `${index} `.repeat(20_000 * (1 + (index % 3))));
    const writing = contents.map((content) => nodeFs[replace](path, content));
    const seen = new Set<string | undefined>();
    for (const one of writing) {
      seen.add(await nodeFs.read(path));
      await one;
    }
    seen.delete(undefined);
    expect([...seen].filter((content) => !contents.includes(content ?? ''))).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe(contents.at(-1));
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  it('one that fails says so and leaves nothing behind', async () => {
    const path = join(folder, 'state.json');
    mkdirSync(path);
    await expect(nodeFs[replace](path, 'one')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  it('one that fails holds up none after it', async () => {
    const path = join(folder, 'state.json');
    mkdirSync(path);
    const failing = nodeFs[replace](path, 'one').catch(() => rmSync(path, { recursive: true }));
    const next = nodeFs[replace](path, 'two');
    await failing;
    await next;
    expect(await nodeFs.read(path)).toBe('two');
  });
});

describe('read and remove', () => {
  it('what is not there is undefined, and may be removed', async () => {
    expect(await nodeFs.read(join(folder, 'none/none'))).toBeUndefined();
    await nodeFs.remove(join(folder, 'none'));
  });

  it('what cannot be read is thrown', async () => {
    await expect(nodeFs.read(folder)).rejects.toThrow('EISDIR');
  });

  it('a removed file is gone', async () => {
    const path = join(folder, 'file');
    await nodeFs.replace(path, 'x');
    await nodeFs.remove(path);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a folder', () => {
  it('is for the owner alone, with those above it that it makes', () => {
    ensureFolder(join(folder, 'a/b/c'));
    expect(['a', 'a/b', 'a/b/c'].map((path) => modeOf(join(folder, path)))).toEqual([0o700, 0o700, 0o700]);
  });

  it('that is there is left as it is', () => {
    mkdirSync(join(folder, 'a'));
    chmodSync(join(folder, 'a'), 0o750);
    ensureFolder(join(folder, 'a'));
    expect(modeOf(join(folder, 'a'))).toBe(0o750);
  });

  it.each(['file', 'file/below'])('is not made where a file is: %s', (path) => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => ensureFolder(join(folder, path))).toThrow(/EEXIST|ENOTDIR/);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  const { skip, why } = missing(needs.linux);
  it.skipIf(skip)(`that the system refuses is an error, not a hang${why}`, () => {
    expect(() => ensureFolder('/proc/fettle/data')).toThrow('ENOENT');
  });
});
