// Bytes per second of interfaces, from counters that wrap: 32-bit ones each half minute on a link of 1 Gbit/s.
// A counter that went back has wrapped, unless the device was started anew.

const WRAP_32 = 2 ** 32;

export type Counter = { readonly value: number; readonly bits: 32 | 64 };

export type OctetMeter = {
  /** Begins a reading. @param monoMs of this machine; @param uptimeS of the device; counters that it does not mention are forgotten */
  readonly begin: (monoMs: number, uptimeS: number | undefined) => void;
  /** @returns undefined at the first reading, and where it cannot be known */
  readonly perSecond: (key: string, counter: Counter) => number | undefined;
};

export const createOctetMeter = (): OctetMeter => {
  let last = new Map<string, Counter>();
  let current = new Map<string, Counter>();
  let [atMs, seconds, lastUptimeS] = [Number.NaN, Number.NaN, Number.POSITIVE_INFINITY];
  let wasRestarted = true;
  return {
    begin: (monoMs, uptimeS) => {
      last = current;
      current = new Map();
      seconds = (monoMs - atMs) / 1000;
      atMs = monoMs;
      wasRestarted = uptimeS === undefined || uptimeS < lastUptimeS;
      lastUptimeS = uptimeS ?? Number.POSITIVE_INFINITY;
    },
    perSecond: (key, counter) => {
      current.set(key, counter);
      const before = last.get(key);
      if (before?.bits !== counter.bits || !(seconds > 0) || wasRestarted) return undefined;
      const grown = counter.value - before.value;
      if (grown >= 0) return grown / seconds;
      return counter.bits === 32 ? (grown + WRAP_32) / seconds : undefined;
    },
  };
};
