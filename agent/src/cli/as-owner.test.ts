// In a process of its own: who one is, is the whole process's.
import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const isRoot = process.getuid?.() === 0;
const skip = !isRoot && process.env['FETTLE_CI'] !== '1';
const OWNER = 1234;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-owner-'));
  writeFileSync(join(folder, 'secret'), 'for root alone', { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const writeInside = () => {
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { writeFile } from 'node:fs/promises';
    import { asOwnerOf } from ${JSON.stringify(join(import.meta.dirname, 'as-owner.ts'))};
    const [folder] = process.argv.slice(1);
    let refused = 'no';
    await asOwnerOf(folder, async () => {
      writeFileSync(folder + '/now', '');
      await writeFile(folder + '/later', ''); // by another thread
      try { readFileSync(folder + '/secret'); } catch (error) { refused = error.code; }
    });
    writeFileSync(folder + '/after', '');
    process.stdout.write(refused);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script, folder], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const owners = ['now', 'later', 'after']
    .map((name) => statSync(join(folder, name)))
    .map(({ uid, gid }) => [uid, gid]);
  return { refused: stdout, owners };
};

describe.skipIf(skip)(`root writes for a service${isRoot ? '' : ' [skipped: needs root]'}`, () => {
  it('as the owner of its folder, without its own rights, and is root again', () => {
    chownSync(folder, OWNER, OWNER);
    expect(writeInside()).toStrictEqual({
      refused: 'EACCES',
      owners: [
        [OWNER, OWNER],
        [OWNER, OWNER],
        [0, 0],
      ],
    });
  });

  it('as itself where the folder is its own', () => {
    expect(writeInside()).toStrictEqual({
      refused: 'no',
      owners: [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    });
  });
});
