// The resident agent as the service host of Windows starts it: told on its standard input that the machine sleeps, wakes and goes down.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { nodeFs } from '../host/fs.ts';
import { Identity } from '../identity/identity.ts';
import { ENROLLED, type PlayedLink, playServer } from '../played-server.ts';

const TEST_MS = 60_000; // a process, on slow machines
const program = join(import.meta.dirname, '..', 'main.ts');

/** What it says goodbye with, once the link is closed. */
const goodbyeOf = async ({ closed, received }: PlayedLink): Promise<unknown> => {
  await closed;
  return received.at(-1);
};

it(
  'says goodbye before the machine sleeps, comes back when it wakes, and ends when it goes down',
  async () => {
    const server = await playServer();
    const folder = mkdtempSync(join(tmpdir(), 'fettle-run-'));
    const identity = await Identity.create(nodeFs, join(folder, 'identity.json'));
    await identity.setEnrolled({ ...ENROLLED, serverUrl: server.url });
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [program, 'run', '--stop-on-eof', '--data-dir', folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH },
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });
    const ended = once(child, 'exit');

    const before = await server.link();
    await before.admit();
    child.stdin.write('suspend\n');
    expect(await goodbyeOf(before)).toEqual({ type: 'bye', reason: 'suspend' });
    expect(server.links).toHaveLength(1);

    child.stdin.write('resume\n');
    const after = await server.link();
    await after.admit();
    child.stdin.write('shutdown\n');
    expect(await goodbyeOf(after)).toEqual({ type: 'bye', reason: 'shutdown' });
    expect(await ended).toEqual([0, null]);
  },
  TEST_MS,
);
