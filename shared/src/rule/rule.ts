// What a rule is. The schema that bytes are checked against is rule.schema.ts; a test holds the two together.
import type { Severity } from '../alert/alert.ts';
import { isLike } from './pattern.ts';
import type { Device, DeviceClass, Os } from './scope.ts';

export type Urgency = 'low' | 'medium' | 'high';

/** What is looked at. Without `by` the series without attributes; with `by` each series that has the key, its value the instance; with `only` these instances alone, and never those of `except`; both may have stars. */
export type Signal = {
  readonly metric: string;
  readonly by?: string;
  readonly only?: readonly string[];
  readonly except?: readonly string[];
};

/** The instance that a series is, for a rule: "" for the whole machine, undefined when it is not the rule's business. */
export const instanceOf = (
  { by, only, except }: Signal,
  attributes: Readonly<Record<string, string>>,
): string | undefined => {
  if (by === undefined) return Object.keys(attributes).length === 0 ? '' : undefined;
  const instance = attributes[by];
  if (instance === undefined || only?.some((name) => isLike(name, instance)) === false) return undefined;
  return except?.some((name) => isLike(name, instance)) ? undefined : instance;
};

/** Ratios and bytes as in the catalogue: 0.85, not 85. */
export type Clause = {
  readonly metric: string;
  readonly beyond: 'above' | 'below';
  readonly fireAt: number;
  readonly clearAt: number;
  /** At least one must hold for the newest reading, where there are any. */
  readonly guards?: readonly Guard[];
};

/** A condition on a sibling metric of the same instance: its newest value is below a bound, or falls to zero within a time. */
export type Guard =
  | { readonly metric: string; readonly below: number }
  | { readonly metric: string; readonly exhaustedWithinMs: number };

export type ThresholdLevel = {
  readonly severity: Severity;
  readonly forMs: number;
  /** Instead of `forMs` on devices of a class. */
  readonly forMsOn?: { readonly [C in DeviceClass]?: number };
  /** The level is reached when any clause holds over `forMs`, and left when none does over `keepMs`. */
  readonly any: readonly Clause[];
};

export type StateLevel = {
  readonly severity: Severity;
  readonly forMs: number;
  /** Values of the catalogue's `states` that are bad. */
  readonly bad: readonly number[];
  /** How many readings in a row must be bad. */
  readonly readings: number;
};

/** So many things, counted since the last reading each time, within a time. */
export type EventLevel = {
  readonly severity: Severity;
  readonly count: number;
  readonly withinMs: number;
};

/** What a value that should stand still must not do: rise by so much within a time, or be so much at all. */
export type Rise =
  | { readonly metric: string; readonly rise: number; readonly withinMs: number }
  | { readonly metric: string; readonly atLeast: number };

export type ChangeLevel = {
  readonly severity: Severity;
  readonly any: readonly Rise[];
};

export type TicketPolicy = {
  /** Device classes whose alerts open a ticket at once. */
  readonly atOnce: readonly DeviceClass[];
  /** For the others: after this long unacknowledged; without it, only by `when`. */
  readonly afterMs?: number;
  /** For the others: at once, where any holds. A guard is judged on the transition's evidence. */
  readonly when?: readonly (Guard | { readonly severity: Severity })[];
};

/** What follows where the collector has failed for so long, of an instance that was read before. Without it everything stays as it was. */
export type Missing = { readonly change: 'resolve' | 'fire'; readonly afterMs: number };

type Common = {
  readonly id: string;
  /** Rules of one family share a ticket per instance. */
  readonly family: string;
  readonly title: string;
  readonly scope: { readonly os?: readonly Os[]; readonly classes?: readonly DeviceClass[] };
  /** Clears over this long, an event or a change after so long without another; null: never by readings. */
  readonly keepMs: number | null;
  /** Not judged this long after a boot; events and changes are judged at once. */
  readonly graceMs: number;
  /** By level, in the order of `levels`. */
  readonly urgency: readonly Urgency[];
  readonly ticket: TicketPolicy;
  readonly text: string;
  readonly steps: readonly string[];
};

type Judged<Kind, Level> = Common & {
  readonly kind: Kind;
  readonly signal: Signal;
  readonly levels: readonly Level[];
};

type MayMiss = { readonly missing?: Missing };
export type ThresholdRule = Judged<'threshold', ThresholdLevel> & MayMiss;
export type StateRule = Judged<'state', StateLevel> & MayMiss;

/** The signal counts things since the last reading: over when nothing came for `keepMs`. */
export type EventRule = Judged<'event', EventLevel>;

/** The signal should not rise: over when it stood still for `keepMs`. A value that falls is a new beginning. */
export type ChangeRule = Judged<'change', ChangeLevel>;

/** Judged by the server: no sign of life from a device of these classes. */
export type AbsenceRule = Common & {
  readonly kind: 'absence';
  readonly levels: readonly { readonly severity: Severity; readonly forMs: number }[];
};

export type ForecastLevel = {
  readonly severity: Severity;
  /** Used up within this, for at least `forMs`. */
  readonly withinMs: number;
  readonly forMs: number;
  /** Over when it would last longer than this, for `keepMs`. */
  readonly clearMs: number;
};

/** Judged by the server, from what it has stored: the signal goes down and will be used up. */
export type ForecastRule = Common & {
  readonly kind: 'forecast';
  readonly signal: Signal;
  readonly levels: readonly ForecastLevel[];
};

export type Rule = ThresholdRule | StateRule | EventRule | ChangeRule | AbsenceRule | ForecastRule;

/** A rule that the agent judges by `step`. */
export type JudgedRule = Exclude<Rule, AbsenceRule | ForecastRule>;

export const isJudged = (rule: Rule): rule is JudgedRule => rule.kind !== 'absence' && rule.kind !== 'forecast';

/** Looks back over days and weeks: judged by calendar time, and what it remembers outlasts a boot. */
export const isLasting = (rule: Rule): rule is EventRule | ChangeRule =>
  rule.kind === 'event' || rule.kind === 'change';

/** Every metric that the rule looks at, the signal's first: the columns of its window. */
export const metricsOf = (rule: JudgedRule): readonly string[] => {
  if (rule.kind === 'state' || rule.kind === 'event') return [rule.signal.metric];
  if (rule.kind === 'change') {
    return [...new Set([rule.signal, ...rule.levels.flatMap((level) => level.any)].map(({ metric }) => metric))];
  }
  const clauses = rule.levels.flatMap((level) => level.any);
  const guards = clauses.flatMap((clause) => clause.guards ?? []);
  const policy = (rule.ticket.when ?? []).filter((entry) => 'metric' in entry);
  return [...new Set([rule.signal.metric, ...[...clauses, ...guards, ...policy].map((entry) => entry.metric)])];
};

/** Whether the rule applies to a device at all. */
export const inScope = (rule: Rule, device: Device): boolean =>
  (rule.scope.os?.includes(device.os) ?? true) && (rule.scope.classes?.includes(device.class) ?? true);
