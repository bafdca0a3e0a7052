// When less is read: on a battery that runs low, and when the agent itself costs too much.
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';

import type { BeatIntervals } from './beat.ts';
import type { Measured } from './runner.ts';

/** How many times longer than usual: every interval, and the slow ones besides. */
export type Stretch = { readonly all: number; readonly slow: number };

export const NO_STRETCH: Stretch = { all: 1, slow: 1 };

/** Of one CPU, over ten minutes, children included. */
const BUDGET = 0.01;
const OVER_MS = 10 * MINUTE_MS;
/** Well below the budget for this long: the next step back. */
const CALM = 0.005;
const CALM_MS = HOUR_MS;
const SLOWEST = 8;
/** Of the charge of every battery, while the machine runs on them. */
const LOW_CHARGE = 300;

/** Doubles the slow intervals for each ten minutes over the budget, and halves them again for each calm hour. */
export class Budget {
  #factor = 1;
  #since: { readonly monoMs: number; readonly cpuMs: number } | undefined;
  #calmSinceMs: number | undefined;
  #share: number | undefined;

  get factor(): number {
    return this.#factor;
  }

  /** CPU time ÷ time over the last ten minutes that are over; undefined in the first. */
  get share(): number | undefined {
    return this.#share;
  }

  /** @param cpuMs spent so far, children included */
  note(monoMs: number, cpuMs: number): void {
    this.#since ??= { monoMs, cpuMs };
    const passedMs = monoMs - this.#since.monoMs;
    if (passedMs < OVER_MS) return;
    this.#share = (cpuMs - this.#since.cpuMs) / passedMs;
    this.#since = { monoMs, cpuMs };
    if (this.#share >= CALM) this.#calmSinceMs = undefined;
    else this.#calmSinceMs ??= monoMs - passedMs;
    if (this.#share > BUDGET) this.#factor = Math.min(SLOWEST, this.#factor * 2);
    if (this.#calmSinceMs === undefined || monoMs - this.#calmSinceMs < CALM_MS) return;
    this.#factor = Math.max(1, this.#factor / 2);
    this.#calmSinceMs = monoMs;
  }
}

/** @param readings the newest of everything */
export const stretchOf = (readings: readonly Measured[], factor: number): Stretch => ({
  all: isRunningLow(readings) ? 2 : 1,
  slow: factor,
});

const isRunningLow = (readings: readonly Measured[]): boolean => {
  const isOnBattery = readings.some(({ metric, integer }) => metric === 'fettle.power.source' && integer === 0);
  const charges = readings.filter(({ metric }) => metric === 'hw.battery.charge');
  return isOnBattery && charges.length > 0 && charges.every(({ integer }) => integer < LOW_CHARGE);
};

export const stretched = <I extends BeatIntervals>(intervals: I, { all, slow }: Stretch): I => ({
  ...intervals,
  fast: intervals.fast * all,
  minute: intervals.minute * all,
  slow: intervals.slow * all * slow,
  daily: intervals.daily * all * slow,
});

/** For the log: what is done and why. */
export const stretchText = ({ all, slow }: Stretch, share: number | undefined): string => {
  if (all === 1 && slow === 1) return 'readings are taken as often as usual again';
  const why = [
    ...(all > 1 ? ['the battery is low: readings are taken half as often'] : []),
    ...(slow > 1
      ? [
          `the agent took ${((share ?? 0) * 100).toFixed(1)} % of a CPU: slow readings are taken ${slow} times less often`,
        ]
      : []),
  ];
  return why.join('; ');
};
