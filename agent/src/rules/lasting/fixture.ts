// A machine whose true time passes, whose clock may be wrong, and whose agent starts and stops: for tests over days and boots.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Transition } from '@fettle/shared/alert/alert';
import { pack } from '@fettle/shared/rule/pack';
import type { Rule } from '@fettle/shared/rule/rule';
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { onTestFinished } from 'vitest';

import { nodeFs } from '../../host/fs.ts';
import { Evaluator } from '../evaluator.ts';
import { SERVER } from '../fixture.ts';
import type { Observation } from '../observation.ts';
import { loadState, saveState } from '../saved-state.ts';

export const PENDING = 'fettle.disk.sectors.pending';
export const CRASH = 'fettle.log.crash';
export const REPORTED = 'fettle.disk.errors.reported';

export const START_MS = 1_800_000_000_000;

export const reading = (metric: string, attributes: Readonly<Record<string, string>>, integer: number) => ({
  metric,
  attributes,
  integer,
});
export const base = { everyMs: HOUR_MS, isPartial: false };

/** Pending sectors by disk. */
export const smart = (pending: Readonly<Record<string, number>>): Observation => ({
  ...base,
  source: 'smart',
  provides: [PENDING, REPORTED],
  measured: Object.entries(pending).map(([disk, count]) => reading(PENDING, { 'hw.id': disk }, count)),
});
/** Crashes by class. */
export const log = (counts: Readonly<Record<string, number>>): Observation => ({
  ...base,
  source: 'log',
  provides: [CRASH],
  measured: Object.entries(counts).map(([name, count]) => reading(CRASH, { 'fettle.log.class': name }, count)),
});
/** A machine: true time passes, its clock may be wrong, it is booted now and then, its agent more often. */
export class Machine {
  rules: readonly Rule[] = pack;
  readonly #folder = mkdtempSync(join(tmpdir(), 'fettle-machine-'));
  #evaluator = new Evaluator(SERVER);
  #boot = 0;
  #trueMs = START_MS;
  #bootedMs = START_MS - HOUR_MS;
  /** How far its clock is off. */
  clockMs = 0;

  constructor() {
    onTestFinished(() => rmSync(this.#folder, { recursive: true }));
    this.#evaluator.setRules(this.rules, this.#now());
  }

  get statePath(): string {
    return join(this.#folder, 'state.json');
  }

  get evaluator(): Evaluator {
    return this.#evaluator;
  }

  pass(ms: number): void {
    this.#trueMs += ms;
  }

  see(...seen: readonly Observation[]): readonly string[] {
    return this.judge(...seen).map(({ change, rule, instance }) => `${change} ${rule} ${instance}`);
  }

  judge(...seen: readonly Observation[]): readonly Transition[] {
    const now = this.#now();
    return this.#evaluator.judge(seen, now, now.uptimeMs);
  }

  setRules(rules: readonly Rule[]): readonly Transition[] {
    this.rules = rules;
    return this.#evaluator.setRules(rules, this.#now());
  }

  save(): Promise<void> {
    return saveState(this.#place(), this.#evaluator.memory, false);
  }

  async restart(): Promise<readonly Transition[]> {
    this.#evaluator = new Evaluator(SERVER);
    this.#evaluator.adopt(await loadState(this.#place(), { rules: this.rules, device: SERVER }, this.#now()));
    return this.#evaluator.setRules(this.rules, this.#now());
  }

  /** Off for so long, and up for a minute. */
  async boot(offMs: number): Promise<void> {
    this.#boot += 1;
    this.#bootedMs = this.#trueMs + offMs;
    this.#trueMs = this.#bootedMs + MINUTE_MS;
    await this.restart();
  }

  #now() {
    const uptimeMs = this.#trueMs - this.#bootedMs;
    return { monoMs: uptimeMs, uptimeMs, wallMs: Math.max(0, this.#trueMs + this.clockMs) };
  }

  #place() {
    return { fs: nodeFs, path: this.statePath, bootId: `boot ${this.#boot}` };
  }
}
