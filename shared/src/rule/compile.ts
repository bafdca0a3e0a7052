// A rule made ready for `step`: thresholds as the catalogue's integers, metrics as columns of the window.
import { quantise } from '../metric/sample.ts';
import { contentHash } from './hash.ts';
import type { Clause, Guard, JudgedRule } from './rule.ts';
import { metricsOf } from './rule.ts';
import type { DeviceClass } from './scope.ts';

export type CompiledGuard =
  | { readonly column: number; readonly below: number }
  | { readonly column: number; readonly exhaustedWithinMs: number };

export type CompiledClause = {
  readonly column: number;
  /** 1: high is bad; -1: low is bad. A value v is beyond a threshold t when v * sign > t * sign. */
  readonly sign: 1 | -1;
  readonly fireAt: number;
  readonly clearAt: number;
  readonly guards: readonly CompiledGuard[];
};

export type CompiledLevel =
  | { readonly kind: 'threshold'; readonly forMs: number; readonly any: readonly CompiledClause[] }
  | { readonly kind: 'state'; readonly forMs: number; readonly bad: readonly number[]; readonly readings: number };

export type CompiledRule = {
  readonly rule: JudgedRule;
  readonly hash: string;
  /** The columns of the window, by metric name; column 0 is the signal's. */
  readonly metrics: readonly string[];
  readonly levels: readonly CompiledLevel[];
  readonly keepMs: number | null;
};

/** @throws RangeError when a rule names a metric or a threshold that the catalogue does not have */
export const compileRule = (rule: JudgedRule, deviceClass: DeviceClass): CompiledRule => {
  const metrics = metricsOf(rule);
  const levels: CompiledLevel[] =
    rule.kind === 'state'
      ? rule.levels.map(({ forMs, bad, readings }) => ({ kind: 'state', forMs, bad, readings }))
      : rule.levels.map(({ forMs, forMsOn, any }) => ({
          kind: 'threshold',
          forMs: forMsOn?.[deviceClass] ?? forMs,
          any: any.map((clause) => compileClause(rule.id, clause, metrics)),
        }));
  return { rule, hash: contentHash(rule), metrics, levels, keepMs: rule.keepMs };
};

/** How far back the window must reach. */
export const windowMs = ({ keepMs, levels }: CompiledRule): number =>
  Math.max(keepMs ?? 0, ...levels.map((level) => level.forMs));

const compileClause = (id: string, clause: Clause, metrics: readonly string[]): CompiledClause => ({
  column: metrics.indexOf(clause.metric),
  sign: clause.beyond === 'above' ? 1 : -1,
  fireAt: threshold(id, clause.metric, clause.fireAt),
  clearAt: threshold(id, clause.metric, clause.clearAt),
  guards: (clause.guards ?? []).map((guard) => compileGuard(id, guard, metrics)),
});

const compileGuard = (id: string, guard: Guard, metrics: readonly string[]): CompiledGuard => {
  const column = metrics.indexOf(guard.metric);
  return 'below' in guard
    ? { column, below: threshold(id, guard.metric, guard.below) }
    : { column, exhaustedWithinMs: guard.exhaustedWithinMs };
};

const threshold = (id: string, metric: string, value: number): number => {
  const integer = quantise(metric, value);
  if (integer === undefined)
    throw new RangeError(`Rule ${id}: ${value} is no value of ${metric}, or there is no such metric.`);
  return integer;
};
