// What whoever started the agent wants of it: by signals, and on its standard input by lines and by its end. The service host of Windows
// says "suspend" and "resume" when the machine sleeps and wakes, and "shutdown" before it goes down (agent/packaging/windows/host).
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export type Order = 'run' | 'suspend' | 'stop' | 'shutdown';

/** Who sleeps is not told the time: this long after falling asleep the machine is awake again, or never slept. */
const ASLEEP_MS = 120_000;

export class Orders {
  readonly #over = new AbortController();
  #now: Order = 'run';
  #changed = Promise.withResolvers<void>();
  #waking: NodeJS.Timeout | undefined;

  get now(): Order {
    return this.#now;
  }

  /** Aborted when it is to end for good. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** When it is another one than now. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  /** Nothing comes after the order to end. */
  give(order: Order): void {
    if (this.#over.signal.aborted || order === this.#now) return;
    clearTimeout(this.#waking);
    if (order === 'suspend') this.#waking = setTimeout(() => this.give('run'), ASLEEP_MS);
    this.#now = order;
    if (order === 'stop' || order === 'shutdown') this.#over.abort();
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    resolve();
  }
}

/** Gives the orders that come on a starter's line to us. */
export const listenTo = (input: Readable, orders: Orders): void => {
  const words: Readonly<Record<string, Order>> = { suspend: 'suspend', resume: 'run', shutdown: 'shutdown' };
  const lines = createInterface({ input });
  lines.on('line', (line) => {
    const order = Object.hasOwn(words, line) ? words[line] : undefined;
    if (order !== undefined) orders.give(order);
  });
  lines.once('close', () => orders.give('stop'));
  input.once('error', () => orders.give('stop'));
  orders.over.addEventListener('abort', () => {
    lines.close();
    input.destroy(); // else the process would wait for more
  });
};
