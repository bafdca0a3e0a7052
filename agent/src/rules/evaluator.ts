// Is it bad? Holds the state of every rule on every instance, feeds each reading to `step`, and collects what changes.
import type { Transition } from '@fettle/shared/alert/alert';
import type { Attributes } from '@fettle/shared/metric/sample';
import type { CompiledRule } from '@fettle/shared/rule/compile';
import { type Rule, inScope } from '@fettle/shared/rule/rule';
import type { Device } from '@fettle/shared/rule/scope';
import { MISSING } from '@fettle/shared/rule/window';
import type { Digest } from '@fettle/shared/wire/record.schema';

import { digestOf } from './digest.ts';
import { type Entry, type Moment, advance, newEntry, reshape } from './entry.ts';
import { judgedRules } from './judged-rules.ts';

type Reading = { readonly metric: string; readonly attributes: Attributes; readonly integer: number };

/** What a collector gave, or why it gave nothing. */
export type Observation = {
  readonly provides: readonly string[];
  readonly everyMs: number;
  readonly measured: readonly Reading[];
  readonly failed?: { readonly detail: string };
  /** Something is missing that may still be there: nothing counts as gone. */
  readonly isPartial: boolean;
};

type Known = { readonly monoMs: number; readonly everyMs: number; readonly readings: readonly Reading[] };

const ENTRIES_MAX = 2_000;
/** Complete readings in a row without an instance before it counts as gone. */
const ABSENCES_TO_BE_GONE = 2;
/** A sibling metric's reading is good for this many of its intervals. */
const FRESH_INTERVALS = 2.5;

export class Evaluator {
  readonly #device: Device;
  readonly #entries = new Map<string, Entry>();
  /** Complete readings per rule since the start. */
  readonly #readings = new Map<string, number>();
  /** The newest readings of each metric. */
  readonly #known = new Map<string, Known>();
  #rules: readonly CompiledRule[] = [];
  #dropped = 0;

  constructor(device: Device) {
    this.#device = device;
  }

