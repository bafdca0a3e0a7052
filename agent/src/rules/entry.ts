// What the evaluator remembers of one rule on one instance.
import type { Evidence, Transition } from '@fettle/shared/alert/alert';
import { type CompiledRule, windowMs } from '@fettle/shared/rule/compile';
import { memoryFor, remember } from '@fettle/shared/rule/remember';
import { isLasting } from '@fettle/shared/rule/rule';
import { type Change, type Input, type RuleState, initialState, isOpen, step } from '@fettle/shared/rule/step';
import type { Ring } from '@fettle/shared/rule/window';

import { evidenceOf } from './evidence.ts';

/** One moment on both clocks: `monoMs` decides, `wallMs` is its label. */
export type Moment = { readonly monoMs: number; readonly wallMs: number };

/** And on the line of calendar.ts, which decides about events and changes. */
export type Now = Moment & { readonly calendarMs: number };

export type Entry = {
  readonly instance: string;
  /** The collector that reads it; undefined when an older version kept it. */
  source: string | undefined;
  rule: CompiledRule;
  everyMs: number;
  ring: Ring;
  state: RuleState;
  /** Label of the time when the open episode fired. */
  sinceWallMs: number;
  evidence: readonly Evidence[];
  /** Complete readings in a row without this instance. */
  absences: number;
  /** Was it ever good? What never was is nothing that has happened since. */
  wasGood: boolean;
};

/** How often an instance is read, and by whom. */
export type Rhythm = { readonly source: string; readonly everyMs: number };

const timeOf = (rule: CompiledRule, now: Now): number => (isLasting(rule.rule) ? now.calendarMs : now.monoMs);

export const newEntry = (rule: CompiledRule, instance: string, { source, everyMs }: Rhythm, now: Now): Entry => ({
  instance,
  source,
  rule,
  everyMs,
  ring: memoryFor(rule, everyMs),
  state: initialState(timeOf(rule, now)),
  sinceWallMs: now.wallMs,
  evidence: [],
  absences: 0,
  wasGood: false,
});

/** Keeps what was seen when the rule's window or rhythm is another than before. */
export const reshape = (entry: Entry, rule: CompiledRule, everyMs: number, now: Now): void => {
  const ring = memoryFor(rule, everyMs);
  const isSameKind = entry.rule.rule.kind === rule.rule.kind;
  const keeps = isSameKind && entry.rule.metrics.join() === rule.metrics.join();
  if (keeps) refill(ring, rowsOf(entry.ring, rule.metrics.length));
  if (isLasting(entry.rule.rule) !== isLasting(rule.rule)) {
    const at = timeOf(rule, now); // the times so far are of another line
    entry.state = { ...entry.state, since: at, from: at };
  }
  Object.assign(entry, { rule, everyMs, ring });
};

export const refill = (ring: Ring, rows: readonly (readonly number[])[]): void => {
  for (const [at, ...row] of rows) ring.push(at ?? 0, row);
};

/** Time and values of each row, the oldest first. */
export const rowsOf = (ring: Ring, columns: number): readonly (readonly number[])[] =>
  Array.from({ length: ring.length }, (_, index) => [
    ring.atOf(index),
    ...Array.from({ length: columns }, (_unused, column) => ring.valueOf(index, column)),
  ]);

/** @returns whether it is something that must outlast a kill */
export const note = (entry: Entry, row: readonly number[], now: Now): boolean => {
  entry.absences = 0;
  const { ring, rule, state } = entry;
  return remember(ring, rule, { at: timeOf(rule, now), row, from: state.from }) && isLasting(rule.rule);
};

/** Judges what is remembered, as of now. */
export const judged = (entry: Entry, now: Now): Transition | undefined =>
  advance(entry, { kind: 'sample', window: entry.ring, everyMs: entry.everyMs }, now);

/** Moves the entry on. @returns the transition, when there is one */
export const advance = (entry: Entry, input: Input, now: Now): Transition | undefined => {
  const at = timeOf(entry.rule, now);
  const { state, transition } = step(entry.state, input, entry.rule, at);
  entry.state = state;
  const isFirst = transition?.change === 'fire' && !entry.wasGood;
  entry.wasGood ||= input.kind === 'sample' && state.phase === 'ok';
  if (transition === undefined) return undefined;
  if (transition.change === 'fire') entry.sinceWallMs = now.wallMs;
  const from = isLasting(entry.rule.rule) ? state.from : Number.NEGATIVE_INFINITY;
  const view = { window: entry.ring, everyMs: entry.everyMs, from, at };
  entry.evidence = evidenceOf(entry.rule, transition.level, view);
  return { ...transitionOf(entry, transition, now), ...(isFirst && { first: true }) };
};

/** Nothing of what it remembers can count any more. */
export const isSpent = ({ rule, state, ring, everyMs, absences }: Entry, now: Now): boolean => {
  if (isOpen(state)) return false;
  if (rule.rule.kind === 'change') return absences * everyMs >= windowMs(rule); // what it knows is what it will compare with
  const lastAt = ring.length === 0 ? Number.NEGATIVE_INFINITY : ring.atOf(ring.length - 1);
  return lastAt < state.from || lastAt <= now.calendarMs - windowMs(rule);
};

const transitionOf = (entry: Entry, { change, level, reason }: Change, at: Moment): Transition => ({
  change,
  rule: entry.rule.rule.id,
  ruleHash: entry.rule.hash,
  instance: entry.instance,
  severity: entry.rule.rule.levels[level]?.severity ?? 'critical',
  at: at.wallMs,
  since: entry.sinceWallMs,
  reason,
  evidence: entry.evidence,
});

/** How the digest lists it. */
export const openAlertOf = (entry: Entry) => ({
  rule: entry.rule.rule.id,
  ruleHash: entry.rule.hash,
  instance: entry.instance,
  severity: entry.rule.rule.levels[entry.state.level]?.severity ?? 'critical',
  since: entry.sinceWallMs,
  evidence: [...entry.evidence],
});
