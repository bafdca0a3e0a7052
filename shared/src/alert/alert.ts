// What an alert is to both sides: how bad, of what, since when, and why.

export const severities = ['warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** What a key of the alert table is made of. `instance` is "" where the rule is about the whole machine. */
export type AlertIdentity = {
  readonly tenant: string;
  readonly device: string;
  readonly rule: string;
  readonly instance: string;
};

/** One text for one problem: the same problem gives the same text, two problems never do. */
export const alertKey = ({ tenant, device, rule, instance }: AlertIdentity): string =>
  JSON.stringify([tenant, device, rule, instance]);

/** A change in the state of one rule on one instance, as the evaluator saw it. Times are wall clock, in ms since 1970. */
export type Transition = {
  readonly change: 'fire' | 'raise' | 'lower' | 'resolve';
  readonly rule: string;
  /** Content hash of the rule that was judged with. */
  readonly ruleHash: string;
  readonly instance: string;
  readonly severity: Severity;
  readonly at: number;
  /** When the episode fired; equal to `at` for a fire. */
  readonly since: number;
  readonly reason: TransitionReason;
  readonly evidence: readonly Evidence[];
};

export type TransitionReason =
  | 'threshold'
  | 'recovered'
  | 'instance removed'
  | 'rule changed'
  | 'repaired by digest'
  | 'silent'
  | 'back';

/** The newest reading of a metric that the rule looks at, in the catalogue's unit, and where it stands in the rule. */
export type Evidence = {
  readonly metric: string;
  readonly value: number;
  /** Mean over the window that was judged. */
  readonly mean?: number;
  readonly threshold?: number;
};
