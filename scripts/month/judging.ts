// One rule on one thing of a machine over the month, by the agent's own entries: reading after reading, but for stretches that
// stay as they are where no level can change. A test holds that to feeding every reading.
import { type Entry, advance, judged, newEntry, note } from '@fettle/agent/rules/entry';
import type { Transition } from '@fettle/shared/alert/alert';
import { type CompiledRule, windowMs } from '@fettle/shared/rule/compile';
import { breaches, recovers } from '@fettle/shared/rule/judge';
import { memoryFor } from '@fettle/shared/rule/remember';
import { isLasting } from '@fettle/shared/rule/rule';
import { isOpen } from '@fettle/shared/rule/step';
import { HOUR_MS, SECOND_MS } from '@fettle/shared/time';

import { type Course, type Thing, kinds } from './readings.ts';
import { rowOf } from './rows.ts';
import { type Run, nowOf } from './runs.ts';
import { type Span, holds, overlaps } from './span.ts';

export type Judging = {
  readonly rule: CompiledRule;
  readonly thing: Thing;
  /** All of this thing. */
  readonly courses: readonly Course[];
  readonly runs: readonly Run[];
  /** Feeds every reading when false. */
  readonly isSkipping: boolean;
};

/** The first readings come when the agent has started. */
export const FIRST_READING_MS = 5 * SECOND_MS;
/** What a transition tells of may reach back over a short sleep. */
const REACH_MS = HOUR_MS;

type Stretch = Span & { readonly course: Course | undefined };

export class RuleJudge {
  readonly #judging: Judging;
  readonly #everyMs: number;
  /** So many readings, and the window holds nothing else. */
  readonly #windowRows: number;
  readonly #told: Transition[] = [];
  #entry: Entry | undefined;
  /** Has a process before this one looked? */
  #hasLooked = false;

  constructor(judging: Judging) {
    this.#judging = judging;
    this.#everyMs = kinds[judging.thing.kind].everyMs;
    this.#windowRows = windowRows(judging.rule, this.#everyMs);
  }

  judge(): readonly Transition[] {
    const { runs } = this.#judging;
    let hasHeard = false;
    for (const [order, run] of runs.entries()) {
      if (run.begin === 'boot') this.#hasLooked = hasHeard;
      hasHeard ||= this.#isEverHeard(run);
      this.#begin(run);
      if (order > 0 && this.#isIdle(run)) continue;
      for (const stretch of this.#stretches(run)) this.#feed(run, stretch);
    }
    return this.#told;
  }

  /** As the agent's memory is read again after a boot; a sleep only cuts off what was before it. */
  #begin(run: Run): void {
    const entry = this.#entry;
    if (!entry || isLasting(entry.rule.rule)) return;
    const now = nowOf(run, run.fromMs);
    if (run.begin === 'resume') advance(entry, { kind: 'interrupted' }, now);
    else if (isOpen(entry.state)) {
      const at = now.monoMs;
      this.#entry = {
        ...entry,
        ring: memoryFor(entry.rule, entry.everyMs),
        state: { phase: 'firing', level: entry.state.level, since: at, from: at },
      };
    } else this.#entry = undefined;
  }

