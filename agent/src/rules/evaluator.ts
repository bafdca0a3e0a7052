// Is it bad? Holds the state of every rule on every instance, feeds each reading to `step`, and collects what changes.
import type { Transition } from '@fettle/shared/alert/alert';
import type { CompiledRule } from '@fettle/shared/rule/compile';
import { type Rule, inScope, isLasting } from '@fettle/shared/rule/rule';
import type { Device } from '@fettle/shared/rule/scope';
import { ABSENCES_TO_BE_GONE, REPLACED_MS, isOpen } from '@fettle/shared/rule/step';
import type { Digest } from '@fettle/shared/wire/record.schema';

import { type CalendarMark, advanced } from './calendar.ts';
import { CompleteReadings } from './complete-readings.ts';
import { digestOf } from './digest.ts';
import { Entries } from './entries.ts';
import { type Entry, type Moment, type Now, advance, isSpent, judged, newEntry, note, reshape } from './entry.ts';
import { instancesOf, signalsOf } from './instances.ts';
import { type LeftOut, judgedRules } from './judged-rules.ts';
import { KnownReadings } from './known.ts';
import type { Observation } from './observation.ts';

/** All that must outlast the process. */
export type Memory = {
  readonly entries: readonly Entry[];
  readonly calendar?: CalendarMark;
  /** Rules that an earlier run had looked by: what they find now is nothing that was always so. */
  readonly looked?: readonly string[];
};

/** A server sends so many at once; over the years it may have sent more. */
export const LOOKED_MAX = 500;

export class Evaluator {
  readonly #device: Device;
  readonly #entries = new Entries();
  readonly #readings = new CompleteReadings();
  readonly #known = new KnownReadings();
  #rules: readonly CompiledRule[] = [];
  /** The rules that each metric makes look. */
  #bySignal: ReadonlyMap<string, readonly CompiledRule[]> = new Map();
  #leftOut: readonly LeftOut[] = [];
  #calendar: CalendarMark | undefined;
  #looked: ReadonlySet<string> = new Set();
  #news = 0;

  constructor(device: Device) {
    this.#device = device;
  }

  get rules(): readonly CompiledRule[] {
    return this.#rules;
  }

  /** Rules that this version cannot judge, and why. */
  get leftOut(): readonly LeftOut[] {
    return this.#leftOut;
  }

  get entries(): readonly Entry[] {
    return this.#entries.all;
  }

  get calendar(): CalendarMark | undefined {
    return this.#calendar;
  }

