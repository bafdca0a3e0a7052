import { setTimeout as sleep } from 'node:timers/promises';

import { SECOND_MS } from '@fettle/shared/time';

const LOOK_MS = 20;

/** Asks again until there is an answer. @throws when there is none in time: the message says what was waited for */
export const until = async <T>(what: string, ask: () => T | undefined | false, withinMs: number): Promise<T> => {
  for (const deadlineMs = performance.now() + withinMs; ; await sleep(LOOK_MS)) {
    const answer = ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadlineMs) throw new Error(`${what}: not within ${withinMs / SECOND_MS} s`);
  }
};
