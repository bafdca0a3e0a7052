// Collectors that say when something changed are read at once, but at most once a second each, however much they have to say.
import type { Cancel, Clock } from '@fettle/shared/time';

const EVERY_MS = 1_000;
/** Of one change, while the collector is at work: one that hangs is left to the beat. */
const TRIES = 5;

export type ChangesParts = {
  readonly clock: Clock;
  /** @returns false while the collector is at work: what it is reading may be from before the change */
  readonly read: (collector: string) => Promise<boolean>;
};

export class Changes {
  readonly #parts: ChangesParts;
  readonly #lastMs = new Map<string, number>();
  readonly #pending = new Map<string, Cancel>();
  #isStopped = false;

  constructor(parts: ChangesParts) {
    this.#parts = parts;
  }

  note(collector: string): void {
    if (!this.#pending.has(collector)) this.#schedule(collector, TRIES);
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#pending.values()) cancel();
    this.#pending.clear();
  }

  #schedule(collector: string, tries: number): void {
    const { clock } = this.#parts;
    if (this.#isStopped || tries === 0) return;
    const last = this.#lastMs.get(collector) ?? Number.NEGATIVE_INFINITY;
    const waitMs = Math.max(0, last + EVERY_MS - clock.monoMs());
    const cancel = clock.after(waitMs, () => void this.#read(collector, tries));
    this.#pending.set(collector, cancel);
  }

  /** What changes from here on is another change. */
  async #read(collector: string, tries: number): Promise<void> {
    const { clock, read } = this.#parts;
    this.#lastMs.set(collector, clock.monoMs());
    this.#pending.delete(collector);
    const isRead = await read(collector);
    if (!isRead && !this.#pending.has(collector)) this.#schedule(collector, tries - 1);
  }
}
