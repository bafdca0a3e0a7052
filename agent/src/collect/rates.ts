// From counters to rates: what a counter grew by, per second. A counter that went back was reset and gives nothing once.

/** Reads one counter: its growth per second since the last reading, or undefined. */
export type Rates = {
  readonly perSecond: (key: string, counter: number) => number | undefined;
};

export type RateMeter = {
  /** Begins a reading at `monoMs`; keys that it does not mention are forgotten. */
  readonly reading: (monoMs: number, read: (rates: Rates) => void) => void;
};

export const createRateMeter = (): RateMeter => {
  let lastMs = Number.NaN;
  let last = new Map<string, number>();
  return {
    reading: (monoMs, read) => {
      const seconds = (monoMs - lastMs) / 1000;
      const current = new Map<string, number>();
      read({
        perSecond: (key, counter) => {
          current.set(key, counter);
          const before = last.get(key);
          return before === undefined || counter < before || !(seconds > 0) ? undefined : (counter - before) / seconds;
        },
      });
      last = current;
      lastMs = monoMs;
    },
  };
};
