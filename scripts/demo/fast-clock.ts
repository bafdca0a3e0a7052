// A clock that starts in the past and runs fast until it has reached the present, then goes with it.
import type { Cancel, Clock } from '@fettle/shared/time';

type Timer = { readonly dueMs: number; readonly run: () => void };

/** What is due is run in the order of this clock's time, however late the real one is; between portions other work gets its turn. */
const PORTION = 50;
const TICK_MS = 5;

export class FastClock implements Clock {
  readonly #rate: number;
  readonly #timers = new Set<Timer>();
  #wallMs: number;
  #realMs: number;

  /** @param backMs how far in the past it starts; @param rate seconds of it per real second */
  constructor(backMs: number, rate: number) {
    this.#rate = rate;
    this.#realMs = Date.now();
    this.#wallMs = this.#realMs - backMs;
    setTimeout(() => this.#tick(), TICK_MS);
  }

  readonly wallMs = (): number => this.#wallMs;
  readonly monoMs = (): number => this.#wallMs;

  readonly after = (delayMs: number, run: () => void): Cancel => {
    const timer = { dueMs: this.#wallMs + Math.max(0, delayMs), run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  #tick(): void {
    const realMs = Date.now();
    const targetMs = Math.min(realMs, this.#wallMs + (realMs - this.#realMs) * this.#rate);
    this.#realMs = realMs;
    const due = [...this.#timers].filter(({ dueMs }) => dueMs <= targetMs).toSorted((a, b) => a.dueMs - b.dueMs);
    for (const timer of due.slice(0, PORTION)) {
      this.#timers.delete(timer);
      this.#wallMs = Math.max(this.#wallMs, timer.dueMs);
      timer.run();
    }
    if (due.length <= PORTION) this.#wallMs = Math.max(this.#wallMs, targetMs);
    setTimeout(() => this.#tick(), due.length > PORTION ? 0 : TICK_MS);
  }
}
