// The host of the Linux service for real: programs that are well, crash, hang and are stopped, and somebody in systemd's place.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { crashFile } from '@fettle/agent/host/last-crash.schema';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { missing, needs } from '../../test/support/needs.ts';
import { buildHost } from './host.ts';

const { skip, why } = missing(needs.linux, needs.cc);
const folder = mkdtempSync(join(tmpdir(), 'fettle-host-'));
const [host, listener, end] = [join(folder, 'host'), join(folder, 'listener'), join(folder, 'last-crash.json')];
const children: ChildProcess[] = [];

const WELL = 'while :; do printf . >&3; sleep 0.1; done';
const KILLED = 128 + 9;

beforeAll(() => {
  if (skip) return;
  buildHost(host, 'x64');
  execFileSync('cc', ['-o', listener, join(import.meta.dirname, 'notify-listener.c')]);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(end, { force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A shell script under the host. */
const hosted = (script: string, env: Readonly<Record<string, string>> = {}) => {
  const child = spawn(host, [end, '/bin/sh', '-c', script], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return { child, lines, ended: once(child, 'close').then(([code]: readonly unknown[]) => code) };
};

const lastCrash = () => crashFile.parse(JSON.parse(readFileSync(end, 'utf8')));

/** In the place of systemd. */
const listen = async () => {
  const path = join(folder, `notify-${children.length}-${performance.now()}`);
  const child = spawn(listener, [path], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const heard: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => heard.push(line));
  await once(lines, 'line');
  return { heard, env: { NOTIFY_SOCKET: path } };
};

describe.skipIf(skip)(`the host of the service${why}`, () => {
  it('is the same program each time', () => {
    const again = join(folder, 'again');
    buildHost(again, 'x64');
    expect(readFileSync(again).equals(readFileSync(host))).toBe(true);
  });

  it('says when the program is ready, that it is well, and that it stops; a stop is no crash', async () => {
    const { heard, env } = await listen();
    const { child, lines, ended } = hosted(`trap 'echo told; exit 0' TERM; ${WELL}`, env);
    await expect.poll(() => heard).toContain('WATCHDOG=1');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(lines).toEqual(['told']);
    expect(heard.slice(0, 3)).toEqual(['listening', 'READY=1|WATCHDOG=1', 'WATCHDOG=1']);
    await expect.poll(() => heard.at(-1)).toBe('STOPPING=1');
    expect(existsSync(end)).toBe(false);
  });

  it('says nothing for a program that says nothing', async () => {
    const { heard, env } = await listen();
    expect(await hosted('sleep 0.3', env).ended).toBe(0);
    expect(heard).toEqual(['listening']);
    expect(existsSync(end)).toBe(false);
  });

  it.each([
    ['an exit code', 'exit 7', 7, { how: 'exit', code: 7 }],
    ['a signal', 'kill -SEGV $$', 128 + 11, { how: 'signal', code: 11 }],
    ['silence', `for i in 1 2 3; do printf . >&3; done; exec sleep 60`, KILLED, { how: 'stuck', code: 9 }],
    ['being stopped', `printf . >&3; kill -STOP $$`, KILLED, { how: 'stuck', code: 9 }],
    ['its pipe closed', `printf . >&3; exec 3>&-; exec sleep 60`, KILLED, { how: 'stuck', code: 9 }],
  ] as const)('ends as the program does, and keeps why: %s', async (_what, script, code, crash) => {
    const beganMs = Date.now();
    expect(await hosted(script, { WATCHDOG_USEC: '400000' }).ended).toBe(code);
    const { at, ...kept } = lastCrash();
    expect(kept).toEqual({ version: 1, ...crash });
    expect(at).toBeGreaterThanOrEqual(beganMs);
    expect(Date.now() - beganMs).toBeLessThan(5_000);
  });

  it('lets a program alone that is well for longer than it may be silent', async () => {
    const { child, ended } = hosted(WELL, { WATCHDOG_USEC: '400000' });
    const outlived = new Promise((resolve) => void setTimeout(resolve, 1_200, 'well'));
    expect(await Promise.race([ended, outlived])).toBe('well');
    child.kill('SIGTERM');
    expect(await ended).toBe(0); // ended by the signal, which was asked for
  });

  it('keeps what is between it and systemd from the program', async () => {
    const { lines, ended } = hosted('env', {
      NOTIFY_SOCKET: '/nowhere',
      WATCHDOG_USEC: '900000000',
      WATCHDOG_PID: '1',
      KEPT: 'yes',
    });
    await ended;
    expect(lines).toEqual(expect.arrayContaining(['FETTLE_HOST_PIPE=3', 'KEPT=yes']));
    expect(lines.join()).not.toMatch(/NOTIFY|WATCHDOG/);
  });

  it('is ended with its program when it is killed', async () => {
    const { child, lines } = hosted(`trap 'echo told; exit' TERM; echo up; ${WELL}`);
    await expect.poll(() => lines).toEqual(['up']);
    child.kill('SIGKILL');
    await expect.poll(() => lines).toEqual(['up', 'told']);
  });

  it('cannot start what is not there', async () => {
    const child = spawn(host, [end, '/nowhere/node'], { stdio: 'ignore' });
    expect(await once(child, 'close')).toEqual([126, null]);
  });
});
