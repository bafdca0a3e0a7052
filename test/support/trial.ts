// The bundled agent and the server as processes, with conditions that flip, a witness between, and the comparison at the end.
import { join } from 'node:path';

import { Backups, COUNT, RULE } from '../../scripts/crash/backups.ts';
import { type AgentStart, Couple } from '../../scripts/crash/couple.ts';
import { isQuiet, judge, seenBy } from '../../scripts/crash/oracle.ts';
import { damageIn, openAlerts, readStored } from '../../scripts/crash/stored.ts';
import { until } from './until.ts';

export class Trial {
  readonly couple: Couple;
  readonly backups: Backups;

  /** @param folder empty */
  constructor(folder: string) {
    this.couple = new Couple(folder);
    this.backups = new Backups(join(folder, 'backups'));
  }

  /** @param how the agent is started from the first time on */
  async start(how: AgentStart = {}): Promise<void> {
    await this.couple.start(this.backups.config, how);
    await this.heard();
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
