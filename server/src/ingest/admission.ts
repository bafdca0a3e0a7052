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

type Rate = { readonly perSecond: number; readonly burst: number };

/** Addresses remembered, the newest: who was forgotten begins with a full bucket again. */
const ADDRESSES_MAX = 10_000;

/** A bucket for all, and one for each address. */
export const createGate = (all: Rate, each: Rate) => {
  const everybody = createAdmission(all.perSecond, all.burst);
  const byAddress = new Map<string, Admission>();
  const admissionOf = (address: string): Admission => {
    const known = byAddress.get(address) ?? createAdmission(each.perSecond, each.burst);
    byAddress.set(address, known);
    const [oldest] = byAddress.keys();
    if (byAddress.size > ADDRESSES_MAX && oldest !== undefined) byAddress.delete(oldest);
    return known;
  };
  return {
    /** @param address undefined where it tells nothing; @returns as of Admission */
    admit: (address: string | undefined, nowMs: number): number => {
      const waitS = address === undefined ? 0 : admissionOf(address).admit(nowMs);
      return waitS > 0 ? waitS : everybody.admit(nowMs);
    },
  };
};
