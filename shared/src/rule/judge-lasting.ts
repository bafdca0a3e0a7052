// The questions of judge.ts, for events and changes. Their windows hold only what happened: the time since then counts too.
import type { CompiledLevel, CompiledRise } from './compile.ts';
import { MISSING, type View, newestOf } from './window.ts';

type Lasting = Extract<CompiledLevel, { kind: 'event' | 'change' }>;

/** Does what happened make the level? There is nothing to wait for: it happened. */
export const hasHappened = (level: Lasting, view: View): boolean =>
  level.kind === 'event'
    ? countWithin(view, level.withinMs) >= level.count
    : level.any.some((clause) => isReached(clause, view));

/** Is nothing of it new, and nothing too much? */
export const isQuiet = (level: Lasting, view: View): boolean =>
  lastAt(view) < view.at && !(level.kind === 'change' && level.any.some((clause) => isTooMuch(clause, view)));

/** Has it been so for as long as the rule asks? */
export const wasQuiet = (level: Lasting, view: View, keepMs: number): boolean =>
  isQuiet(level, view) && view.at - lastAt(view) >= keepMs;

/** Sum of what was counted within the time. */
export const countWithin = ({ window, from, at }: View, withinMs: number): number => {
  let sum = 0;
  for (let index = window.length - 1; index >= 0; index -= 1) {
    const time = window.atOf(index);
    if (time < from || time <= at - withinMs) break;
    sum += window.valueOf(index, 0);
  }
  return sum;
};

/** By how much the column rose within the time: since the first value known, or the last that was above its next. */
export const riseWithin = ({ window, from, at }: View, column: number, withinMs: number): number => {
  const newest = newestOf(window, column);
  let first = newest;
  for (let index = window.length - 1; index >= 0; index -= 1) {
    const value = window.valueOf(index, column);
    if (value === MISSING || value > first) break;
    first = value;
    const time = window.atOf(index);
    if (time < from || time <= at - withinMs) break; // this is what it was then
  }
  return newest - first;
};

const lastAt = ({ window }: View): number =>
  window.length === 0 ? Number.NEGATIVE_INFINITY : window.atOf(window.length - 1);

const isReached = (clause: CompiledRise, view: View): boolean =>
  'rise' in clause ? riseWithin(view, clause.column, clause.withinMs) >= clause.rise : isTooMuch(clause, view);

const isTooMuch = (clause: CompiledRise, { window }: View): boolean =>
  'atLeast' in clause && newestOf(window, clause.column) >= clause.atLeast;
