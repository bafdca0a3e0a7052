// Looks at the clock of the wall beside one that only goes on. When somebody has set the first, what was noted by it follows.
import { type ClockSet, type Clocks, clockSetOf, movedWith } from '../domain/presence/clock-set.ts';

export type ClockWatchParts = {
  readonly clocks: () => Clocks;
  /** Those who keep moments by the wall. */
  readonly followers: readonly { clockSet(set: ClockSet): void }[];
  readonly warn: (set: ClockSet) => void;
};

export class ClockWatch {
  readonly #parts: ClockWatchParts;
  #last: Clocks;
  #startedMs: number;

  constructor(parts: ClockWatchParts) {
    this.#parts = parts;
    this.#last = parts.clocks();
    this.#startedMs = this.#last.wallMs;
  }

  /** When this began to look, by the wall as it is now. */
  get startedMs(): number {
    return this.#startedMs;
  }

  /** Before anything is decided by the wall. */
  look(): void {
    const now = this.#parts.clocks();
    const set = clockSetOf(this.#last, now);
    this.#last = now;
    if (!set) return;
    this.#startedMs = movedWith(set, this.#startedMs);
    for (const follower of this.#parts.followers) follower.clockSet(set);
    this.#parts.warn(set);
  }
}
