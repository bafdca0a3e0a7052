// A problem that comes and goes is one problem: it is held open until it has made up its mind.
import type { Times } from '../times.ts';

/** So many fires within Times.flappingMs. */
const FIRES = 4;

export type Flapping = {
  readonly sinceMs: number;
  /** As the agent has it now; the alert stands open all the same. */
  readonly isClear: boolean;
};

/** @param firesMs when it fired of late, this time included; by the clock of whoever saw it. @returns the last few that still count */
export const recentFires = (firesMs: readonly number[], atMs: number, { flappingMs }: Times): readonly number[] =>
  [...firesMs.filter((firedMs) => Math.abs(atMs - firedMs) < flappingMs), atMs].slice(-FIRES);

export const isTooOften = (firesMs: readonly number[]): boolean => firesMs.length >= FIRES;
