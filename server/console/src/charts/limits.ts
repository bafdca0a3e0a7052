// Where the rules say that a metric is too high, to be drawn into its chart.
import type { Severity } from '@fettle/shared/alert/alert';
import type { RuleView } from '@fettle/shared/api/common.schema';

export type Limit = { readonly severity: Severity; readonly value: number };

type Json = RuleView['definition'];

const field = (json: Json | undefined, key: string): Json | undefined =>
  typeof json === 'object' && json !== null && !Array.isArray(json) ? json[key] : undefined;

const list = (json: Json | undefined): readonly Json[] => (Array.isArray(json) ? json : []);

const limitOfLevel = (level: Json, metric: string): readonly Limit[] => {
  const severity = field(level, 'severity');
  if (severity !== 'warning' && severity !== 'critical') return [];
  const clause = list(field(level, 'any')).find((entry) => field(entry, 'metric') === metric);
  const value = field(clause, 'fireAt');
  return typeof value === 'number' ? [{ severity, value }] : [];
};

/** Each level's first, of all rules. A definition of another form has none. */
export const limitsOf = (rules: readonly RuleView[], metric: string): readonly Limit[] =>
  rules.flatMap(({ definition }) => list(field(definition, 'levels')).flatMap((level) => limitOfLevel(level, metric)));
