// A tenant's rules as text: the same for the same rules, so that two exports can be compared line by line.
import { findMetric } from '@fettle/shared/metric/catalog';
import type { Rule } from '@fettle/shared/rule/rule';
import { stringify } from 'yaml';

import type { Path } from '../domain/rules/merge.ts';
import type { Override } from '../domain/rules/override.ts';
import { metricAt } from '../domain/rules/words.ts';
import { FORMAT, levelOfKey } from './read.ts';
import { toWords } from './units.ts';

/** @param ruleAt the rule as it is with an override: it says what its thresholds are of */
export const writeRuleText = (
  tenant: string,
  overrides: readonly Override[],
  ruleAt: (override: Override) => Rule | undefined,
): string => {
  const rulesOf = (those: readonly Override[]) =>
    sorted(those.map((one) => [one.rule, wordsOf(one.document, [], ruleAt(one))] as const));
  const at = (level: Override['level']) => overrides.filter((one) => one.level === level);
  const byPlace = (level: Override['level']) =>
    sorted([...Map.groupBy(at(level), ({ place }) => place)].map(([place, those]) => [place, rulesOf(those)] as const));
  const sections = [
    ['tenant', rulesOf(at('tenant'))] as const,
    ...Object.entries(levelOfKey).map(([key, level]) => [key, byPlace(level)] as const),
  ].filter(([, section]) => Object.keys(section).length > 0);
  const text = stringify({ format: FORMAT, ...Object.fromEntries(sections) }, STYLE);
  return `${HEAD.replace('TENANT', JSON.stringify(tenant))}${text}`;
};

const HEAD = `# Rules of TENANT: what is other than in the pack, and rules of its own. A tag is stronger than a site, a device the strongest.
# A rule has its fields as in the API; "85 %", "10m" (d, h, m, s, ms) and plain numbers; null takes away what was there before.
`;
const STYLE = { lineWidth: 120, aliasDuplicateObjects: false } as const;

const sorted = <T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> =>
  Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));

/** As one reads a rule; what is not named comes after these. */
const FIELDS =
  `disabled id family title text kind scope signal metric by only except levels severity forMs forMsOn any beyond fireAt
  clearAt guards keepMs graceMs missing urgency ticket steps`.split(/\s+/);

const rankOf = (field: string): string => {
  const rank = FIELDS.indexOf(field);
  return `${String(rank < 0 ? FIELDS.length : rank).padStart(3, '0')} ${field}`;
};

const wordsOf = (value: unknown, path: Path, rule: Rule | undefined): unknown => {
  if (Array.isArray(value)) return value.map((inner: unknown, index) => wordsOf(inner, [...path, index], rule));
  if (typeof value !== 'object' || value === null)
    return toWords(path, value, findMetric(metricAt(path, rule))?.isShare === true);
  const entries = Object.entries(value).toSorted(([one], [other]) => (rankOf(one) < rankOf(other) ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, wordsOf(inner, [...path, key], rule)]));
};
