// The bundled agent as it is on an endpoint: its own copy of the pinned Node, its flags, TLS, the rhythm of every day.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { z } from 'zod';

import { agentEnvironment, agentFile, agentFlags } from '../build/agent.ts';
import { cpuSecondsWithChildren } from './process-cost.ts';

/** Not the synchronous one: what carries the agent's bytes runs in this process. */
const execute = promisify(execFile);

const START_MS = 30_000;
const POLL_MS = 5;

const status = z.object({ link: z.object({ state: z.string() }) });
const collected = z.object({ readings: z.array(z.unknown()) });

export type Connection = { readonly url: string; readonly token: string; readonly caFile: string };

export class BenchResident {
  readonly #folder: string;
  readonly #node: string;
  #child: ChildProcess | undefined;

  /** @param folder empty; `node` in it shares no page with another Node on this machine */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#node = join(folder, 'node');
    copyFileSync(process.execPath, this.#node);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Enrolled once, before anything is measured. */
  async enroll(connection: Connection): Promise<void> {
    const tokenFile = join(this.#folder, 'token');
    writeFileSync(tokenFile, connection.token);
    const args = [agentFile, 'enroll', '--server', connection.url, '--token-file', tokenFile];
    await execute(this.#node, args, { env: this.#environment(connection) });
  }

  /** @returns CPU time until it was connected, in ms */
  async start(connection: Connection): Promise<number> {
    const child = spawn(this.#node, [...agentFlags, agentFile, 'run'], {
      env: this.#environment(connection),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#child = child;
    const deadline = performance.now() + START_MS;
    while (!this.#isConnected()) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error('the agent did not connect');
      await sleep(POLL_MS);
    }
    return cpuSecondsWithChildren(this.pid) * 1000;
  }

  /** How many series it reads on this machine. */
  async countSeries(): Promise<number> {
    const env = { FETTLE_DATA_DIR: this.#folder };
    const { stdout } = await execute(this.#node, [agentFile, 'collect', '--once', '--json'], { env });
    return collected.parse(JSON.parse(stdout)).readings.length;
  }

  async stop(): Promise<void> {
    if (!this.#child || this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }

  #environment({ url, caFile }: Connection) {
    const own = { FETTLE_DATA_DIR: this.#folder, FETTLE_SERVER_URL: url, FETTLE_CA_FILE: caFile };
    return { ...own, ...agentEnvironment, FETTLE_LOG_LEVEL: 'warn' };
  }

  #isConnected(): boolean {
    try {
      return status.parse(JSON.parse(readFileSync(join(this.#folder, 'status.json'), 'utf8'))).link.state === 'open';
    } catch {
      return false; // not written yet
    }
  }
}
