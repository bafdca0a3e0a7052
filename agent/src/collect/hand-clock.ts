// A clock that a test moves by hand.
import type { Cancel, Clock } from '@fettle/shared/time';

type Timer = { readonly atMs: number; readonly run: () => void };

/** Promises that follow one another are given this many turns after each timer. */
const TURNS = 50;

export class HandClock implements Clock {
  #wallMs = 1_800_000_000_000;
  #monoMs = 5_000_000;
  #sleptMs = 0;
  readonly #timers = new Set<Timer>();

  readonly wallMs = (): number => this.#wallMs;
  readonly monoMs = (): number => this.#monoMs;
  /** Sleep included, as a machine's uptime is. */
  readonly uptimeMs = (): number => this.#monoMs + this.#sleptMs;

  readonly after = (delayMs: number, run: () => void): Cancel => {
    const timer = { atMs: this.#monoMs + Math.max(0, delayMs), run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** Timers that have not run yet. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Time goes by; what is due runs at its time. */
  async pass(ms: number): Promise<void> {
    const until = this.#monoMs + ms;
    await settled();
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#timers.delete(next);
      this.#move(next.atMs - this.#monoMs);
      next.run();
      await settled();
    }
    this.#move(until - this.#monoMs);
  }

  /** The machine sleeps: nothing runs, and no timer comes nearer. */
  sleep(ms: number): void {
    this.#wallMs += ms;
    this.#sleptMs += ms;
  }

  /** Someone sets the clock. */
  set(byMs: number): void {
    this.#wallMs += byMs;
  }

  #move(ms: number): void {
    this.#wallMs += ms;
    this.#monoMs += ms;
  }

  #next(untilMs: number): Timer | undefined {
    return [...this.#timers].filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0];
  }
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
};
