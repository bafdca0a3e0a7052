// What a text would make other, and everything that speaks against it, each with its line and column.
import { findMetric } from '@fettle/shared/metric/catalog';

import { type Path, pathText } from '../domain/rules/merge.ts';
import {
  type Override,
  type RuleChange,
  type RuleDocument,
  type Spot,
  type Standing,
  spotKey,
} from '../domain/rules/override.ts';
import { isSame } from '../domain/rules/same.ts';
import type { RuleShelf } from '../domain/rules/shelf.ts';
import { problemsOf, spotText } from '../domain/rules/validate.ts';
import { metricAt } from '../domain/rules/words.ts';
import type { Entry, RuleText } from './read.ts';
import type { TextProblem } from './tree.ts';

export type Planned = {
  readonly changes: readonly RuleChange[];
  /** The rules as they would be. */
  readonly after: RuleShelf;
  /** In the order of the text; what has no place in it stands at its end. */
  readonly problems: readonly Problem[];
};

/** Without a place: something that is there already, and does not fit any more. */
export type Problem = Partial<TextProblem> & { readonly message: string };

type Around = {
  readonly tenant: string;
  readonly shelf: RuleShelf;
  /** undefined: there is no such place. */
  readonly standingOf: (spot: Spot) => Standing | undefined;
  /** What the text does not name is taken back. */
  readonly isWhole: boolean;
};

export const spotOf = ({ level, place, rule }: Entry, tenant: string): Spot => ({
  tenant,
  level,
  place: level === 'tenant' ? tenant : place,
  rule,
});

export const planOf = (text: RuleText, around: Around): Planned => {
  const { tenant, shelf, standingOf } = around;
  const entries = new Map(text.entries.map((entry) => [spotKey(spotOf(entry, tenant)), entry]));
  const changes = changesTo(text.entries, around);
  const after = shelf.with(changes, { author: '', atMs: 0 });
  const nowhere = text.entries.flatMap((entry) => {
    const { level, place } = spotOf(entry, tenant);
    // what is taken back may be of a place that is gone
    const isThere = entry.document === null || standingOf(spotOf(entry, tenant)) !== undefined;
    return isThere ? [] : [{ ...entry.placeOf([]), message: `there is no ${level} "${place}" with rules` }];
  });
  const standing = (spot: Spot): Standing => standingOf(spot) ?? { tenant, site: '', tags: [], device: '' };
  const wrong = problemsOf(after, changes, standing).map(({ spot, issue }) => {
    const message = [spotText(spot), pathText(issue.path), issue.message].filter(Boolean).join(': ');
    return { ...entries.get(spotKey(spot))?.placeOf(issue.path), message };
  });
  const noShares = text.entries.flatMap((entry) =>
    percentProblems(entry, after, standing(spotOf(entry, tenant)), tenant),
  );
  const problems: readonly Problem[] = [...text.problems, ...nowhere, ...wrong, ...noShares];
  return { changes, after, problems: problems.toSorted(byPlace) };
};

/** What is as it was is no change. */
const changesTo = (entries: readonly Entry[], { tenant, shelf, isWhole }: Around): readonly RuleChange[] => {
  const current = new Map(shelf.overrides.filter((one) => one.tenant === tenant).map((one) => [spotKey(one), one]));
  const wanted = new Map(entries.map((entry) => [spotKey(spotOf(entry, tenant)), entry]));
  const said = entries.flatMap((entry) => {
    const spot = spotOf(entry, tenant);
    return changeOf(spot, current.get(spotKey(spot)), entry.document);
  });
  const unsaid = isWhole ? [...current.values()].filter((one) => !wanted.has(spotKey(one))) : [];
  return [...said, ...unsaid.flatMap((one) => changeOf(one, one, null))];
};

const changeOf = (
  { tenant, level, place, rule }: Spot,
  current: Override | undefined,
  document: RuleDocument | null,
): readonly RuleChange[] =>
  isSame(current?.document ?? null, document)
    ? []
    : [{ tenant, level, place, rule, version: current?.version ?? 0, document }];

const percentProblems = (entry: Entry, after: RuleShelf, standing: Standing, tenant: string): readonly Problem[] => {
  if (entry.percents.length === 0) return [];
  const { rule } = after.effective(entry.rule, standing);
  const isWrong = (path: Path): boolean => {
    const metric = metricAt(path, rule);
    return metric !== '' && findMetric(metric)?.isShare !== true;
  };
  return entry.percents.filter(isWrong).map((path) => ({
    ...entry.placeOf(path),
    message: `${spotText(spotOf(entry, tenant))}: ${pathText(path)}: ${metricAt(path, rule)} is no share: say it without %`,
  }));
};

const byPlace = (one: Problem, other: Problem): number =>
  (one.line ?? Number.MAX_SAFE_INTEGER) - (other.line ?? Number.MAX_SAFE_INTEGER) ||
  (one.column ?? 0) - (other.column ?? 0);

/** Of each so many lines at most. */
const LISTED_MAX = 100;

/** "line 7, column 5, disk.space at site office: levels[0].any[0].clearAt: …" */
export const problemLines = (problems: readonly Problem[]): readonly string[] => [
  ...problems
    .slice(0, LISTED_MAX)
    .map(({ line, column, message }) => (line === undefined ? message : `line ${line}, column ${column}, ${message}`)),
  ...(problems.length > LISTED_MAX ? [`and ${problems.length - LISTED_MAX} more`] : []),
];
