// What a rule of the right shape can still have wrong: names that the catalogue does not have, thresholds that never clear, siblings
// that no instance has. Each is told with the place where it stands.
import { findMetric } from '../metric/catalog.ts';
import { quantise } from '../metric/sample.ts';
import {
  type Clause,
  type ForecastRule,
  type Guard,
  type JudgedRule,
  type Rise,
  type Rule,
  type Signal,
  isJudged,
} from './rule.ts';

/** `path` as keys and places in lists: ["levels", 0, "any", 0, "clearAt"]. */
export type RuleIssue = { readonly path: readonly (string | number)[]; readonly message: string };

type Path = RuleIssue['path'];

/** Empty for a rule that agents can judge. */
export const issuesOf = (rule: Rule): readonly RuleIssue[] => [
  ...urgencyIssues(rule),
  ...severityIssues(rule),
  ...(isJudged(rule) ? judgedIssues(rule) : []),
  ...(rule.kind === 'forecast' ? forecastIssues(rule) : []),
];

const issue = (path: Path, message: string): readonly RuleIssue[] => [{ path, message }];

const forecastIssues = ({ signal, levels }: ForecastRule): readonly RuleIssue[] => [
  ...signalIssues(signal),
  ...levels.flatMap(({ withinMs, clearMs }, index) =>
    clearMs > withinMs ? [] : issue(['levels', index, 'clearMs'], 'longer than withinMs, or it never rests'),
  ),
];

const urgencyIssues = ({ urgency, levels }: Rule): readonly RuleIssue[] =>
  urgency.length === levels.length
    ? []
    : issue(['urgency'], `one for each level: there are ${levels.length} levels and ${urgency.length} urgencies`);

const severityIssues = ({ levels }: Rule): readonly RuleIssue[] =>
  levels.flatMap(({ severity }, index) => {
    const before = levels[index - 1]?.severity;
    const rises = before === undefined || (before === 'warning' && severity === 'critical');
    return rises ? [] : issue(['levels', index, 'severity'], 'severities rise with the levels: warning, then critical');
  });

const judgedIssues = (rule: JudgedRule): readonly RuleIssue[] => {
  const { signal } = rule;
  return [
    ...signalIssues(signal),
    ...levelIssues(rule),
    ...(rule.ticket.when ?? []).flatMap((entry, index) =>
      'metric' in entry ? guardIssues(entry, signal, ['ticket', 'when', index]) : [],
    ),
  ];
};

const metricIssues = (metric: string, path: Path): readonly RuleIssue[] =>
  findMetric(metric) ? [] : issue([...path, 'metric'], `there is no metric "${metric}"`);

const signalIssues = ({ metric, by }: Signal): readonly RuleIssue[] => {
  const spec = findMetric(metric);
  if (!spec) return metricIssues(metric, ['signal']);
  if (by === undefined || spec.attributes.includes(by)) return [];
  const known = spec.attributes.length === 0 ? 'it has none' : `it has ${spec.attributes.join(', ')}`;
  return issue(['signal', 'by'], `${metric} has no attribute "${by}": ${known}`);
};

const levelIssues = (rule: JudgedRule): readonly RuleIssue[] => {
  switch (rule.kind) {
    case 'threshold':
      return rule.levels.flatMap(({ any }, level) =>
        any.flatMap((clause, index) => clauseIssues(clause, rule.signal, ['levels', level, 'any', index])),
      );
    case 'state':
      return rule.levels.flatMap(({ bad }, level) => stateIssues(rule.signal.metric, bad, ['levels', level, 'bad']));
    case 'event':
      return [];
    case 'change':
      return rule.levels.flatMap(({ any }, level) =>
        any.flatMap((rise, index) => riseIssues(rise, rule.signal, ['levels', level, 'any', index])),
      );
  }
};

/** A sibling has a value for the same instance only where it is told apart by the same attribute. */
const siblingIssues = (metric: string, { by }: Signal, path: Path): readonly RuleIssue[] => {
  const spec = findMetric(metric);
  if (!spec) return metricIssues(metric, path);
  if (by === undefined || spec.attributes.includes(by)) return [];
  return issue([...path, 'metric'], `${metric} is not measured by ${by}: it has no value for an instance of this rule`);
};

const clauseIssues = (clause: Clause, signal: Signal, path: Path): readonly RuleIssue[] => {
  const { metric, beyond, fireAt, clearAt } = clause;
  const isBackwards = beyond === 'above' ? clearAt > fireAt : clearAt < fireAt;
  const side = beyond === 'above' ? 'above' : 'below';
  return [
    ...siblingIssues(metric, signal, path),
    ...valueIssues(metric, fireAt, [...path, 'fireAt']),
    ...valueIssues(metric, clearAt, [...path, 'clearAt']),
    ...(isBackwards
      ? issue(
          [...path, 'clearAt'],
          `clears at ${clearAt}, which is ${side} where it fires (${fireAt}): it would never end`,
        )
      : []),
    ...(clause.guards ?? []).flatMap((guard, index) => guardIssues(guard, signal, [...path, 'guards', index])),
  ];
};

const guardIssues = (guard: Guard, signal: Signal, path: Path): readonly RuleIssue[] => [
  ...siblingIssues(guard.metric, signal, path),
  ...('below' in guard ? valueIssues(guard.metric, guard.below, [...path, 'below']) : []),
];

const riseIssues = (rise: Rise, signal: Signal, path: Path): readonly RuleIssue[] => [
  ...siblingIssues(rise.metric, signal, path),
  ...('rise' in rise
    ? valueIssues(rise.metric, rise.rise, [...path, 'rise'])
    : valueIssues(rise.metric, rise.atLeast, [...path, 'atLeast'])),
];

const valueIssues = (metric: string, value: number, path: Path): readonly RuleIssue[] => {
  const spec = findMetric(metric);
  if (!spec || quantise(metric, value) !== undefined) return [];
  return issue(path, `${value} is no value of ${metric}, which goes from ${spec.min} to ${spec.max}`);
};

const stateIssues = (metric: string, bad: readonly number[], path: Path): readonly RuleIssue[] => {
  const spec = findMetric(metric);
  if (!spec) return [];
  if (!spec.states) return issue(path, `${metric} has no states: use a rule of kind threshold`);
  const named = Object.entries(spec.states).map(([name, value]) => `${value} (${name})`);
  const known = new Set(Object.values(spec.states));
  return bad.flatMap((value, index) =>
    known.has(value) ? [] : issue([...path, index], `${metric} has no state ${value}: it has ${named.join(', ')}`),
  );
};
