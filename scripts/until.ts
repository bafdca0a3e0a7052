import { setTimeout as sleep } from 'node:timers/promises';

import { SECOND_MS } from '@fettle/shared/time';

const LOOK_MS = 20;

/** Thrown by what is asked, when asking again is of no use. */
export class Hopeless extends Error {}

/** Asks again until there is an answer. @throws when there is none in time: the message says what was waited for */
export const until = async <T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 60_000,
): Promise<T> => {
  const deadlineMs = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = error;
    }
    if (performance.now() > deadlineMs)
      throw new Error(`${what}: not within ${timeoutMs / SECOND_MS} s`, { cause: last });
    await sleep(LOOK_MS);
  }
};
