// The readings that a transition was judged on, in the catalogue's units, for whoever reads the alert.
import type { Evidence } from '@fettle/shared/alert/alert';
import { findMetric } from '@fettle/shared/metric/catalog';
import { natural } from '@fettle/shared/metric/sample';
import type { CompiledLevel, CompiledRise, CompiledRule } from '@fettle/shared/rule/compile';
import { breaches, meanOver } from '@fettle/shared/rule/judge';
import { countWithin, riseWithin } from '@fettle/shared/rule/judge-lasting';
import { MISSING, type View, newestOf } from '@fettle/shared/rule/window';

/** As much as a record takes. */
const EVIDENCE_MAX = 16;

/** A column in the integers of the catalogue: what there is to tell of it. */
type Facts = Partial<Record<'value' | 'mean' | 'threshold' | 'rise', number>> & { readonly withinMs?: number };

/** One entry per metric of the rule that has a reading: the signal's first, of a change the one that made it. */
export const evidenceOf = (rule: CompiledRule, levelIndex: number, view: View): readonly Evidence[] => {
  const level = rule.levels[levelIndex];
  const found = columnsOf(rule, level, view).flatMap((column) => {
    const metric = rule.metrics[column] ?? '';
    const spec = findMetric(metric);
    const facts = level && factsOf(level, column, view);
    if (!spec || facts?.value === undefined || facts.value === MISSING) return [];
    const { value, withinMs, ...others } = facts;
    const rest = Object.fromEntries(
      Object.entries(others).map(([name, integer]) => [name, natural(spec, Math.round(integer))]),
    );
    return [{ metric, value: natural(spec, value), ...rest, ...(withinMs !== undefined && { withinMs }) }];
  });
  return found.slice(0, EVIDENCE_MAX);
};

const columnsOf = ({ metrics }: CompiledRule, level: CompiledLevel | undefined, view: View): readonly number[] => {
  const columns = metrics.map((_, column) => column);
  if (level?.kind !== 'change') return columns;
  const isReached = (column: number) =>
    level.any.some((clause) => clause.column === column && breaches({ ...level, any: [clause] }, view));
  return columns.toSorted((one, other) => Number(isReached(other)) - Number(isReached(one)));
};

const factsOf = (level: CompiledLevel, column: number, view: View): Facts => {
  const value = newestOf(view.window, column);
  switch (level.kind) {
    case 'threshold': {
      const mean = meanOver(view, level.forMs, column);
      const clause = level.any.find((candidate) => candidate.column === column);
      return { value, ...(mean !== undefined && { mean }), ...(clause && { threshold: clause.fireAt }) };
    }
    case 'state':
      return { value };
    case 'event':
      return { value: countWithin(view, level.withinMs), threshold: level.count, withinMs: level.withinMs };
    case 'change':
      return { value, ...changeFacts(level.any, column, view) };
  }
};

/** By the clause that holds; else by how it rose, where the rule asks for that. */
const changeFacts = (clauses: readonly CompiledRise[], column: number, view: View): Facts => {
  const mine = clauses.filter((clause) => clause.column === column);
  const tooMuch = mine.find((clause) => 'atLeast' in clause && newestOf(view.window, column) >= clause.atLeast);
  if (tooMuch && 'atLeast' in tooMuch) return { threshold: tooMuch.atLeast };
  const rising = mine.find((clause) => 'rise' in clause);
  if (!rising || !('rise' in rising)) return {};
  const { withinMs } = rising;
  return { rise: riseWithin(view, column, withinMs), threshold: rising.rise, withinMs };
};
