// The bundled agent and the server as processes, with conditions that flip, a witness between, and the comparison at the end.

import { cpSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach } from 'vitest';

import { Backups, COUNT, RULE } from '../../scripts/crash/backups.ts';
import { type AgentStart, Couple } from '../../scripts/crash/couple.ts';
import { isQuiet, judge, seenBy } from '../../scripts/crash/oracle.ts';
import { damageIn, openAlerts, readStored } from '../../scripts/crash/stored.ts';
import { until } from '../../scripts/until.ts';
import { temporaryFolder } from './place.ts';

const LOOK_MS = 10_000;

/** A trial for each test of the file or block, in a folder of its own. */
export const eachTrial = (onNew: (trial: Trial) => void): void => {
  let end: () => Promise<void>;
  beforeEach(() => {
    const folder = temporaryFolder();
    const trial = new Trial(folder.path);
    end = async () => {
      await trial.remove();
      folder.remove();
    };
    onNew(trial);
  });
  afterEach(() => end());
};

export class Trial {
  readonly folder: string;
  readonly couple: Couple;
  readonly backups: Backups;

  /** @param folder empty */
  constructor(folder: string) {
    this.folder = folder;
    this.couple = new Couple(folder);
    this.backups = new Backups(join(folder, 'backups'));
  }

  /** @param how the agent is started from the first time on */
  async start(how: AgentStart = {}): Promise<void> {
    await this.couple.start(this.backups.config, how);
    await this.heard();
    // an agent that can keep nothing says nothing of it: by then it has looked, too
    await until('the first look', () => this.couple.hasLooked(RULE), LOOK_MS).catch(() => undefined);
  }

  /** With one alert told, and no agent at work. @returns a copy of the agent's files as they are then */
  async startAndCopy(): Promise<string> {
    await this.start();
    await this.flipTo(0);
    await this.couple.killAgent();
    const copy = join(this.folder, 'copy');
    cpSync(this.couple.agentFolder, copy, { recursive: true });
    return copy;
  }

  /** Readings come from now on. */
  async heard(): Promise<void> {
    const from = performance.now();
    await until('readings at the server', () => this.couple.witness.metricMs > from, 30_000);
  }

  /** Makes these the ones that are too old, and waits until the server has just these as open alerts. */
  async flipTo(...indexes: readonly number[]): Promise<void> {
    this.want(...indexes);
    await this.settled();
  }

  want(...indexes: readonly number[]): void {
    for (let index = 0; index < COUNT; index += 1) this.backups.set(index, indexes.includes(index));
  }

  async settled(): Promise<void> {
    const open = () => openAlerts(this.couple.serverFolder, RULE).map(({ instance }) => instance);
    await until('the alerts of the agent at the server', () => open().join() === this.backups.stale.join(), 40_000);
    await until('everything to be acknowledged', () => isQuiet(this.couple.witness), 40_000);
  }

  /** Ends both, and compares. @returns what is not as promised */
  async problems(): Promise<readonly string[]> {
    await this.couple.stop();
    const { witness, logged, serverFolder } = this.couple;
    return [...judge(seenBy(witness, logged), readStored(serverFolder), RULE).problems, ...damageIn(serverFolder)];
  }

  async remove(): Promise<void> {
    this.couple.signalAgent('SIGCONT');
    this.couple.signalServer('SIGCONT');
    await this.couple.killAgent();
    await this.couple.killServer();
    await this.couple.stop();
  }
}
