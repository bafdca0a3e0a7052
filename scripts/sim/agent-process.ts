// One process of the real agent on a simulated machine. When it is killed, nothing that it began goes on.
import { Agent, type OwnKeyParts } from '@fettle/agent/agent';
import type { AgentLog, AgentStatus } from '@fettle/agent/agent-report';
import { ServerClock } from '@fettle/agent/collect/clock/server-clock';
import type { Fs } from '@fettle/agent/host/fs';
import type { Self } from '@fettle/agent/link/hello';
import type { Dial } from '@fettle/agent/link/socket';
import { SeriesSets } from '@fettle/agent/spool/series-sets';
import type { Spool } from '@fettle/agent/spool/spool';
import type { Clock, Rng } from '@fettle/shared/time';

import { machineOf } from '../demo/machine.ts';
import { simulatedHost } from '../demo/simulated-host.ts';
import { type Condition, collectorsOf } from './condition.ts';
import type { SimClock } from './sim-clock.ts';

/** What a spool is opened with. */
export type SpoolNeeds = { readonly isAlive: () => boolean; readonly clock: Clock; readonly sets: SeriesSets };

export type ProcessParts = {
  readonly self: Self;
  readonly clock: SimClock;
  readonly rng: Rng;
  readonly condition: Condition;
  readonly ownKey: OwnKeyParts;
  readonly fsOf: (isAlive: () => boolean) => Fs;
  readonly spoolOf: (needs: SpoolNeeds) => Promise<Spool>;
  readonly dialOf: (toAgent: (run: () => void) => void) => Dial;
  readonly log: (entry: AgentLog) => void;
};

export class AgentProcess {
  readonly #parts: ProcessParts;
  #isAlive = true;
  #agent: Agent | undefined;
  #spool: Spool | undefined;

  constructor(parts: ProcessParts) {
    this.#parts = parts;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get status(): AgentStatus | undefined {
    return this.#agent?.status;
  }

  get spool(): Spool | undefined {
    return this.#spool;
  }

  async start(): Promise<void> {
    const { spoolOf, fsOf, clock, rng, self, ownKey, log, condition, dialOf } = this.#parts;
    const isAlive = () => this.#isAlive;
    const mine = this.#clock();
    const sets = new SeriesSets();
    const spool = await spoolOf({ isAlive, clock: mine, sets });
    this.#spool = spool;
    this.#agent = new Agent({
      clock: mine,
      rng,
      fs: fsOf(isAlive),
      host: { ...simulatedHost(machineOf(0), mine), uptimeMs: clock.uptimeMs, bootId: () => self.bootId },
      net: { dial: dialOf((run) => clock.awake(() => this.#isAlive && run())), clock: mine },
      spool,
      sets,
      collectors: () => collectorsOf(condition),
      serverClock: new ServerClock(),
      self,
      ownKey,
      files: { state: 'state', rules: 'rules' },
      onStatus: () => undefined,
      log,
    });
    await this.#agent.start();
  }

  kill(): void {
    this.#isAlive = false;
  }

  /** Says goodbye, keeps what it can; dead when it resolves. */
  async stop(reason: Parameters<Agent['stop']>[0]): Promise<void> {
    await this.#agent?.stop(reason);
    await this.#spool?.close();
    this.#isAlive = false;
  }

  /** The machine's, as long as this process lives. */
  #clock(): Clock {
    const { clock } = this.#parts;
    return {
      wallMs: clock.wallMs,
      monoMs: clock.monoMs,
      after: (delayMs, run) => clock.after(delayMs, () => this.#isAlive && run()),
    };
  }
}
