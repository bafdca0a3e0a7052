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
  /** What used most, where the rule is about CPU or memory: by CPU and by memory, the greater users of either first. */
  readonly processes?: readonly ProcessUse[];
  /** Of a fire: it was so when the agent first looked, and never otherwise. */
  readonly first?: true;
};

export type TransitionReason =
  | 'threshold'
  | 'recovered'
  | 'instance removed'
  | 'rule changed'
  | 'no data'
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
  /** Of a value that should not rise: by how much it did over `withinMs`. The threshold is then of the rise. */
  readonly rise?: number;
  /** Without a rise: the value is the sum of what was counted over this long. */
  readonly withinMs?: number;
};

/** One program and what it used when the alert changed. No command line: those hold secrets. */
export type ProcessUse = {
  readonly pid: number;
  /** As the kernel has it, at most 15 bytes of a program's own choice. */
  readonly name: string;
  /** Share of one CPU over the last seconds, up to a minute: 2 is two CPUs. Absent where it was not watched before. */
  readonly cpu?: number;
  readonly memoryBytes: number;
};
