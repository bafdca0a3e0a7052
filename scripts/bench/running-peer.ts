// One of the other agents at work: started on a port of its own, asked as its server would, and taken down.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { isGone } from '../end-child.ts';
import { isFree } from '../start/port.ts';
import type { Peer } from './peers.ts';

const POLL_MS = 10_000;
/** Zabbix takes none above 32767, where the system's own choice begins. */
const FIRST_PORT = 20_000;

export class RunningPeer {
  readonly #child: ChildProcess;
  readonly #polling: NodeJS.Timeout | undefined;
  readonly name: string;
  #failures = 0;

  constructor({ name, program, poll }: Peer, args: readonly string[], port: number) {
    this.name = name;
    this.#child = spawn(program, [...args], { stdio: 'ignore', detached: true });
    this.#child.on('error', () => undefined); // it counts as ended
    if (!poll) return;
    this.#polling = setInterval(() => {
      poll(port).catch(() => {
        this.#failures += 1;
      });
    }, POLL_MS);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Why its figures count for nothing, if they do. */
  get problem(): string | undefined {
    const { exitCode, signalCode } = this.#child;
    if (isGone(this.#child) || this.pid === 0) return `it ended with ${signalCode ?? exitCode}`;
    return this.#failures > 0 ? `${this.#failures} questions were not answered` : undefined;
  }

  async stop(): Promise<void> {
    clearInterval(this.#polling);
    if (isGone(this.#child) || this.pid === 0) return;
    const ended = once(this.#child, 'exit');
    process.kill(-this.pid, 'SIGKILL');
    await ended;
  }
}

let lastPort = FIRST_PORT;

/** Another at each call. */
const freePort = async (): Promise<number> => {
  do lastPort += 1;
  while (!(await isFree(lastPort)));
  return lastPort;
};

/** @returns undefined where it is not installed */
export const startPeer = async (peer: Peer, folder: string): Promise<RunningPeer | undefined> => {
  if (!existsSync(peer.program)) return undefined;
  const own = join(folder, peer.name);
  mkdirSync(own, { recursive: true });
  const port = await freePort();
  return new RunningPeer(peer, peer.configure(own, port), port);
};
