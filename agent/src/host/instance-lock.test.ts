// One agent per data folder, with real processes: the second is refused, and one that died locks nobody out.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';

import { missing, needs } from '../../../test/support/needs.ts';
import { InstanceLockedError, lockInstance } from './instance-lock.ts';

vi.setConfig({ testTimeout: 30_000 });

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-lock-'));
  path = join(folder, 'data/lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

const MODULE = new URL('instance-lock.ts', import.meta.url).href;

/** Another process that holds the lock until it is killed. */
const holder = async (): Promise<ChildProcess> => {
  const text = `import { lockInstance } from '${MODULE}'; lockInstance('${path}'); console.log('locked'); setInterval(() => {}, 1e3);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
};

describe('a folder that no agent uses', () => {
  it('is locked in the name of this process, for the owner alone, until released', () => {
    const release = lockInstance(path);
    expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    expect([statSync(path).mode & 0o777, statSync(join(folder, 'data')).mode & 0o777]).toEqual([0o600, 0o700]);
    release();
    expect(existsSync(path)).toBe(false);
    lockInstance(path)();
  });
});

describe('a folder that an agent uses', () => {
  it('is refused, with the process and what to do', async () => {
    const { pid } = await holder();
    expect(() => lockInstance(path)).toThrow(InstanceLockedError);
    expect(() => lockInstance(path)).toThrow(
      `Another agent (process ${pid}) uses ${join(folder, 'data')}. Stop it, or give this one another data_dir.`,
    );
  });

  it('is free as soon as that one was killed', async () => {
    const child = await holder();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(path)).toBe(true);
    lockInstance(path)();
  });

  it('is refused to the same process as well', () => {
    const release = lockInstance(path);
    expect(() => lockInstance(path)).toThrow(`process ${process.pid}`);
    release();
  });
});

const { skip, why } = missing(needs.linux);

describe('a lock that is left behind', () => {
  const dead = spawnSync(process.execPath, ['-e', '']).pid;

  it.each([
    ['empty', ''],
    ['no process', 'lock'],
    ['process 0', '0 '],
    ['every process', '-1 '],
    ['endless', 'Infinity 1'],
    ['of a process that ended', `${dead} 1`],
  ])('is taken over: %s', (_name, content) => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(path, content);
    const release = lockInstance(path);
    expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    release();
  });

  it.skipIf(skip)(`is taken over when its number is another process by now${why}`, () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(path, `${process.ppid} 1`);
    lockInstance(path)();
  });
});

it('a folder that cannot be made is no other agent', () => {
  writeFileSync(join(folder, 'data'), '');
  expect(() => lockInstance(path)).toThrow(/EEXIST|ENOTDIR/);
});
