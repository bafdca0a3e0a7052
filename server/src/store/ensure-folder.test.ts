import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { freshFolder } from '../fixture.ts';
import { ensureFolder } from './ensure-folder.ts';

const isLinux = process.platform === 'linux';
const why = isLinux ? '' : ' [skipped: needs Linux]';

describe('a folder that must be there', () => {
  it('is made with those above it, for its owner alone', () => {
    const folder = freshFolder();
    ensureFolder(join(folder, 'a', 'b', 'c'));
    for (const path of ['a', 'a/b', 'a/b/c']) expect(statSync(join(folder, path)).mode & 0o777).toBe(0o700);
  });

  it('and is, stays as it is', () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'file'), 'x');
    ensureFolder(folder);
    expect(existsSync(join(folder, 'file'))).toBe(true);
  });

  it('but has a file in its way cannot be made', () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => ensureFolder(join(folder, 'file', 'data'))).toThrow('ENOTDIR');
  });

  it.skipIf(!isLinux)(`but lies where nothing can be made is refused, not waited for${why}`, () => {
    expect(() => ensureFolder('/proc/fettle/data')).toThrow('ENOENT');
  });
});