  get memory(): Memory {
    const looked = [...new Set([...this.#readings.byRule.keys(), ...this.#looked])].slice(0, LOOKED_MAX);
    return { entries: this.entries, ...(this.#calendar && { calendar: this.#calendar }), looked };
  }

  /** Grows with all that a kill must not take, although no alert has changed: events, and what changes are compared with. */
  get news(): number {
    return this.#news;
  }

  /** Instances that were not watched because there were too many. */
  get dropped(): number {
    return this.#entries.dropped;
  }

  /** Goes on from what an earlier run remembered. */
  adopt({ entries, calendar, looked = [] }: Memory): void {
    this.#calendar = calendar;
    this.#looked = new Set(looked);
    for (const entry of entries) this.#entries.add(entry);
  }

  setRules(rules: readonly Rule[], at: Moment): readonly Transition[] {
    const mine = judgedRules(
      rules.filter((rule) => inScope(rule, this.#device)),
      this.#device,
    );
    this.#rules = mine.rules;
    this.#bySignal = bySignal(mine.rules);
    this.#leftOut = mine.leftOut;
    const now = this.#now(at);
    return this.entries.map((entry) => this.#adapt(entry, now)).filter((change) => change !== undefined);
  }

  /** @param uptimeMs of the machine, sleep included: for the grace after a boot, and for the calendar */
  judge(seen: readonly Observation[], at: Moment, uptimeMs: number): readonly Transition[] {
    this.#calendar = advanced(this.#calendar, { uptimeMs, wallMs: at.wallMs });
    const now = this.#now(at);
    for (const observation of seen) this.#known.note(observation, at.monoMs);
    return seen.flatMap((one) =>
      this.#lookingAt(one)
        .filter(({ rule }) => isLasting(rule) || uptimeMs >= rule.graceMs)
        .flatMap((rule) => (one.failed ? this.#freeze(rule, one, now) : this.#judgeRule(rule, one, now))),
    );
  }

  /** May a rule about one of these metrics fire soon, or be raised? */
  isNear(metrics: ReadonlySet<string>): boolean {
    return this.entries.some(
      ({ rule, state }) =>
        metrics.has(rule.rule.signal.metric) &&
        (state.phase === 'pending' || (isOpen(state) && state.level < rule.levels.length - 1)),
    );
  }

  /** The machine slept: what was pending or clearing starts again. */
  interrupt(at: Moment): void {
    for (const entry of this.entries) advance(entry, { kind: 'interrupted' }, this.#now(at));
  }

  digest(wallMs: number): Digest {
    return digestOf(this.entries, this.#readings.byRule, wallMs);
  }

  #now(at: Moment): Now {
    return { ...at, calendarMs: this.#calendar?.lineMs ?? at.wallMs };
  }

  #lookingAt({ provides }: Observation): readonly CompiledRule[] {
    return [...new Set(provides.flatMap((metric) => this.#bySignal.get(metric) ?? []))];
  }

  #judgeRule(rule: CompiledRule, seen: Observation, now: Now): readonly Transition[] {
    const instances = instancesOf(rule, seen);
    const changes = [...instances].map((instance) => this.#judgeInstance(rule, instance, seen, now));
    if (!seen.isPartial) {
      if (!this.#readings.has(rule.rule.id) && !this.#looked.has(rule.rule.id)) this.#news += 1;
      this.#readings.note(rule.rule.id, seen.source);
      const missing = this.#entriesOf(rule, seen.source).filter((entry) => !instances.has(entry.instance));
      changes.push(...missing.map((entry) => this.#miss(entry, now)));
    }
    return changes.filter((change) => change !== undefined);
  }

  #judgeInstance(rule: CompiledRule, instance: string, seen: Observation, now: Now): Transition | undefined {
    const entry = this.#entryOf(rule, instance, seen, now);
    if (!entry) return undefined;
    const { signal } = rule.rule;
    const row = rule.metrics.map((metric) => this.#known.valueOf(metric, signal, { instance, monoMs: now.monoMs }));
    if (note(entry, row, now)) this.#news += 1;
    return judged(entry, now);
  }

  #entryOf(rule: CompiledRule, instance: string, { source, everyMs }: Observation, now: Now): Entry | undefined {
    const known = this.#entries.of(rule.rule.id).get(instance);
    if (!known) {
      const entry = newEntry(rule, instance, { source, everyMs }, now);
      entry.wasGood = this.#looked.has(rule.rule.id);
      return this.#entries.add(entry) ? entry : undefined;
    }
    known.source = source;
    if (known.everyMs !== everyMs) reshape(known, rule, everyMs, now);
    return known;
  }

  #entriesOf(rule: CompiledRule, source: string): readonly Entry[] {
    return [...this.#entries.of(rule.rule.id).values()].filter((entry) => (entry.source ?? source) === source);
  }

  #miss(entry: Entry, now: Now): Transition | undefined {
    entry.absences += 1;
    if (isLasting(entry.rule.rule)) return this.#pass(entry, now);
    const awayMs = entry.absences * entry.everyMs;
    const mustWait = entry.rule.keepMs === null && isOpen(entry.state) && awayMs < REPLACED_MS;
    if (entry.absences < ABSENCES_TO_BE_GONE || mustWait) return undefined;
    this.#entries.remove(entry);
    return advance(entry, { kind: 'gone' }, now);
  }

  /** Nothing came: nothing happened, and time goes by. */
  #pass(entry: Entry, now: Now): Transition | undefined {
    const change = judged(entry, now);
    if (isSpent(entry, now)) this.#entries.remove(entry);
    return change;
  }

  #freeze(rule: CompiledRule, { source, failed }: Observation, now: Now): readonly Transition[] {
    const reason = failed?.detail ?? '';
    return this.#entriesOf(rule, source).flatMap(
      (entry) => advance(entry, { kind: 'nothing', reason, window: entry.ring }, now) ?? [],
    );
  }

  #adapt(entry: Entry, now: Now): Transition | undefined {
    const rule = this.#rules.find((candidate) => candidate.rule.id === entry.rule.rule.id);
    if (rule?.hash === entry.rule.hash) return undefined;
    if (rule) {
      reshape(entry, rule, entry.everyMs, now);
      return advance(entry, { kind: 'rule changed', window: entry.ring, everyMs: entry.everyMs }, now);
    }
    this.#entries.remove(entry);
    const change = advance(entry, { kind: 'gone' }, now);
    return change && { ...change, reason: 'rule changed' };
  }
}

const bySignal = (rules: readonly CompiledRule[]): ReadonlyMap<string, readonly CompiledRule[]> => {
  const found = new Map<string, CompiledRule[]>();
  for (const rule of rules)
    for (const metric of signalsOf(rule)) found.set(metric, [...(found.get(metric) ?? []), rule]);
  return found;
};
