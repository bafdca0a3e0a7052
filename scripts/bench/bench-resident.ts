// The bundled agent as it is on an endpoint: its own copy of the pinned Node, its flags, TLS, the rhythm of every day.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { phaseOf } from '@fettle/agent/collect/beat';
import { isSlowId, slowOnes } from '@fettle/agent/collect/slow';
import { HOUR_MS } from '@fettle/shared/time';
import { INTERVALS } from '@fettle/shared/wire/intervals';
import { z } from 'zod';

import { agentEnvironment, agentFile, agentFlags } from '../build/agent.ts';
import { endChild } from '../end-child.ts';
import { runningMs, startedCpuMs } from './process-cost.ts';

/** Not the synchronous one: what carries the agent's bytes runs in this process. */
const execute = promisify(execFile);

const START_MS = 30_000;
const POLL_MS = 5;
const SLOW_MS = [INTERVALS.slow, INTERVALS.daily];

const ledger = z.object({ runs: z.number(), cpuMs: z.number(), children: z.number() });
const status = z.object({
  pid: z.number(),
  link: z.object({ state: z.string() }),
  collectors: z.array(z.object({ id: z.string(), ledger: ledger.exactOptional() })),
});
const identity = z.object({ enrolled: z.object({ deviceId: z.string() }) });
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

  /**
   * Enrolled before anything is measured, as a device whose slow readings do not fall into the next `quietMs`: when they do is
   * the device's own, and what they cost is told apart.
   */
  async enroll(connection: Connection, quietMs: number): Promise<void> {
    const tokenFile = join(this.#folder, 'token');
    const args = [agentFile, 'enroll', '--server', connection.url, '--token-file', tokenFile];
    do {
      rmSync(join(this.#folder, 'identity.json'), { force: true });
      writeFileSync(tokenFile, connection.token);
      await execute(this.#node, args, { env: this.#environment(connection) });
    } while (SLOW_MS.some((everyMs) => this.#untilSlowMs(everyMs) < quietMs));
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
    return startedCpuMs(this.pid);
  }

  /** @returns CPU time in ms of the same program with the same flags and nothing to run */
  startNothingMs(): number {
    const print = 'process.stdout.write(fs.readFileSync("/proc/self/schedstat", "utf8"))';
    const options = { env: agentEnvironment, encoding: 'utf8' } as const;
    return runningMs(execFileSync(this.#node, [...agentFlags, '--eval', print], options));
  }

  /** How many series it reads on this machine. */
  async countSeries(): Promise<number> {
    const env = { FETTLE_DATA_DIR: this.#folder };
    const { stdout } = await execute(this.#node, [agentFile, 'collect', '--once', '--json'], { env });
    return collected.parse(JSON.parse(stdout)).readings.length;
  }

  /** What its children cost in an hour, by what each has cost so far and how often it runs. */
  childCpuSPerHour(): number {
    const costs = this.#status().collectors.flatMap(({ id, ledger: spent }) => {
      if (!spent || spent.children === 0 || !isSlowId(id)) return [];
      return [(spent.cpuMs / spent.runs / 1000) * (HOUR_MS / INTERVALS[slowOnes[id].tier])];
    });
    return costs.reduce((sum, cost) => sum + cost, 0);
  }

  /** Beats so far. */
  get beats(): number {
    return this.#status().collectors.find(({ id }) => id === 'cpu')?.ledger?.runs ?? 0;
  }

  stop(): Promise<void> {
    return endChild(this.#child, 'SIGTERM');
  }

  #environment({ url, caFile }: Connection) {
    const own = { FETTLE_DATA_DIR: this.#folder, FETTLE_SERVER_URL: url, FETTLE_CA_FILE: caFile };
    return { ...own, ...agentEnvironment, FETTLE_LOG_LEVEL: 'error' };
  }

  #status() {
    return status.parse(JSON.parse(readFileSync(join(this.#folder, 'status.json'), 'utf8')));
  }

  #untilSlowMs(everyMs: number): number {
    const saved = identity.parse(JSON.parse(readFileSync(join(this.#folder, 'identity.json'), 'utf8')));
    const own = phaseOf(saved.enrolled.deviceId) * everyMs;
    return (((own - Date.now()) % everyMs) + everyMs) % everyMs;
  }

  #isConnected(): boolean {
    try {
      const { pid, link } = this.#status();
      return pid === this.pid && link.state === 'open'; // the one before left its own
    } catch {
      return false; // not written yet
    }
  }
}
