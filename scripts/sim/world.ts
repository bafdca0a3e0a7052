// Simulated time: everything that happens, in the order of its moment, in one thread. Nothing waits for the real clock.
import type { Cancel } from '@fettle/shared/time';

type Happening = { readonly atMs: number; readonly order: number; readonly run: () => void; isOver: boolean };

/** Wall time at the beginning of every run. */
const BEGINNING_MS = Date.UTC(2027, 2, 1, 8);

export class World {
  readonly #heap: Happening[] = [];
  #nowMs = 0;
  #order = 0;
  #happened = 0;
  #failure: Error | undefined;

  /** Since the beginning. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get happened(): number {
    return this.#happened;
  }

  /** What a clock that is right shows. */
  readonly wallMs = (): number => BEGINNING_MS + this.#nowMs;

  /** In whole milliseconds, as clocks have it. */
  after(delayMs: number, run: () => void): Cancel {
    this.#order += 1;
    const happening = { atMs: this.#nowMs + Math.ceil(Math.max(0, delayMs)), order: this.#order, run, isOver: false };
    this.#push(happening);
    return () => {
      happening.isOver = true;
    };
  }

  /** The run is over before the next happening, with this. */
  fail(error: Error): void {
    this.#failure ??= error;
  }

  /** Again and again, until cancelled. */
  every(everyMs: number, run: () => void): Cancel {
    const repeat = (): void => {
      cancel = this.after(everyMs, repeat);
      run();
    };
    let cancel = this.after(everyMs, repeat);
    return () => cancel();
  }

  /** Each happening in a turn of its own, so that every promise that follows from it is settled before the next. */
  run(forMs: number): Promise<void> {
    const untilMs = this.#nowMs + Math.ceil(forMs);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const turn = (): void => {
      try {
        // what follows may itself wait for the end of a turn: that turn comes before the next happening
        if (this.#step(untilMs)) setImmediate(() => setImmediate(turn));
        else resolve();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    setImmediate(turn);
    return promise;
  }

  /** @returns false when nothing is left before `untilMs` */
  #step(untilMs: number): boolean {
    if (this.#failure) throw this.#failure;
    const next = this.#next(untilMs);
    if (!next) {
      this.#nowMs = untilMs;
      return false;
    }
    this.#nowMs = next.atMs;
    this.#happened += 1;
    next.run();
    return true;
  }

  #next(untilMs: number): Happening | undefined {
    for (;;) {
      const [first] = this.#heap;
      if (!first || first.atMs > untilMs) return undefined;
      this.#pop();
      if (!first.isOver) return first;
    }
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(happening);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (!parent || !isBefore(happening, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = happening;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const child = smaller(heap, 2 * at + 1);
      const below = heap[child];
      if (!below || !isBefore(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

const isBefore = (one: Happening, other: Happening): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);

/** @returns the place of the earlier of two children */
const smaller = (heap: readonly Happening[], left: number): number => {
  const [one, other] = [heap[left], heap[left + 1]];
  return one && other && isBefore(other, one) ? left + 1 : left;
};
