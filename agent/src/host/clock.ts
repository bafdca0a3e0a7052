import type { Clock } from '@fettle/shared/time';

/** setTimeout counts in 31 bits; a longer wait would end at once. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  // since boot on Linux and Windows, so that a restarted agent goes on counting where it was
  monoMs: () => Number(process.hrtime.bigint() / 1_000_000n),
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(Math.max(0, delayMs), LONGEST_MS));
    return () => clearTimeout(timer);
  },
};
