// Levels that the newest reading alone decides: of what is read once a day, or cannot be wrong for a moment.
import type { Severity } from '../../alert/alert.ts';
import type { Clause, ThresholdLevel } from '../rule.ts';

export const byNewest = (severity: Severity, ...any: readonly Clause[]): ThresholdLevel => ({
  severity,
  forMs: 0,
  any,
});

/** Over as soon as it is back at the bound. */
export const above = (metric: string, bound: number): Clause => past(metric, 'above', bound);
export const below = (metric: string, bound: number): Clause => past(metric, 'below', bound);

const past = (metric: string, beyond: Clause['beyond'], bound: number): Clause => ({
  metric,
  beyond,
  fireAt: bound,
  clearAt: bound,
});
