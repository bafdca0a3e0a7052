// May these changes be made? Also of what stands on them: an override of a site must still fit the tenant's.
import type { RuleIssue } from '@fettle/shared/rule/check';

import { pathText } from './merge.ts';
import { type Override, type RuleChange, type Spot, type Standing, spotKey } from './override.ts';
import type { RuleShelf } from './shelf.ts';

/** Of one tenant. */
const OVERRIDES_MAX = 2_000;
/** What an agent takes in one message, with room for its frame: 256 KiB. */
const RULE_SET_MAX_BYTES = 200 * 1024;

export type Problem = { readonly spot: Spot; readonly issue: RuleIssue };

/** @param shelf as it would be; @param standing where the devices of a spot stand */
export const problemsOf = (
  shelf: RuleShelf,
  changes: readonly RuleChange[],
  standing: (spot: Spot) => Standing,
): readonly Problem[] => {
  const tooMany = countProblems(shelf, changes); // first: each of them takes its time
  if (tooMany.length > 0) return tooMany;
  const touched = new Set(changes.map(({ tenant, rule }) => JSON.stringify([tenant, rule])));
  const concerned = shelf.overrides.filter(({ tenant, rule }) => touched.has(JSON.stringify([tenant, rule])));
  const issues = concerned.flatMap((override) => issuesAt(shelf, override, standing(override)));
  return issues.length > 0 ? issues : sizeProblems(shelf, changes, standing);
};

const issuesAt = (shelf: RuleShelf, override: Override, standing: Standing): readonly Problem[] =>
  shelf
    .effective(override.rule, standing)
    .problems.filter(({ by }) => spotKey(by) === spotKey(override))
    .flatMap(({ by, issues }) => issues.map((issue) => ({ spot: by, issue })));

const countProblems = ({ overrides }: RuleShelf, [first]: readonly RuleChange[]): readonly Problem[] =>
  first && overrides.filter(({ tenant }) => tenant === first.tenant).length > OVERRIDES_MAX
    ? whole(first, `a tenant has at most ${OVERRIDES_MAX} changes of rules`)
    : [];

const sizeProblems = (
  shelf: RuleShelf,
  changes: readonly RuleChange[],
  standing: (spot: Spot) => Standing,
): readonly Problem[] => {
  const large = changes.find(
    (change) => JSON.stringify(shelf.bookFor(standing(change)).rules).length > RULE_SET_MAX_BYTES,
  );
  return large ? whole(large, `the rules of a device take at most ${RULE_SET_MAX_BYTES / 1024} KiB together`) : [];
};

const whole = (spot: Spot, message: string): readonly Problem[] => [{ spot, issue: { path: [], message } }];

/** "disk.space at site office" */
export const spotText = ({ rule, level, place }: Spot): string => `${rule} at ${level} ${place}`;

/** "disk.space at site office: levels[0].any[0].clearAt: …" */
export const problemText = ({ spot, issue }: Problem): string =>
  [spotText(spot), pathText(issue.path), issue.message].filter(Boolean).join(': ');
