// Conditions on sibling metrics: whether a value that is beyond its threshold matters.
import type { CompiledClause, CompiledGuard } from './compile.ts';
import { MISSING, type View, newestOf } from './window.ts';

/** Any one of them will do. */
export const isGuarded = (clause: CompiledClause, view: View): boolean =>
  clause.guards.length === 0 || clause.guards.some((guard) => isGuardTrue(guard, view));

const isGuardTrue = (guard: CompiledGuard, view: View): boolean => {
  const value = newestOf(view.window, guard.column);
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
