// The rules in force, as far as this version knows them. What a newer server added is left out, and told: the others must not suffer.
import type { Rule } from '@fettle/shared/rule/rule';
import { ruleSchema } from '@fettle/shared/rule/rule.schema';
import type { SentRule, SentRules } from '@fettle/shared/wire/server-message.schema';

import type { LeftOut } from './judged-rules.ts';

export type RuleSet = {
  readonly version: string;
  readonly rules: readonly Rule[];
  /** Not among `rules`, because they are of a form that this version does not know. */
  readonly leftOut: readonly LeftOut[];
};

/** The version stays the sender's, whatever is left out: the server is not to send again what would not be understood again. */
export const adopted = ({ version, rules }: SentRules): RuleSet => {
  const known: Rule[] = [];
  const leftOut: LeftOut[] = [];
  for (const sent of rules) {
    const { data } = ruleSchema.safeParse(sent);
    if (data) known.push(data);
    else leftOut.push({ rule: sent.id, why: whyNot(sent) });
  }
  return { version, rules: known, leftOut };
};

// a validator's own words would be about the form that it tried last, not about the one that was meant
const whyNot = ({ id, kind }: SentRule): string =>
  `Rule ${id}: this version does not know a rule of the kind "${kind}" in this form.`;
