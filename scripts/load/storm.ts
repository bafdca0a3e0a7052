// A fleet that is connected, a server that is killed and started again, and how long everything takes to be as it was.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readState } from '@fettle/server/cli/state-file';
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

import { openAlerts } from '../crash/stored.ts';
import { endChild } from '../end-child.ts';
import { until } from '../until.ts';
import { enrolMany } from './enrol.ts';
import { type FleetOrder, type ServerReport, fleetReport, serverReport } from './messages.ts';

const SERVER = join(import.meta.dirname, 'load-server.ts');
const FLEET = join(import.meta.dirname, 'fleet-process.ts');
const PROCESSES = 2;
/** One in so many has an alert while the storm is on. */
const ALERTING = 20;
const START_MS = 30 * SECOND_MS;
const PATIENCE_MS = 3 * MINUTE_MS;

export type Storm = {
  readonly agents: number;
  /** From the kill of the server to the last agent's welcome. */
  readonly allBackS: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
  readonly alerts: number;
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  readonly rssMib: number;
  /** Alerts of devices that were said to be offline. */
  readonly falseOffline: number;
  /** Of all CPU time, what others on the host took while it lasted. */
  readonly stealPercent: number;
};

type Fleet = { readonly child: ChildProcess; open: number; readonly ackMs: number[]; errors: readonly string[] };

export class StormTest {
  readonly #folder = mkdtempSync(join(tmpdir(), 'fettle-load-'));
  readonly #data = join(this.#folder, 'server');
  readonly #agents: number;
  #fleets: Fleet[] = [];
  #server: ChildProcess | undefined;
  #port = '0';

  constructor(agents: number) {
    this.#agents = agents;
  }

  /** Every agent is connected when it resolves. */
  async start(): Promise<void> {
    await this.#startServer();
    await this.#endServer('SIGTERM');
    const keysFiles = Array.from({ length: PROCESSES }, (_, index) => join(this.#folder, `keys-${index}.json`));
    const serverId = enrolMany(this.#data, this.#agents, keysFiles);
    const url = await this.#startServer();
    this.#fleets = keysFiles.map((keysFile) => {
      const fleet = newFleet();
      tell(fleet, { do: 'start', url, serverId, keysFile, overMs: 30 * SECOND_MS });
      return fleet;
    });
    await this.#allOpen();
  }

  /** One restart of the server. */
  async run(): Promise<Storm> {
    for (const fleet of this.#fleets) fleet.ackMs.length = 0;
    const [cpu, startedMs] = [readCpu(), performance.now()];
    await this.#endServer('SIGKILL');
    const each = Math.floor(this.#agents / ALERTING / PROCESSES);
    for (const fleet of this.#fleets) tell(fleet, { do: 'alerts', count: each, overMs: 30 * SECOND_MS });
    await this.#startServer();
    await this.#look(); // what it did before it listened is no storm
    await this.#allOpen();
    const allBackS = (performance.now() - startedMs) / SECOND_MS;
    const acks = (): number[] => this.#fleets.flatMap(({ ackMs }) => ackMs);
    await until(
      'the alerts',
      () => acks().length >= each * PROCESSES && performance.now() - startedMs > 31 * SECOND_MS,
      PATIENCE_MS,
    );
    const { loopP99Ms, loopMaxMs, rssMib } = await this.#look();
    const sorted = acks().toSorted((a, b) => a - b);
    return {
      agents: this.#agents,
      allBackS,
      loopP99Ms,
      loopMaxMs,
      alerts: sorted.length,
      ackP50Ms: sorted[Math.floor(sorted.length * 0.5)] ?? Number.NaN,
      ackP99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
      rssMib,
      falseOffline: openAlerts(this.#data, 'device.offline').length,
      stealPercent: stealSince(cpu),
    };
  }

  async stop(): Promise<void> {
    for (const { child } of this.#fleets) await endChild(child, 'SIGKILL');
    await this.#endServer('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #startServer(): Promise<string> {
    const args = ['run', '--data', this.#data, '--port', this.#port, '--log-level', 'warn'];
    const child = fork(SERVER, args, { stdio: ['ignore', 2, 2, 'ipc'] });
    this.#server = child;
    const url = await until(
      'the server',
      () => (child.exitCode === null ? urlOf(this.#data, child) : undefined),
      START_MS,
    );
    this.#port = new URL(url).port;
    return url;
  }

  #endServer(signal: NodeJS.Signals): Promise<void> {
    return endChild(this.#server, signal);
  }

  async #look(): Promise<ServerReport> {
    const { promise, resolve } = Promise.withResolvers<ServerReport>();
    this.#server?.once('message', (message) => resolve(serverReport.parse(message)));
    this.#server?.send('look');
    return promise;
  }

  async #allOpen(): Promise<void> {
    const isAll = (): boolean => this.#fleets.reduce((sum, { open }) => sum + open, 0) === this.#agents;
    await until('every agent to be back', isAll, PATIENCE_MS).catch((error: unknown) => {
      const why = this.#fleets.map(({ open, errors }) => `${open}: ${errors.join(', ')}`).join('; ');
      throw new Error(`the processes of agents have open ${why}`, { cause: error });
    });
  }
}

const newFleet = (): Fleet => {
  const child = fork(FLEET, { stdio: ['ignore', 2, 2, 'ipc'] });
  const fleet: Fleet = { child, open: 0, ackMs: [], errors: [] };
  child.on('message', (message) => {
    const { open, ackMs, errors } = fleetReport.parse(message);
    fleet.open = open;
    fleet.errors = errors;
    fleet.ackMs.push(...ackMs);
  });
  return fleet;
};

const tell = ({ child }: Fleet, order: FleetOrder): void => void child.send(order);

const urlOf = (folder: string, { pid }: ChildProcess): string | undefined => {
  const state = readState(folder);
  return state?.pid === pid ? state?.url : undefined; // not of the one before
};

/** The first line of /proc/stat, proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal. */
const readCpu = (): readonly number[] =>
  readFileSync('/proc/stat', 'utf8').split('\n')[0]?.split(/ +/).slice(1, 9).map(Number) ?? [];

const STEAL = 7;

const stealSince = (before: readonly number[]): number => {
  const spent = readCpu().map((value, index) => value - (before[index] ?? 0));
  const all = spent.reduce((sum, value) => sum + value, 0);
  return all === 0 ? 0 : ((spent[STEAL] ?? 0) / all) * 100;
};
