// The command line beside one real server: as a process of its own, or in this one.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, vi } from 'vitest';
import { z } from 'zod';

import { freshFolder } from '../fixture.ts';
import { main } from '../main.ts';

export const MAIN = join(import.meta.dirname, '..', 'main.ts');
const place = freshFolder();
export const data = join(place, 'data');
export const at = (name: string): string => join(place, name);

const start = (args: readonly string[]) =>
  spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, FETTLE_SERVER_CONFIG: at('empty.toml') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** As a process. */
export const run = async (args: readonly string[]) => {
  const child = start(args);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr, code: child.exitCode };
};

/** The same in this process, which is quicker. */
export const runHere = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      said[name] += String(chunk);
      return true;
    });
  }
  for (const [name, value] of Object.entries({ FETTLE_SERVER_CONFIG: at('empty.toml'), ...env }))
    vi.stubEnv(name, value);
  const code = await main(args);
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  return { ...said, code };
};

export let server: ChildProcess;
export let url = '';
beforeAll(async () => {
  writeFileSync(at('empty.toml'), '');
  server = start(['run', '--data', data, '--port', '0']);
  const state = z.object({ url: z.string() });
  const read = () => state.parse(JSON.parse(readFileSync(join(data, 'running.json'), 'utf8')));
  ({ url } = await vi.waitFor(read, { timeout: 20_000 }));
}, 30_000);
afterAll(() => server.kill('SIGKILL'));
