// The readings that a transition was judged on, in the catalogue's units, for whoever reads the alert.
import type { Evidence } from '@fettle/shared/alert/alert';
import { findMetric } from '@fettle/shared/metric/catalog';
import { natural } from '@fettle/shared/metric/sample';
import type { CompiledRule } from '@fettle/shared/rule/compile';
import { type View, meanOver, newest } from '@fettle/shared/rule/judge';
import { MISSING } from '@fettle/shared/rule/window';

/** As much as a record takes. */
const EVIDENCE_MAX = 16;

/** One entry per metric of the rule that has a reading, the signal's first. */
export const evidenceOf = (rule: CompiledRule, levelIndex: number, view: View): readonly Evidence[] => {
  const level = rule.levels[levelIndex];
  const found = rule.metrics.flatMap((metric, column) => {
    const spec = findMetric(metric);
    const value = newest(view, column);
    if (!spec || !level || value === MISSING) return [];
    const mean = meanOver(view, level.forMs, column);
    const clause = level.kind === 'threshold' ? level.any.find((candidate) => candidate.column === column) : undefined;
    return [
      {
        metric,
        value: natural(spec, value),
        ...(mean === undefined ? {} : { mean: natural(spec, Math.round(mean)) }),
        ...(clause === undefined ? {} : { threshold: natural(spec, clause.fireAt) }),
      },
    ];
  });
  return found.slice(0, EVIDENCE_MAX);
};
