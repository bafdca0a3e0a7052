// What the rules say to one set of readings that stays as it is: for collections of recorded machines with known ends.
import type { Severity } from '../alert/alert.ts';
import { type Sample, quantise } from '../metric/sample.ts';
import { MINUTE_MS } from '../time.ts';
import { type CompiledRule, compileRule, windowMs } from './compile.ts';
import { type JudgedRule, inScope, instanceOf } from './rule.ts';
import type { Device } from './scope.ts';
import { type TraceEntry, runTrace } from './trace.ts';
import { MISSING } from './window.ts';

export type Fired = { readonly rule: string; readonly instance: string; readonly severity: Severity };

/** More readings than any rule asks for, each a minute or more after the last. */
const READINGS = 120;

/**
 * The readings are the first of the machine, and repeat unchanged until every rule had its time; what was counted in the
 * first (events) is not counted again. @returns the level reached in the end, in the order of the rules
 */
export const firedAtFirst = (
  rules: readonly JudgedRule[],
  samples: readonly Sample[],
  device: Device,
): readonly Fired[] =>
  rules
    .filter((rule) => inScope(rule, device))
    .map((rule) => compileRule(rule, device.class))
    .flatMap((rule) => [...rowsOf(rule, samples)].flatMap(([instance, row]) => firedBy(rule, instance, row)));

/** One row for each instance that the rule would look at. */
const rowsOf = (rule: CompiledRule, samples: readonly Sample[]): ReadonlyMap<string, readonly number[]> => {
  const rows = new Map<string, number[]>();
  for (const { metric, attributes, value } of samples) {
    const column = rule.metrics.indexOf(metric);
    const instance = column < 0 ? undefined : instanceOf(rule.rule.signal, attributes);
    if (instance === undefined) continue;
    const row = rows.get(instance) ?? rule.metrics.map(() => MISSING);
    row[column] = quantise(metric, value) ?? MISSING;
    rows.set(instance, row);
  }
  for (const [instance, row] of rows) if (row[0] === MISSING && rule.rule.kind !== 'change') rows.delete(instance);
  return rows;
};

const firedBy = (rule: CompiledRule, instance: string, row: readonly number[]): readonly Fired[] => {
  const everyMs = Math.max(MINUTE_MS, Math.ceil(windowMs(rule) / (READINGS - 2)));
  const isEvent = rule.rule.kind === 'event';
  const trace = Array.from({ length: isEvent ? 1 : READINGS }, (_, index): TraceEntry => ({
    at: index * everyMs,
    row,
  }));
  const { changes } = runTrace(rule, everyMs, trace);
  const severity = rule.rule.levels[changes.at(-1)?.level ?? -1]?.severity;
  return severity === undefined ? [] : [{ rule: rule.rule.id, instance, severity }];
};
