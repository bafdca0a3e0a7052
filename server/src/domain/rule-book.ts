// The rules in force, by id, with the version that agents compare.
import { ruleSetVersion } from '@fettle/shared/rule/hash';
import { pack } from '@fettle/shared/rule/pack';
import type {
  AbsenceRule,
  Clause,
  ForecastLevel,
  ForecastRule,
  Guard,
  Rule,
  ThresholdLevel,
  TicketPolicy,
} from '@fettle/shared/rule/rule';

import { type Pace, paced } from './times.ts';

export type RuleBook = {
  readonly version: string;
  /** Those that are judged. */
  readonly rules: readonly Rule[];
  /** With those that are switched off: their alerts and tickets of before have a family and a title all the same. */
  readonly byId: ReadonlyMap<string, Rule>;
  readonly disabled: ReadonlySet<string>;
  readonly pace: Pace;
};

/** The pack alone. */
export const ruleBookAt = (pace: Pace): RuleBook =>
  bookOf(
    pack.map((rule) => atPace(rule, pace)),
    new Set(),
    pace,
  );

/** @param all as they are judged: at the pace already */
export const bookOf = (all: readonly Rule[], disabled: ReadonlySet<string>, pace: Pace): RuleBook => {
  const rules = disabled.size === 0 ? all : all.filter(({ id }) => !disabled.has(id));
  return { version: ruleSetVersion(rules), rules, byId: new Map(all.map((rule) => [rule.id, rule])), disabled, pace };
};

const OFFLINE = 'device.offline';

/** The rule that judges the silence of a device, also when it is switched off. */
export const absenceRule = ({ byId }: RuleBook): AbsenceRule | undefined => {
  const rule = byId.get(OFFLINE);
  return rule?.kind === 'absence' ? rule : undefined;
};

/** Switched off, it still says who is away, and alerts of nobody. */
export const silenceIn = (book: RuleBook) => ({ rule: absenceRule(book), isOff: book.disabled.has(OFFLINE) });

/** The rule that looks ahead. */
export const trendRule = ({ byId, disabled }: RuleBook): ForecastRule | undefined => {
  const rule = byId.get('disk.trend');
  return rule?.kind === 'forecast' && !disabled.has(rule.id) ? rule : undefined;
};

export const atPace = (rule: Rule, pace: Pace): Rule => {
  if (pace.divisor === 1) return rule;
  const missing = 'missing' in rule && rule.missing;
  const common = {
    keepMs: rule.keepMs === null ? null : paced(pace, rule.keepMs),
    graceMs: paced(pace, rule.graceMs),
    ticket: ticketAt(rule.ticket, pace),
    ...(missing && { missing: { ...missing, afterMs: paced(pace, missing.afterMs) } }),
  };
  const level = <L extends { readonly forMs: number }>(one: L): L => ({ ...one, forMs: paced(pace, one.forMs) });
  switch (rule.kind) {
    case 'threshold':
      return { ...rule, ...common, levels: rule.levels.map((one) => thresholdAt(level(one), pace)) };
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
    case 'forecast':
      return { ...rule, ...common, levels: rule.levels.map((one) => forecastAt(level(one), pace)) };
  }
};

const within = <T extends { readonly withinMs: number }>(one: T, pace: Pace): T => ({
  ...one,
  withinMs: paced(pace, one.withinMs),
});

const forecastAt = (level: ForecastLevel, pace: Pace): ForecastLevel => ({
  ...level,
  withinMs: paced(pace, level.withinMs),
  clearMs: paced(pace, level.clearMs),
});

const thresholdAt = (level: ThresholdLevel, pace: Pace): ThresholdLevel => ({
  ...withClasses(level, pace),
  any: level.any.map((clause) => clauseAt(clause, pace)),
});

const clauseAt = (clause: Clause, pace: Pace): Clause =>
  clause.guards === undefined ? clause : { ...clause, guards: clause.guards.map((guard) => guardAt(guard, pace)) };

/** A trial fills its disk as much faster as everything else goes. */
const guardAt = (guard: Guard, pace: Pace): Guard =>
  'below' in guard ? guard : { ...guard, exhaustedWithinMs: paced(pace, guard.exhaustedWithinMs) };

const withClasses = <L extends { readonly forMsOn?: Readonly<Record<string, number>> }>(level: L, pace: Pace): L =>
  level.forMsOn === undefined
    ? level
    : {
        ...level,
        forMsOn: Object.fromEntries(
          Object.entries(level.forMsOn).map(([name, ms]) => [name, paced(pace, ms)] as const),
        ),
      };

const ticketAt = ({ afterMs, when, ...policy }: TicketPolicy, pace: Pace): TicketPolicy => ({
  ...policy,
  ...(afterMs !== undefined && { afterMs: paced(pace, afterMs) }),
  ...(when && { when: when.map((condition) => ('metric' in condition ? guardAt(condition, pace) : condition)) }),
});
