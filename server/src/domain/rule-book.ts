// The rules in force, by id, with the version that agents compare.
import { ruleSetVersion } from '@fettle/shared/rule/hash';
import { pack } from '@fettle/shared/rule/pack';
import type { AbsenceRule, Rule, TicketPolicy } from '@fettle/shared/rule/rule';

import { type Pace, paced } from './times.ts';

export type RuleBook = {
  readonly version: string;
  readonly rules: readonly Rule[];
  readonly byId: ReadonlyMap<string, Rule>;
};

export const ruleBookAt = (pace: Pace): RuleBook => {
  const rules = pack.map((rule) => atPace(rule, pace));
  return { version: ruleSetVersion(rules), rules, byId: new Map(rules.map((rule) => [rule.id, rule])) };
};

/** The rule that judges silence. */
export const absenceRule = ({ rules }: RuleBook): AbsenceRule | undefined =>
  rules.find((rule): rule is AbsenceRule => rule.kind === 'absence');

const atPace = (rule: Rule, pace: Pace): Rule => {
  if (pace.divisor === 1) return rule;
  const common = {
    keepMs: rule.keepMs === null ? null : paced(pace, rule.keepMs),
    graceMs: paced(pace, rule.graceMs),
    ticket: ticketAt(rule.ticket, pace),
  };
  const level = <L extends { readonly forMs: number }>(one: L): L => ({ ...one, forMs: paced(pace, one.forMs) });
  switch (rule.kind) {
    case 'threshold':
      return { ...rule, ...common, levels: rule.levels.map(level).map((one) => withClasses(one, pace)) };
    case 'state':
      return { ...rule, ...common, levels: rule.levels.map(level) };
    case 'event':
      return { ...rule, ...common, levels: rule.levels.map((one) => within(one, pace)) };
    case 'change':
      return {
        ...rule,
        ...common,
        levels: rule.levels.map((one) => ({
          ...one,
          any: one.any.map((clause) => ('rise' in clause ? within(clause, pace) : clause)),
        })),
      };
    case 'absence':
      return { ...rule, ...common, levels: rule.levels.map(level) };
  }
};

const within = <T extends { readonly withinMs: number }>(one: T, pace: Pace): T => ({
  ...one,
  withinMs: paced(pace, one.withinMs),
});

const withClasses = <L extends { readonly forMsOn?: Readonly<Record<string, number>> }>(level: L, pace: Pace): L =>
  level.forMsOn === undefined
    ? level
    : {
        ...level,
        forMsOn: Object.fromEntries(
          Object.entries(level.forMsOn).map(([name, ms]) => [name, paced(pace, ms)] as const),
        ),
      };

const ticketAt = (policy: TicketPolicy, pace: Pace): TicketPolicy =>
  policy.afterMs === undefined ? policy : { ...policy, afterMs: paced(pace, policy.afterMs) };
