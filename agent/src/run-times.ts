// How long the machine and this agent have run, and how long of that it slept: for the server to tell what kept the device away.
import type { Clock } from '@fettle/shared/time';
import type { Run } from '@fettle/shared/wire/agent-message.schema';

export class RunTimes {
  readonly #clock: Pick<Clock, 'monoMs'>;
  readonly #uptimeMs: () => number;
  readonly #startedMs: number;
  #aheadMs: number;

  /** @param clock whose monotonic time stands still while the machine sleeps; @param uptimeMs since boot, sleep included */
  constructor(clock: Pick<Clock, 'monoMs'>, uptimeMs: () => number) {
    this.#clock = clock;
    this.#uptimeMs = uptimeMs;
    this.#startedMs = uptimeMs();
    this.#aheadMs = this.#startedMs - clock.monoMs();
  }

  /** The server knows of everything up to now. */
  welcomed(): void {
    this.#aheadMs = this.#uptimeMs() - this.#clock.monoMs();
  }

  now(): Omit<Run, 'lastEnd'> {
    const uptimeMs = this.#uptimeMs();
    return {
      uptimeMs: whole(uptimeMs),
      agentMs: whole(uptimeMs - this.#startedMs),
      asleepMs: whole(uptimeMs - this.#clock.monoMs() - this.#aheadMs),
    };
  }
}

/** Of two clocks read one after the other. */
const whole = (ms: number): number => Math.max(0, Math.round(ms));
