// Kills in cycles while alerts and metrics flow over a network that misbehaves; then everything quiet, and the comparison.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Rng, SECOND_MS } from '@fettle/shared/time';

import type { Fault } from '../fault-proxy.ts';
import { Random } from '../sim/random.ts';
import { Backups, RULE } from './backups.ts';
import { Couple } from './couple.ts';
import { type Verdict, isQuiet, judge, seenBy } from './oracle.ts';
import { pick } from './pick.ts';
import { damageIn, openAlerts, readStored } from './stored.ts';

export type LoopOptions = {
  readonly cycles: number;
  readonly seed: number;
  readonly log: (line: string) => void;
};

const FLIP_MS = 60;
/** From a start to the first readings at the server. */
const FIRST_METRIC_MS = 15 * SECOND_MS;
const QUIET_MS = 30 * SECOND_MS;
/** From a fresh alert on the agent to its ticket. */
const FRESH_MS = 5 * SECOND_MS;
const LOOK_MS = 20;
/** So many kills of the server between two looks into a copy of its files. */
const LOOKS_EVERY = 10;

type Victim = 'agent' | 'server' | 'both';

/** A server alone not often: the agent that lives waits longer each time, and nothing flows. */
const VICTIMS: readonly (readonly [number, Victim])[] = [
  [7, 'agent'],
  [1, 'server'],
  [2, 'both'],
];

