// How many new connections a second: a fleet that comes back at once is let in as fast as it can be served, the rest is asked to wait.

export type Admission = {
  /** @returns 0 when it may come in, else the seconds after which to ask again */
  readonly admit: (nowMs: number) => number;
};

/** A bucket that holds `burst` tokens and gains `perSecond`. */
export const createAdmission = (perSecond: number, burst: number): Admission => {
  let tokens = burst;
  let lastMs = Number.NEGATIVE_INFINITY;
  let turnedAway = 0;
  return {
    admit: (nowMs) => {
      const gained = Math.max(0, ((nowMs - lastMs) / 1000) * perSecond);
      tokens = Math.min(burst, tokens + gained);
      lastMs = nowMs;
      if (tokens >= 1) {
        tokens -= 1;
        turnedAway = Math.max(0, turnedAway - 1);
        return 0;
      }
      turnedAway += 1;
      return 1 + Math.floor(turnedAway / perSecond);
    },
  };
};