  get rules(): readonly CompiledRule[] {
    return this.#rules;
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /** Instances that were not watched because there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Goes on from what an earlier run remembered. */
  adopt(kept: readonly Entry[]): void {
    for (const entry of kept) this.#entries.set(keyOf(entry.rule, entry.instance), entry);
  }

  setRules(rules: readonly Rule[], at: Moment): readonly Transition[] {
    this.#rules = judgedRules(
      rules.filter((rule) => inScope(rule, this.#device)),
      this.#device,
    );
    return this.entries.map((entry) => this.#adapt(entry, at)).filter((change) => change !== undefined);
  }

  /** @param uptimeMs of the machine, for the grace after a boot */
  judge(seen: readonly Observation[], at: Moment, uptimeMs: number): readonly Transition[] {
    for (const observation of seen) this.#remember(observation, at);
    return this.#rules.flatMap((rule) => {
      const mine = seen.find(({ provides }) => provides.includes(rule.rule.signal.metric));
      if (!mine || uptimeMs < rule.rule.graceMs) return [];
      return mine.failed ? this.#freeze(rule, mine.failed.detail, at) : this.#judgeRule(rule, mine, at);
    });
  }

  /** The machine slept: what was pending or clearing starts again. */
  interrupt(at: Moment): void {
    for (const entry of this.#entries.values()) advance(entry, { kind: 'interrupted' }, at);
  }

  digest(wallMs: number): Digest {
    return digestOf(this.entries, this.#readings, wallMs);
  }

  #remember({ failed, provides, everyMs, measured }: Observation, { monoMs }: Moment): void {
    if (failed) return;
    for (const metric of provides) {
      const readings = measured.filter((reading) => reading.metric === metric);
      this.#known.set(metric, { monoMs, everyMs, readings });
    }
  }

  #judgeRule(rule: CompiledRule, seen: Observation, at: Moment): readonly Transition[] {
    const instances = new Set<string>();
    for (const { metric, attributes } of seen.measured) {
      const instance = metric === rule.rule.signal.metric ? instanceOf(rule, attributes) : undefined;
      if (instance !== undefined) instances.add(instance);
    }
    const changes = [...instances].map((instance) => this.#judgeInstance(rule, instance, seen.everyMs, at));
    if (!seen.isPartial) {
      this.#readings.set(rule.rule.id, (this.#readings.get(rule.rule.id) ?? 0) + 1);
      const missing = this.#entriesOf(rule).filter((entry) => !instances.has(entry.instance));
      changes.push(...missing.map((entry) => this.#miss(entry, at)));
    }
    return changes.filter((change) => change !== undefined);
  }

  #judgeInstance(rule: CompiledRule, instance: string, everyMs: number, at: Moment): Transition | undefined {
    const entry = this.#entryOf(rule, instance, everyMs, at);
    if (!entry) return undefined;
    entry.absences = 0;
    entry.ring.push(
      at.monoMs,
      rule.metrics.map((metric) => this.#valueOf(metric, rule, instance, at)),
    );
    return advance(entry, { kind: 'sample', window: entry.ring, everyMs }, at);
  }

  #valueOf(metric: string, rule: CompiledRule, instance: string, { monoMs }: Moment): number {
    const known = this.#known.get(metric);
    if (!known || monoMs - known.monoMs > FRESH_INTERVALS * known.everyMs) return MISSING;
    return known.readings.find(({ attributes }) => instanceOf(rule, attributes) === instance)?.integer ?? MISSING;
  }

  #entryOf(rule: CompiledRule, instance: string, everyMs: number, at: Moment): Entry | undefined {
    const key = keyOf(rule, instance);
    const known = this.#entries.get(key);
    if (known && known.everyMs !== everyMs) reshape(known, rule, everyMs);
    if (known) return known;
    if (this.#entries.size >= ENTRIES_MAX) {
      this.#dropped += 1;
      return undefined;
    }
    const entry = newEntry(rule, instance, everyMs, at);
    this.#entries.set(key, entry);
    return entry;
  }

  #entriesOf(rule: CompiledRule): readonly Entry[] {
    return this.entries.filter((entry) => entry.rule.rule.id === rule.rule.id);
  }

  #miss(entry: Entry, at: Moment): Transition | undefined {
    entry.absences += 1;
    if (entry.absences < ABSENCES_TO_BE_GONE) return undefined;
    this.#entries.delete(keyOf(entry.rule, entry.instance));
    return advance(entry, { kind: 'gone' }, at);
  }

  #freeze(rule: CompiledRule, reason: string, at: Moment): readonly Transition[] {
    for (const entry of this.#entriesOf(rule)) advance(entry, { kind: 'nothing', reason }, at);
    return [];
  }

  #adapt(entry: Entry, at: Moment): Transition | undefined {
    const rule = this.#rules.find((candidate) => candidate.rule.id === entry.rule.rule.id);
    if (rule?.hash === entry.rule.hash) return undefined;
    if (rule) {
      reshape(entry, rule, entry.everyMs);
      return advance(entry, { kind: 'rule changed', window: entry.ring, everyMs: entry.everyMs }, at);
    }
    this.#entries.delete(keyOf(entry.rule, entry.instance));
    const change = advance(entry, { kind: 'gone' }, at);
    return change && { ...change, reason: 'rule changed' };
  }
}

const keyOf = ({ rule }: CompiledRule, instance: string): string => `${rule.id}\n${instance}`;

/** The instance that a series is, for a rule: "" for the whole machine, undefined when it is not the rule's business. */
const instanceOf = ({ rule }: CompiledRule, attributes: Attributes): string | undefined => {
  const { by } = rule.signal;
  if (by !== undefined) return attributes[by];
  return Object.keys(attributes).length === 0 ? '' : undefined;
};