export class CrashLoop {
  readonly #options: LoopOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), 'fettle-crash-'));
  readonly #couple = new Couple(this.#folder);
  readonly #backups = new Backups(join(this.#folder, 'backups'));
  readonly #rng: Rng;
  readonly #killed: Record<Victim, number> = { agent: 0, server: 0, both: 0 };
  readonly #firstMetricMs: number[] = [];
  readonly #problems: string[] = [];
  readonly #startedMs = performance.now();

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#rng = new Random(options.seed).next;
  }

  /** @returns figures and what was not as promised */
  async run(): Promise<Verdict> {
    let flipping: NodeJS.Timeout | undefined;
    try {
      await this.#couple.start(this.#backups.config);
      await this.#waitForMetric(performance.now());
      await this.#until('the first look', FIRST_METRIC_MS, () => this.#couple.hasLooked(RULE));
      flipping = setInterval(() => this.#backups.flip(this.#rng), FLIP_MS);
      for (let cycle = 1; cycle <= this.#options.cycles; cycle += 1) await this.#cycle(cycle);
      clearInterval(flipping);
      const figures = await this.#settle();
      await this.#couple.stop();
      return this.#judge(figures);
    } finally {
      clearInterval(flipping);
      await this.#couple.killAgent();
      await this.#couple.killServer();
      await this.#couple.stop();
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  async #cycle(cycle: number): Promise<void> {
    const victim = cycle === this.#options.cycles ? 'both' : pick(this.#rng, VICTIMS);
    await sleep(this.#rng() * 300);
    this.#couple.proxy.set(this.#fault());
    await sleep(this.#rng() * 700);
    if (victim !== 'server') await this.#couple.killAgent();
    if (victim !== 'agent') await this.#killServer();
    this.#killed[victim] += 1;
    this.#couple.proxy.set({ kind: 'none' });
    // the server first: an agent that finds nobody waits up to 30 s, by the protocol
    if (victim !== 'agent') await this.#couple.startServer();
    const startedMs = performance.now();
    if (victim !== 'server') this.#couple.startAgent();
    // an agent that lives waits by its back-off; one that was started comes at once
    if (victim !== 'server' && this.#rng() < 0.6) await this.#waitForMetric(startedMs);
    if (cycle % 50 === 0) this.#options.log(`${cycle} cycles`);
  }

  #fault(): Fault {
    return pick<Fault>(this.#rng, [
      [5, { kind: 'none' }],
      [2, { kind: 'delay', ms: 20 + this.#rng() * 300 }],
      [2, { kind: 'throttle', bytesPerSecond: 2_000 + this.#rng() * 30_000 }],
      [1, { kind: 'swallow' }],
    ]);
  }

  async #killServer(): Promise<void> {
    await this.#couple.killServer();
    if ((this.#killed.server + this.#killed.both) % LOOKS_EVERY !== 0) return;
    const copy = join(this.#folder, 'copy'); // a look takes the log back into the file, which is the server's to do
    cpSync(this.#couple.serverFolder, copy, { recursive: true });
    this.#problems.push(...damageIn(copy));
    rmSync(copy, { recursive: true });
  }

  async #waitForMetric(startedMs: number): Promise<void> {
    const { witness } = this.#couple;
    await this.#until('the first readings', FIRST_METRIC_MS, () => witness.metricMs > startedMs);
    this.#firstMetricMs.push(performance.now() - startedMs);
  }

  /** Nothing is done to anyone any more. */
  async #settle(): Promise<Readonly<Record<string, number>>> {
    const { witness, serverFolder } = this.#couple;
    const startedMs = performance.now();
    const isSame = (): boolean =>
      openAlerts(serverFolder, RULE)
        .map(({ instance }) => instance)
        .join() === this.#backups.stale.join();
    await this.#until('the open alerts to be those of the agent', QUIET_MS, isSame);
    const settledMs = performance.now() - startedMs;
    const freshMs = await this.#fresh();
    await this.#until('everything to be acknowledged', QUIET_MS, () => isQuiet(witness));
    return { settled_ms: Math.round(settledMs), fresh_alert_to_ticket_ms: Math.round(freshMs) };
  }

  async #fresh(): Promise<number> {
    const { logged, serverFolder } = this.#couple;
    const before = openAlerts(serverFolder, RULE);
    this.#backups.set(0, false);
    await this.#until('the first backup to be fresh', QUIET_MS, () => !ticketOf(serverFolder, 'backup-01'));
    const from = logged.length;
    this.#backups.set(0, true);
    const fired = () =>
      logged.slice(from).some(({ change, instance }) => change === 'fire' && instance === 'backup-01');
    await this.#until('a fresh alert on the agent', QUIET_MS, fired);
    const firedMs = performance.now();
    await this.#until('its ticket', FRESH_MS, () => ticketOf(serverFolder, 'backup-01') !== undefined);
    this.#options.log(`${before.length} alerts stood open at the end`);
    return performance.now() - firedMs;
  }

  #judge(figures: Readonly<Record<string, number>>): Verdict {
    const { witness, logged, serverFolder, complaints } = this.#couple;
    const verdict = judge(seenBy(witness, logged), readStored(serverFolder), RULE);
    const damage = damageIn(serverFolder);
    return {
      figures: {
        cycles: this.#options.cycles,
        seconds: Math.round((performance.now() - this.#startedMs) / SECOND_MS),
        seed: this.#options.seed,
        killed_agent: this.#killed.agent,
        killed_server: this.#killed.server,
        killed_both: this.#killed.both,
        sessions: witness.welcomes,
        first_metric_p50_ms: Math.round(
          this.#firstMetricMs.toSorted((a, b) => a - b)[this.#firstMetricMs.length >> 1] ?? 0,
        ),
        first_metric_max_ms: Math.round(Math.max(0, ...this.#firstMetricMs)),
        ...figures,
        ...verdict.figures,
        damaged: damage.length,
      },
      problems: [...this.#problems, ...complaints, ...damage, ...verdict.problems],
    };
  }

  async #until(what: string, withinMs: number, isSo: () => boolean): Promise<void> {
    const deadlineMs = performance.now() + withinMs;
    while (!isSo()) {
      if (performance.now() > deadlineMs) {
        this.#problems.push(`${what}: not within ${withinMs / SECOND_MS} s`);
        return;
      }
      await sleep(LOOK_MS);
    }
  }
}

const ticketOf = (folder: string, instance: string): string | undefined =>
  openAlerts(folder, RULE).find((alert) => alert.instance === instance)?.ticket ?? undefined;
