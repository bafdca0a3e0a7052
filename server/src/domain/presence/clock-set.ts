// Somebody sets the server's clock, or it slept: what was noted before moves with it, so that nobody was silent for a day that never was.

/** A look at both clocks: that of the wall, and one that only goes on. */
export type Clocks = { readonly wallMs: number; readonly steadyMs: number };

export type ClockSet = {
  /** Forward is positive. */
  readonly byMs: number;
  /** By the wall, now. */
  readonly nowMs: number;
  /** Since the last look: what was noted within it may be by the clock as it is now. */
  readonly withinMs: number;
};

/** What keeps a clock right moves it by less between two looks, and no wait here is that exact. */
const LEAST_MS = 2_000;

/** @returns undefined when both clocks went on alike */
export const clockSetOf = (last: Clocks, now: Clocks): ClockSet | undefined => {
  const withinMs = now.steadyMs - last.steadyMs;
  const byMs = now.wallMs - last.wallMs - withinMs;
  return Math.abs(byMs) < LEAST_MS ? undefined : { byMs, nowMs: now.wallMs, withinMs };
};

/** @param atMs by the wall as it was noted. @returns as it would have been noted by the clock as it is now */
export const movedWith = ({ byMs, nowMs, withinMs }: ClockSet, atMs: number): number =>
  atMs <= nowMs && atMs >= nowMs - withinMs ? atMs : atMs + byMs;
