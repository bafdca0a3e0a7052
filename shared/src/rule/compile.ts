// A rule made ready for `step`: thresholds as the catalogue's integers, metrics as columns of the window.
import { findMetric } from '../metric/catalog.ts';
import { quantise } from '../metric/sample.ts';
import { ruleHash } from './hash.ts';
import type { Clause, Guard, JudgedRule, Rise, ThresholdLevel } from './rule.ts';
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
  | { readonly kind: 'state'; readonly forMs: number; readonly bad: readonly number[]; readonly readings: number }
  | { readonly kind: 'event'; readonly forMs: 0; readonly count: number; readonly withinMs: number }
  | { readonly kind: 'change'; readonly forMs: 0; readonly any: readonly CompiledRise[] };

export type CompiledRise =
  | { readonly column: number; readonly rise: number; readonly withinMs: number }
  | { readonly column: number; readonly atLeast: number };

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
  const unknown = metrics.find((metric) => findMetric(metric) === undefined);
  if (unknown !== undefined) throw new RangeError(`Rule ${rule.id}: there is no metric ${unknown}.`);
  return {
    rule,
    hash: ruleHash(rule),
    metrics,
    levels: compileLevels(rule, deviceClass, metrics),
    keepMs: rule.keepMs,
  };
};

/** How far back the window must reach. */
export const windowMs = ({ keepMs, levels }: CompiledRule): number => Math.max(keepMs ?? 0, ...levels.map(reachMs));

const reachMs = (level: CompiledLevel): number => {
  if (level.kind === 'event') return level.withinMs;
  if (level.kind !== 'change') return level.forMs;
  return Math.max(...level.any.map((clause) => ('rise' in clause ? clause.withinMs : 0)));
};

const compileLevels = (
  rule: JudgedRule,
  deviceClass: DeviceClass,
  metrics: readonly string[],
): readonly CompiledLevel[] => {
  switch (rule.kind) {
    case 'threshold':
      return rule.levels.map((level) => compileThreshold(rule.id, level, { deviceClass, metrics }));
    case 'state':
      return rule.levels.map(({ forMs, bad, readings }) => ({ kind: 'state', forMs, bad, readings }));
    case 'event':
      return rule.levels.map(({ count, withinMs }) => ({ kind: 'event', forMs: 0, count, withinMs }));
    case 'change':
      return rule.levels.map(({ any }) => ({
        kind: 'change',
        forMs: 0,
        any: any.map((clause) => compileRise(rule.id, clause, metrics)),
      }));
  }
};

const compileThreshold = (
  id: string,
  { forMs, forMsOn, any }: ThresholdLevel,
  { deviceClass, metrics }: { readonly deviceClass: DeviceClass; readonly metrics: readonly string[] },
): CompiledLevel => ({
  kind: 'threshold',
  forMs: forMsOn?.[deviceClass] ?? forMs,
  any: any.map((clause) => compileClause(id, clause, metrics)),
});

const compileRise = (id: string, clause: Rise, metrics: readonly string[]): CompiledRise => {
  const column = metrics.indexOf(clause.metric);
  return 'rise' in clause
    ? { column, rise: threshold(id, clause.metric, clause.rise), withinMs: clause.withinMs }
    : { column, atLeast: threshold(id, clause.metric, clause.atLeast) };
};

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
