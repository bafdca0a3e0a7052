// The clocks of one simulated machine: it can sleep, be frozen and thawed as a snapshot, have its time set, and be booted anew.
import type { Cancel, Clock } from '@fettle/shared/time';

import type { World } from './world.ts';

type Timer = { readonly dueMs: number; readonly run: () => void; isOver: boolean };

/** Every machine has been up for a while when the run begins. */
const UP_BEFORE_MS = 3_600_000;

export class SimClock implements Clock {
  readonly #world: World;
  /** World time when it stopped going. */
  #pausedMs: number | undefined;
  #skewMs = -UP_BEFORE_MS;
  #sleptMs = 0;
  #wallOffMs = 0;
  #parked: (() => void)[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  get isPaused(): boolean {
    return this.#pausedMs !== undefined;
  }

  get #nowMs(): number {
    return this.#pausedMs ?? this.#world.nowMs;
  }

  readonly monoMs = (): number => this.#nowMs - this.#skewMs;
  readonly wallMs = (): number => this.#world.wallMs() - this.#world.nowMs + this.#nowMs + this.#wallOffMs;
  /** Sleep included. */
  readonly uptimeMs = (): number => this.monoMs() + this.#sleptMs;

  readonly after = (delayMs: number, run: () => void): Cancel => {
    const timer = { dueMs: this.monoMs() + Math.max(0, delayMs), run, isOver: false };
    this.#arm(timer);
    return () => {
      timer.isOver = true;
    };
  };

  /** At once, or when the machine goes on. */
  awake(run: () => void): void {
    if (this.isPaused) this.#parked.push(run);
    else run();
  }

  /** As it is now, for the machine's twin. */
  copy(): SimClock {
    const twin = new SimClock(this.#world);
    twin.#skewMs = this.#skewMs;
    twin.#sleptMs = this.#sleptMs;
    twin.#wallOffMs = this.#wallOffMs;
    return twin;
  }

  pause(): void {
    this.#pausedMs ??= this.#world.nowMs;
  }

  /** @param how after a sleep the wall clock and the uptime know of it; a thawed snapshot believes that no time has passed */
  resume(how: 'slept' | 'thawed'): void {
    if (this.#pausedMs === undefined) return;
    const awayMs = this.#world.nowMs - this.#pausedMs;
    this.#pausedMs = undefined;
    this.#skewMs += awayMs;
    if (how === 'slept') this.#sleptMs += awayMs;
    else this.#wallOffMs -= awayMs;
    for (const run of this.#parked.splice(0)) run();
  }

  /** Someone sets the wall clock. @param offMs how far it is off then */
  set(offMs: number): void {
    this.#wallOffMs = offMs;
  }

  reboot(): void {
    this.#skewMs = this.#world.nowMs;
    this.#sleptMs = 0;
  }

  #arm(timer: Timer): void {
    this.#world.after(timer.dueMs - this.monoMs(), () => this.awake(() => this.#fire(timer)));
  }

  #fire(timer: Timer): void {
    if (timer.isOver) return;
    if (this.monoMs() < timer.dueMs) this.#arm(timer);
    else timer.run();
  }
}
