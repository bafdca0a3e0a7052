// Questions that one level of a rule asks of a window.
import type { CompiledClause, CompiledLevel } from './compile.ts';
import { isGuarded } from './guard.ts';
import { hasHappened, isQuiet, wasQuiet } from './judge-lasting.ts';
import { MISSING, type View, newestOf } from './window.ts';

/** This much of the window must have readings before anything is concluded from it. */
const COVERED = 0.8;
const FIRE_SHARE = 0.8;
const CLEAR_SHARE = 0.9;

/** Is the newest reading bad? */
export const breaches = (level: CompiledLevel, view: View): boolean => {
  switch (level.kind) {
    case 'threshold':
      return level.any.some((clause) => isBreached(clause, view));
    case 'state':
      return level.bad.includes(newestOf(view.window, 0));
    case 'event':
    case 'change':
      return hasHappened(level, view);
  }
};

/** Has it been bad for as long as the level asks? */
export const holds = (level: CompiledLevel, view: View): boolean => {
  if (!breaches(level, view)) return false;
  if (level.kind === 'state')
    return isUnbroken(view, level.forMs, level.readings, (value) => level.bad.includes(value));
  if (level.kind !== 'threshold' || level.forMs === 0) return true; // it happened, or the newest reading alone decides
  return level.any.some((clause) => {
    if (!isBreached(clause, view)) return false;
    const test = (value: number) => isBeyondFire(clause, value);
    const seen = measure(view, level.forMs, { column: clause.column, test, share: FIRE_SHARE });
    return isCovered(seen, view, level.forMs) && isBeyondFire(clause, seen.mean) && seen.share >= FIRE_SHARE;
  });
};

/** Is the newest reading good again? */
export const recovers = (level: CompiledLevel, view: View): boolean => {
  switch (level.kind) {
    case 'threshold':
      return level.any.every((clause) => {
        const value = newestOf(view.window, clause.column);
        return value === MISSING ? clause.column !== 0 : isBeyondClear(clause, value);
      });
    case 'state':
      return newestOf(view.window, 0) !== MISSING && !level.bad.includes(newestOf(view.window, 0));
    case 'event':
    case 'change':
      return isQuiet(level, view);
  }
};

/** Has it been good for as long as the rule asks? */
export const hasCleared = (level: CompiledLevel, view: View, keepMs: number | null): boolean => {
  if (keepMs === null) return false;
  if (level.kind === 'event' || level.kind === 'change') return wasQuiet(level, view, keepMs);
  if (!recovers(level, view)) return false;
  if (level.kind === 'state')
    return isUnbroken(view, keepMs, 1, (value) => value !== MISSING && !level.bad.includes(value));
  if (keepMs === 0) return true; // the newest reading alone decides
  return level.any.every((clause) => {
    const test = (value: number) => isBeyondClear(clause, value);
    const seen = measure(view, keepMs, { column: clause.column, test, share: CLEAR_SHARE });
    if (seen.count === 0) return clause.column !== 0; // a sibling that has no readings has nothing to say
    return isCovered(seen, view, keepMs) && isBeyondClear(clause, seen.mean) && seen.share >= CLEAR_SHARE;
  });
};

/** Could the level have been decided either way by now? */
export const isDecidable = (level: CompiledLevel, view: View): boolean => {
  switch (level.kind) {
    case 'threshold':
      return isCovered(measure(view, level.forMs, all(0)), view, level.forMs);
    case 'state':
      return isSpanned(firstAt(view), view, level.forMs);
    case 'event':
    case 'change':
      return true; // what is remembered is all there is to know
  }
};

/** The mean over the window of a level, for the record of a transition; undefined without readings. */
export const meanOver = (view: View, spanMs: number, column: number): number | undefined => {
  const { count, mean } = measure(view, spanMs, all(column));
  return count === 0 ? undefined : mean;
};

const isBreached = (clause: CompiledClause, view: View): boolean =>
  isBeyondFire(clause, newestOf(view.window, clause.column)) && isGuarded(clause, view);

const isBeyondFire = (clause: CompiledClause, value: number): boolean =>
  value !== MISSING && value * clause.sign > clause.fireAt * clause.sign;

const isBeyondClear = (clause: CompiledClause, value: number): boolean =>
  value * clause.sign < clause.clearAt * clause.sign;

type Seen = { readonly count: number; readonly first: number };

/** Enough readings, and from far enough back: after a change of rhythm each alone could be wrong. */
const isCovered = ({ count, first }: Seen, view: View, spanMs: number): boolean =>
  count * view.everyMs >= COVERED * spanMs && isSpanned(first, view, spanMs);

/** @param first when the first of the readings was that count */
const isSpanned = (first: number, { at, everyMs }: View, spanMs: number): boolean =>
  at - first + everyMs >= COVERED * spanMs;

/** Of one column; `share` is how many must pass for anything to follow. */
type Question = { readonly column: number; readonly test: (value: number) => boolean; readonly share: number };

const all = (column: number): Question => ({ column, test: () => true, share: 0 });

/** When too many have failed for the share, whatever the others are, the rest is not looked at: the mean is NaN, which is beyond nothing. */
const measure = ({ window, from, at }: View, spanMs: number, { column, test, share }: Question) => {
  const mayFail = (1 - share) * window.length + 1;
  let count = 0;
  let sum = 0;
  let passed = 0;
  let first = at;
  for (let index = window.length - 1; index >= 0; index -= 1) {
    const time = window.atOf(index);
    if (time < from || time <= at - spanMs) break;
    const value = window.valueOf(index, column);
    if (value === MISSING) continue;
    count += 1;
    sum += value;
    first = time;
    if (test(value)) passed += 1;
    else if (count - passed > mayFail) return { count, first, mean: Number.NaN, share: 0 };
  }
  return { count, first, mean: sum / count, share: passed / count };
};

/** Of the readings that count; states keep no more than the ends of a run. */
const firstAt = ({ window, from, at }: View): number => {
  for (let index = 0; index < window.length; index += 1) if (window.atOf(index) >= from) return window.atOf(index);
  return at;
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
