// The rule as it is for a device: the pack's under every override that reaches it, and for each value where it comes from.
import { type RuleIssue, issuesOf } from '@fettle/shared/rule/check';
import type { Rule } from '@fettle/shared/rule/rule';
import { ruleSchema } from '@fettle/shared/rule/rule.schema';

import { leavesOf, merged } from './merge.ts';
import type { Override, RuleDocument } from './override.ts';

/** What stands for nothing in particular of a new rule. */
const DEFAULTS = { scope: {}, graceMs: 0, keepMs: 0, ticket: { atOnce: [] }, text: '', steps: [] };
const OWN_ID = /^[a-z0-9][a-z0-9._-]{0,99}$/;

/** undefined: the pack, or the defaults of a new rule. */
export type Origin = Override | undefined;

/** What each layer says of a value, the weakest first: the last is in force. */
export type Value = {
  readonly path: string;
  readonly said: readonly { readonly value: unknown; readonly by: Origin }[];
};

export type Effective = {
  /** Absent when there is nothing that could be judged. */
  readonly rule?: Rule;
  readonly isDisabled: boolean;
  readonly values: readonly Value[];
  /** Overrides that are passed over, because with them it would be no rule. */
  readonly problems: readonly { readonly by: Override; readonly issues: readonly RuleIssue[] }[];
};

/** @param layers that reach the device, the weakest first */
export const effectiveOf = (base: Rule | undefined, layers: readonly Override[]): Effective => {
  const problems: Effective['problems'][number][] = [];
  const said = new Map<string, Value['said'][number][]>();
  const note = (document: unknown, by: Origin): void => {
    for (const { path, value } of leavesOf(document)) said.set(path, [...(said.get(path) ?? []), { value, by }]);
  };
  if (base) note(base, undefined);
  let rule = base;
  let isDisabled = false;
  for (const by of layers) {
    const next = applied(rule, by.rule, by.document);
    if (next.issues.length > 0) {
      problems.push({ by, issues: next.issues });
      continue;
    }
    if (!rule) note(defaultsOf(by.rule, by.document), undefined);
    note(by.document, by);
    rule = next.rule;
    isDisabled = next.isDisabled ?? isDisabled;
  }
  const inForce = new Set(['disabled', ...leavesOf(rule ?? {}).map(({ path }) => path)]);
  const values = [...said].filter(([path]) => inForce.has(path)).map(([path, all]) => ({ path, said: all }));
  return { ...(rule && { rule }), isDisabled, values, problems };
};

type Applied = { readonly rule?: Rule; readonly isDisabled?: boolean; readonly issues: readonly RuleIssue[] };

const wrong = (path: RuleIssue['path'], message: string): Applied => ({ issues: [{ path, message }] });

/** A document over the rule that it changes; without one it must be a whole rule. */
export const applied = (base: Rule | undefined, id: string, document: RuleDocument): Applied => {
  const { disabled, ...part } = document;
  if (disabled !== undefined && typeof disabled !== 'boolean') return wrong(['disabled'], 'true or false');
  if ('id' in part && part['id'] !== id) return wrong(['id'], `the rule is ${id}`);
  const refused = base ? kindIssue(base, part) : ownIssue(id, part);
  if (refused) return refused;
  const whole = merged(base ?? defaultsOf(id, part), part);
  const read = ruleSchema.safeParse(whole);
  if (!read.success) return { issues: read.error.issues.flatMap(schemaIssues).slice(0, ISSUES_MAX) };
  const issues = issuesOf(read.data).slice(0, ISSUES_MAX);
  return { rule: read.data, issues, ...(disabled !== undefined && { isDisabled: disabled }) };
};

const ISSUES_MAX = 20;

const kindIssue = (base: Rule, part: RuleDocument): Applied | undefined =>
  part['kind'] === undefined || part['kind'] === base.kind
    ? undefined
    : wrong(['kind'], `${base.id} is a rule of kind ${base.kind}: a new rule needs an id of its own`);

const ownIssue = (id: string, part: RuleDocument): Applied | undefined => {
  if (part['kind'] === undefined)
    return wrong(['id'], `there is no rule "${id}" to change; a new rule has a kind, a title, a signal and levels`);
  if (part['kind'] === 'absence')
    return wrong(['kind'], 'silence is judged by the rule device.offline alone: change that one');
  if (part['kind'] === 'forecast')
    return wrong(['kind'], 'what will be is judged by the rule disk.trend alone: change that one');
  return OWN_ID.test(id) ? undefined : wrong(['id'], 'small letters, digits, dots, dashes; at most 100');
};

const defaultsOf = (id: string, part: RuleDocument) => {
  const levels = Array.isArray(part['levels']) ? part['levels'].length : 1;
  return { ...DEFAULTS, id, family: id, urgency: Array.from({ length: levels }, () => 'medium') };
};

type Issue = {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Of what the schema does not know, each key on its own. */
  readonly keys?: readonly string[];
};
type UnionIssue = Issue & { readonly errors?: readonly (readonly Issue[])[] };

/** Of the forms that a value could have the one that it comes closest to. */
const schemaIssues = ({ errors = [], ...issue }: UnionIssue): readonly RuleIssue[] => {
  const [closest] = errors.toSorted((a, b) => depthOf(b) - depthOf(a)).flatMap((issues) => issues.slice(0, 1));
  const { message, keys } = closest ?? issue;
  const path = [...issue.path, ...(closest?.path ?? [])].map((step) =>
    typeof step === 'number' ? step : String(step),
  );
  return keys === undefined
    ? [{ path, message }]
    : keys.map((key) => ({ path: [...path, key], message: UNKNOWN_FIELD }));
};

const UNKNOWN_FIELD = 'there is no such field';

const depthOf = (issues: readonly Issue[]): number => Math.max(0, ...issues.map(({ path }) => path.length));
