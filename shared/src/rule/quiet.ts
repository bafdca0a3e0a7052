// What a back-test may pass over: readings that leave an `ok` as it is, whatever was before them. `step` decides about all others.
import type { CompiledRule } from './compile.ts';
import { GAP_INTERVALS, type RuleState } from './step.ts';

/** Values, as integers, at which no level is breached: at least and at most. */
export type Band = { readonly least: number; readonly most: number };

/** undefined for a rule of another kind, or one that looks at more than one metric. */
export const quietBand = ({ levels, metrics }: CompiledRule): Band | undefined => {
  if (metrics.length !== 1) return undefined;
  let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const level of levels) {
    if (level.kind !== 'threshold') return undefined;
    for (const { sign, fireAt } of level.any) {
      if (sign === 1) most = Math.min(most, fireAt);
      else least = Math.max(least, fireAt);
    }
  }
  return { least, most };
};

/** Would `step` return the very same state for a reading that comes soon after the one before? */
export const isIdle = ({ phase, stale }: RuleState, value: number, band: Band): boolean =>
  phase === 'ok' && stale === undefined && value >= band.least && value <= band.most;

/** @param sinceMs since the reading before, or since readings count; NaN, where there was none, is not soon */
export const isSoon = (sinceMs: number, everyMs: number): boolean => sinceMs <= GAP_INTERVALS * everyMs;
