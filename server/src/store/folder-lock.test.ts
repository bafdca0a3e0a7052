import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, it, onTestFinished } from 'vitest';

import { freshFolder } from '../fixture.ts';
import { isFolderLocked, lockFolder } from './folder-lock.ts';

const LOCK = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'folder-lock.ts')).href);

/** A process of its own that takes the lock and keeps it. @returns once it says that it has it, or why not */
const otherServer = async (folder: string): Promise<{ readonly child: ChildProcess; readonly word: string }> => {
  const program = `
    import { lockFolder } from ${LOCK};
    try { lockFolder(${JSON.stringify(folder)}); console.log('mine'); } catch (error) { console.log(error.message); }
    setInterval(() => {}, 1_000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const word = String(await once(child.stdout, 'data')).trim();
  return { child, word };
};

describe('a data folder', { timeout: 30_000 }, () => {
  it('belongs to one server, and to the next when that one is gone, however it went', async () => {
    const folder = freshFolder();
    const { child, word } = await otherServer(folder);
    expect(word).toBe('mine');
    expect(isFolderLocked(folder)).toBe(true);
    expect(() => lockFolder(folder)).toThrow(`Another server uses the data folder ${folder}.`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isFolderLocked(folder)).toBe(false);
    lockFolder(folder)();
  });

  it('that no server has ever had is not locked, and stays as it is', () => {
    const folder = freshFolder();
    expect([isFolderLocked(folder), isFolderLocked(join(folder, 'none')), readdirSync(folder)]).toEqual([
      false,
      false,
      [],
    ]);
  });

  it('is refused to another process while this one has it', async () => {
    const folder = freshFolder();
    const release = lockFolder(folder);
    expect((await otherServer(folder)).word).toContain(`Another server uses the data folder ${folder}.`);
    release();
  });

  it('is refused to a second server of the same process, without harm to the first', async () => {
    const folder = freshFolder();
    const release = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow('Another server uses');
    expect((await otherServer(folder)).word).toContain('Another server uses');
    release();
    lockFolder(folder)();
  });

  it('that cannot be used is told by its name', () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => lockFolder(join(folder, 'file', 'data'))).toThrow(/file\/data cannot be used/);
  });
});
