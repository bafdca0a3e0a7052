// The lock between processes: those here are real, and the tests wait for what they say.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { underLock } from './lock.mjs';

/** Called once, when a claim has just been written by the lock in this process. */
const meanwhile = vi.hoisted(() => ({ next: () => {} }));

vi.mock(import('node:fs'), async (original) => {
  const fs = await original();
  const writeFileSync: typeof fs.writeFileSync = (...args) => {
    fs.writeFileSync(...args);
    const { next } = meanwhile;
    meanwhile.next = () => {};
    next();
  };
  return { ...fs, writeFileSync };
});

let folder: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-lock-'));
});

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const node = (code: string): ChildProcess => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, FOLDER: folder, LOCK: new URL('lock.mjs', import.meta.url).href },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
};

const UNDER_LOCK = 'const { underLock } = await import(process.env.LOCK);';
/** Says "in" when it has the lock, and keeps it until its input ends. */
const holder = () =>
  node(`${UNDER_LOCK} await underLock(process.env.FOLDER, async () => {
    console.log('in');
    for await (const _ of process.stdin);
  });`);

const idle = () => node(`console.log('idle'); for await (const _ of process.stdin);`);

const says = async (child: ChildProcess, stream: 'stdout' | 'stderr', text: string): Promise<void> => {
  let said = '';
  for await (const chunk of child[stream] ?? []) {
    said += String(chunk);
    if (said.includes(text)) return;
  }
  throw new Error(`it never said "${text}", but: ${said}`);
};

const heard = async ({ stdout }: ChildProcess): Promise<string> =>
  String((await once(stdout ?? process.stdin, 'data'))[0]);

const finishedPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;
const claims = (): readonly string[] => readdirSync(folder);
const claim = (owner: number, { madeMs = Date.now(), heldFor = '' } = {}): void =>
  writeFileSync(join(folder, `${owner}.${madeMs}.abc`), heldFor);
const enter = (): Promise<string> => underLock(folder, () => Promise.resolve('in'));

describe('a claim that nobody holds is taken over at once', () => {
  test('its owner is dead', async () => {
    claim(finishedPid());
    await expect(enter()).resolves.toBe('in');
    expect(claims()).toEqual([]);
  });

  test('its owner and the program that it started are dead', async () => {
    claim(finishedPid(), { heldFor: String(finishedPid()) });
    await expect(enter()).resolves.toBe('in');
  });

  test('it is from before the machine started, though its process id runs again', async () => {
    claim(process.ppid, { madeMs: 0 });
    await expect(enter()).resolves.toBe('in');
  });

  test('it has our own id, from another life', async () => {
    claim(process.pid);
    await expect(enter()).resolves.toBe('in');
  });
});

test('the lock is released when the work is done, and when it fails', async () => {
  await underLock(folder, () => Promise.resolve(expect(claims()).toHaveLength(1)));
  expect(claims()).toEqual([]);
  await expect(underLock(folder, () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
  expect(claims()).toEqual([]);
});

test('the second waits for the first, and says so', async () => {
  const first = holder();
  await says(first, 'stdout', 'in');
  const second = holder();
  await says(second, 'stderr', 'waiting for another start to finish');
  first.stdin?.end();
  await says(second, 'stdout', 'in');
});

test('a killed owner frees the lock', async () => {
  const first = holder();
  await says(first, 'stdout', 'in');
  const second = holder();
  await says(second, 'stderr', 'waiting');
  first.kill('SIGKILL');
  await says(second, 'stdout', 'in');
});

test.runIf(process.platform === 'linux')('a dead owner that its parent never collected frees the lock', async () => {
  const stdio = ['pipe', 'pipe', 'inherit', 'pipe'] as const;
  const careless = spawn('sh', ['-c', '(read line <&3) & echo $!; exec cat'], { stdio: [...stdio] });
  started.push(careless);
  const pid = Number(await heard(careless));
  careless.stdin?.write('are you cat?');
  await heard(careless); // now nobody will collect the reader
  (careless.stdio[3] as Writable).write('end\n');
  while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await new Promise(setImmediate);
  claim(pid);
  await expect(enter()).resolves.toBe('in');
});

test('the program that a killed owner had started keeps the lock until it ends', async () => {
  const program = idle();
  await says(program, 'stdout', 'idle');
  claim(finishedPid(), { heldFor: String(program.pid) });
  const next = holder();
  await says(next, 'stderr', 'waiting');
  program.kill('SIGKILL');
  await says(next, 'stdout', 'in');
});

test('of two that claim in the same instant one steps back and waits', async () => {
  const rival = `${process.ppid}.${Date.now()}.abc`;
  meanwhile.next = () => writeFileSync(join(folder, rival), '');
  const tell = vi.spyOn(process.stderr, 'write').mockImplementation(() => {
    expect(claims()).toEqual([rival]);
    rmSync(join(folder, rival));
    return true;
  });
  await expect(enter()).resolves.toBe('in');
  expect(tell).toHaveBeenCalledOnce();
  tell.mockRestore();
});

test('of many at once only one is in', async () => {
  const crowd = Array.from({ length: 4 }, () =>
    node(`${UNDER_LOCK}
      import { mkdirSync, rmdirSync } from 'node:fs';
      const inside = process.env.FOLDER + '-inside';
      for (let round = 0; round < 5; round += 1) {
        await underLock(process.env.FOLDER, async () => {
          mkdirSync(inside); // fails when another is in
          await new Promise(setImmediate);
          rmdirSync(inside);
        });
      }`),
  );
  const ends = await Promise.all(crowd.map((child) => once(child, 'exit')));
  expect(ends).toEqual(crowd.map(() => [0, null]));
  expect(claims()).toEqual([]);
});
