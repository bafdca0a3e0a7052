// Where the rules say that a metric is too high, to be drawn into its chart.
import type { Severity } from '@fettle/shared/alert/alert';
import type { RuleView } from '@fettle/shared/api/common.schema';

type Threshold = Extract<RuleView['definition'], { kind: 'threshold' }>;

export type Limit = { readonly severity: Severity; readonly value: number };

/** Each level's first, of all rules. A level that looks at other things has none. */
export const limitsOf = (rules: readonly RuleView[], metric: string): readonly Limit[] =>
  rules.flatMap(({ definition }) => (definition.kind === 'threshold' ? limitsOfRule(definition, metric) : []));

const limitsOfRule = ({ levels }: Threshold, metric: string): readonly Limit[] =>
  levels.flatMap(({ severity, any }) => {
    const clause = any.find((entry) => entry.metric === metric);
    return clause ? [{ severity, value: clause.fireAt }] : [];
  });
