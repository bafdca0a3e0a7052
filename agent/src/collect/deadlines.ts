// Waits for an answer no longer than it may take, and for none once the agent stops.
import type { Clock } from '@fettle/shared/time';
import type { Reason } from '@fettle/shared/wire/record.schema';

import { UnavailableError, reasonOf } from './collector.ts';

/** The answer, or why there is none. */
export type Answer<T> = { readonly value: T } | { readonly reason: Reason; readonly isUnavailable?: boolean };

export class Deadlines {
  readonly #clock: Clock;
  /** Ends the wait for each answer that is still to come. */
  readonly #waits = new Set<(why: string) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is thrown, at once or later, is the answer and goes no further. */
  async within<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<Answer<T>> {
    const { promise, resolve } = Promise.withResolvers<Answer<T>>();
    const aborter = new AbortController();
    const end = (why: string) => {
      resolve({ reason: { code: 'timeout', detail: why } });
      aborter.abort(why);
    };
    this.#waits.add(end);
    const cancel = this.#clock.after(timeoutMs, () => end(`no answer within ${timeoutMs / 1000} s`));
    void attempt(() => work(aborter.signal)).then(resolve);
    const answer = await promise;
    cancel();
    this.#waits.delete(end);
    return answer;
  }

  /** Nobody waits any more. */
  endAll(why: string): void {
    for (const end of this.#waits) end(why);
  }
}

const attempt = async <T>(work: () => Promise<T>): Promise<Answer<T>> => {
  try {
    return { value: await work() };
  } catch (error) {
    return { reason: reasonOf(error), isUnavailable: error instanceof UnavailableError };
  }
};
