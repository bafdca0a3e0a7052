// From a forecast an hour to an alert and its end: soon for long enough, and no more for longer.
import type { ForecastLevel, ForecastRule } from '@fettle/shared/rule/rule';

/** Since when it has been so; `between` is neither soon enough to fire nor far enough to rest. */
export type TrendState = { readonly is: 'near' | 'between' | 'far'; readonly sinceMs: number };

export type Trend = { readonly state: TrendState; readonly change?: 'fire' | 'resolve' };

/** @param leftMs until it is used up; undefined: it does not go down */
export const stepTrend = (
  before: TrendState | undefined,
  leftMs: number | undefined,
  { levels, keepMs }: ForecastRule,
  nowMs: number,
): Trend => {
  const [level] = levels;
  const is = level ? distanceOf(leftMs, level) : 'far';
  const state = before?.is === is ? before : { is, sinceMs: nowMs };
  const lastedMs = nowMs - state.sinceMs;
  if (is === 'near' && lastedMs >= (level?.forMs ?? 0)) return { state, change: 'fire' };
  return is === 'far' && keepMs !== null && lastedMs >= keepMs ? { state, change: 'resolve' } : { state };
};

const distanceOf = (leftMs: number | undefined, { withinMs, clearMs }: ForecastLevel): TrendState['is'] => {
  if (leftMs === undefined || leftMs > clearMs) return 'far';
  return leftMs <= withinMs ? 'near' : 'between';
};
