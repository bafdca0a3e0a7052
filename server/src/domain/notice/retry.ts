// What follows when a message could not be sent: again later, or never.
import type { Times } from '../times.ts';

/** With the times of 10 s to an hour, three to four hours: then a person decides. */
const ATTEMPTS_MAX = 12;

export type Failure = {
  /** The receiver will never take it: wrong address, no right to. */
  readonly isLasting: boolean;
  /** What the receiver asked for; null: nothing. */
  readonly retryAfterMs: number | null;
};

/**
 * @param attempts so far, this one included
 * @param jitter 0 to 1, so that what failed together does not come back together
 * @returns ms to wait for the next attempt; undefined: there is none
 */
export const retryIn = (
  attempts: number,
  { isLasting, retryAfterMs }: Failure,
  jitter: number,
  { noticeRetryMs, noticeRetryMaxMs }: Pick<Times, 'noticeRetryMs' | 'noticeRetryMaxMs'>,
): number | undefined => {
  if (isLasting || attempts >= ATTEMPTS_MAX) return undefined;
  const doubled = Math.min(noticeRetryMaxMs, noticeRetryMs * 2 ** (attempts - 1));
  const asked = Math.min(noticeRetryMaxMs, Math.max(0, retryAfterMs ?? 0));
  return Math.max(asked, Math.round(doubled * (0.5 + jitter / 2)));
};
