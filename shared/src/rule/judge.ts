// Questions that one level of a rule asks of a window. `from` is where readings begin to count, `at` is now.
import type { CompiledClause, CompiledGuard, CompiledLevel } from './compile.ts';
import { MISSING, type Window } from './window.ts';

export type View = { readonly window: Window; readonly everyMs: number; readonly from: number; readonly at: number };

/** This much of the window must have readings before anything is concluded from it. */
const COVERED = 0.8;
const FIRE_SHARE = 0.8;
const CLEAR_SHARE = 0.9;

/** Is the newest reading bad? */
export const breaches = (level: CompiledLevel, view: View): boolean =>
  level.kind === 'state'
    ? level.bad.includes(newest(view, 0))
    : level.any.some((clause) => isBeyondFire(clause, newest(view, clause.column)) && isGuarded(clause, view));

/** Has it been bad for as long as the level asks? */
export const holds = (level: CompiledLevel, view: View): boolean => {
  if (!breaches(level, view)) return false;
  if (level.kind === 'state')
    return isUnbroken(view, level.forMs, level.readings, (value) => level.bad.includes(value));
  return level.any.some((clause) => {
    if (!isBeyondFire(clause, newest(view, clause.column)) || !isGuarded(clause, view)) return false;
    const { count, mean, share } = measure(view, level.forMs, clause.column, (value) => isBeyondFire(clause, value));
    return isCovered(count, view, level.forMs) && isBeyondFire(clause, mean) && share >= FIRE_SHARE;
  });
};

/** Is the newest reading good again? */
export const recovers = (level: CompiledLevel, view: View): boolean =>
  level.kind === 'state'
    ? newest(view, 0) !== MISSING && !level.bad.includes(newest(view, 0))
    : level.any.every((clause) => {
        const value = newest(view, clause.column);
        return value === MISSING ? clause.column !== 0 : isBeyondClear(clause, value);
      });

/** Has it been good for as long as the rule asks? */
export const hasCleared = (level: CompiledLevel, view: View, keepMs: number | null): boolean => {
  if (keepMs === null || !recovers(level, view)) return false;
  if (level.kind === 'state')
    return isUnbroken(view, keepMs, 1, (value) => value !== MISSING && !level.bad.includes(value));
  return level.any.every((clause) => {
    const { count, mean, share } = measure(view, keepMs, clause.column, (value) => isBeyondClear(clause, value));
    if (count === 0) return clause.column !== 0; // a sibling that has no readings has nothing to say
    return isCovered(count, view, keepMs) && isBeyondClear(clause, mean) && share >= CLEAR_SHARE;
  });
};

/** Could the level have been decided either way by now? */
export const isDecidable = (level: CompiledLevel, view: View): boolean =>
  isCovered(measure(view, level.forMs, 0, () => true).count, view, level.forMs);

/** The mean over the window of a level, for the record of a transition; undefined without readings. */
export const meanOver = (view: View, spanMs: number, column: number): number | undefined => {
  const { count, mean } = measure(view, spanMs, column, () => true);
  return count === 0 ? undefined : mean;
};

export const newest = ({ window }: View, column: number): number =>
  window.length === 0 ? MISSING : window.valueOf(window.length - 1, column);

const isBeyondFire = (clause: CompiledClause, value: number): boolean =>
  value !== MISSING && value * clause.sign > clause.fireAt * clause.sign;

const isBeyondClear = (clause: CompiledClause, value: number): boolean =>
  value !== MISSING && value * clause.sign < clause.clearAt * clause.sign;

const isCovered = (count: number, { everyMs }: View, spanMs: number): boolean => count * everyMs >= COVERED * spanMs;

const measure = ({ window, from, at }: View, spanMs: number, column: number, test: (value: number) => boolean) => {
  let count = 0;
  let sum = 0;
  let passed = 0;
  for (let index = window.length - 1; index >= 0; index -= 1) {
    const time = window.atOf(index);
    if (time < from || time <= at - spanMs) break;
    const value = window.valueOf(index, column);
    if (value === MISSING) continue;
    count += 1;
    sum += value;
    if (test(value)) passed += 1;
  }
  return { count, mean: sum / count, share: passed / count };
};

const isUnbroken = ({ window, from, at }: View, spanMs: number, readings: number, test: (value: number) => boolean) => {
  let count = 0;
  let first = at;
  for (let index = window.length - 1; index >= 0; index -= 1) {
    const time = window.atOf(index);
    if (time < from || !test(window.valueOf(index, 0))) break;
    count += 1;
    first = time;
  }
  return count >= readings && at - first >= spanMs;
};

const isGuarded = (clause: CompiledClause, view: View): boolean =>
  clause.guards.length === 0 || clause.guards.some((guard) => isGuardTrue(guard, view));

const isGuardTrue = (guard: CompiledGuard, view: View): boolean => {
  const value = newest(view, guard.column);
  if (value === MISSING) return false;
  if ('below' in guard) return value < guard.below;
  const perMs = slope(view, guard.column);
  return perMs < 0 && value / -perMs <= guard.exhaustedWithinMs;
};

/** Least squares over what the ring holds, in integers per ms; 0 with fewer than five readings. */
const slope = ({ window, from, at }: View, column: number): number => {
  let [count, sumT, sumV, sumTT, sumTV] = [0, 0, 0, 0, 0];
  for (let index = 0; index < window.length; index += 1) {
    const value = window.valueOf(index, column);
    if (window.atOf(index) < from || value === MISSING) continue;
    const time = window.atOf(index) - at;
    count += 1;
    sumT += time;
    sumV += value;
    sumTT += time * time;
    sumTV += time * value;
  }
  const spread = count * sumTT - sumT * sumT;
  return count < 5 || spread === 0 ? 0 : (count * sumTV - sumT * sumV) / spread;
};
