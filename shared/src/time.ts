// Time as an argument. Whoever needs to know or to wait is handed a Clock: the system's, a test's, or the demo's fast one.

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export type Clock = {
  /** Milliseconds since 1970, UTC. A label: it jumps when someone sets the clock. */
  readonly wallMs: () => number;
  /** Milliseconds since boot, never going back. What durations are measured with. */
  readonly monoMs: () => number;
  /** Calls `run` once, `delayMs` from now, unless cancelled. */
  readonly after: (delayMs: number, run: () => void) => Cancel;
};

export type Cancel = () => void;

/** A number from 0 (inclusive) to 1 (exclusive). */
export type Rng = () => number;