  /** Nothing goes on in this run, or soon after it, and nothing is open from before. */
  #isIdle({ fromMs, toMs }: Run): boolean {
    const { courses, isSkipping } = this.#judging;
    const isQuiet = this.#entry === undefined || this.#entry.state.phase === 'ok';
    const reached = { fromMs, toMs: toMs + REACH_MS };
    return isSkipping && isQuiet && !courses.some((course) => overlaps(course, reached));
  }

  #stretches(run: Run): readonly Stretch[] {
    const { courses } = this.#judging;
    const near = courses.filter((course) => overlaps(course, run));
    const cuts = new Set([run.fromMs, run.toMs, ...near.flatMap(({ fromMs, toMs }) => [fromMs, toMs])]);
    const inside = [...cuts].filter((cut) => cut >= run.fromMs && cut <= run.toMs).toSorted((a, b) => a - b);
    return inside.slice(1).map((toMs, index) => {
      const fromMs = inside[index] ?? toMs;
      return { fromMs, toMs, course: near.findLast((course) => holds(course, fromMs)) };
    });
  }

  #feed(run: Run, { fromMs, toMs, course }: Stretch): void {
    const every = this.#everyMs;
    const firstMs = run.fromMs + FIRST_READING_MS;
    const from = Math.max(0, Math.ceil((fromMs - firstMs) / every));
    const to = Math.max(from, Math.ceil((toMs - firstMs) / every));
    const isSteady = this.#judging.isSkipping && (course === undefined || course.isSteady);
    for (let index = from; index < to; index += 1) {
      const atMs = firstMs + index * every;
      this.#read(run, atMs, course);
      if (!isSteady || index - from < this.#windowRows || !this.#isStill(run, atMs)) continue;
      // it stays like this to the end: of what lies between, the window needs the last
      for (index = Math.max(index + 1, to - this.#windowRows); index < to; index += 1) {
        this.#remember(run, firstMs + index * every, course);
      }
    }
  }

  /** By the evaluator's law: rules on what is now wait after a boot, and of events only what happened is kept. */
  #read(run: Run, atMs: number, course: Course | undefined): void {
    if (!this.#isHeard(run, atMs)) return;
    if (!this.#remember(run, atMs, course)) return;
    const transition = this.#entry && judged(this.#entry, nowOf(run, atMs));
    if (transition) this.#told.push(transition);
  }

  #isHeard(run: Run, atMs: number): boolean {
    const { rule } = this.#judging.rule;
    return isLasting(rule) || atMs - run.bootedMs >= rule.graceMs;
  }

  /** Is there a reading in this run after the grace? */
  #isEverHeard(run: Run): boolean {
    const { graceMs } = this.#judging.rule.rule;
    const heardMs = isLasting(this.#judging.rule.rule) ? 0 : run.bootedMs + graceMs;
    const firstMs = run.fromMs + FIRST_READING_MS;
    const waits = Math.max(0, Math.ceil((heardMs - firstMs) / this.#everyMs));
    return firstMs + waits * this.#everyMs < run.toMs;
  }

  /** @returns false when there is nothing to judge */
  #remember(run: Run, atMs: number, course: Course | undefined): boolean {
    const { rule, thing } = this.#judging;
    const row = rowOf(rule, thing, course?.read(atMs));
    const isNothing = rule.rule.kind === 'event' && (row[0] ?? 0) <= 0;
    if (isNothing) return this.#entry !== undefined;
    const now = nowOf(run, atMs);
    this.#entry ??= {
      ...newEntry(rule, thing.instance, { source: thing.kind, everyMs: this.#everyMs }, now),
      wasGood: this.#hasLooked,
    };
    note(this.#entry, row, now);
    return true;
  }

  /** The same reading again changes nothing, now and for ever: it neither makes a level nor ends one. */
  #isStill(run: Run, atMs: number): boolean {
    const entry = this.#entry;
    if (!this.#isHeard(run, atMs)) return false;
    if (!entry) return true;
    const { state, rule, ring, everyMs } = entry;
    const now = nowOf(run, atMs);
    const view = { window: ring, everyMs, from: state.from, at: isLasting(rule.rule) ? now.calendarMs : atMs };
    const isHigherReached = rule.levels.some((level, index) => index > state.level && breaches(level, view));
    const current = rule.levels[state.level];
    if (state.phase === 'ok') return !isHigherReached;
    return state.phase === 'firing' && current !== undefined && !isHigherReached && !recovers(current, view);
  }
}

/** Rules on states keep the ends of runs, events and changes what differs: there a few readings tell all. */
const windowRows = (rule: CompiledRule, everyMs: number): number =>
  rule.rule.kind === 'threshold' ? Math.ceil(windowMs(rule) / everyMs) + 3 : FEW;

const FEW = 5;
