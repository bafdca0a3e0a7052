// What the evaluator remembers of one rule on one instance.
import type { Evidence, Transition } from '@fettle/shared/alert/alert';
import { type CompiledRule, windowMs } from '@fettle/shared/rule/compile';
import { type Change, type Input, type RuleState, initialState, step } from '@fettle/shared/rule/step';
import { type Ring, createRing } from '@fettle/shared/rule/window';

import { evidenceOf } from './evidence.ts';

/** One moment on both clocks: `monoMs` decides, `wallMs` is its label. */
export type Moment = { readonly monoMs: number; readonly wallMs: number };

export type Entry = {
  readonly instance: string;
  rule: CompiledRule;
  everyMs: number;
  ring: Ring;
  state: RuleState;
  /** Label of the time when the open episode fired. */
  sinceWallMs: number;
  evidence: readonly Evidence[];
  /** Complete readings in a row without this instance. */
  absences: number;
};

/** The longest window kept, in readings. */
const RING_MAX = 4_096;

export const newEntry = (rule: CompiledRule, instance: string, everyMs: number, at: Moment): Entry => ({
  instance,
  rule,
  everyMs,
  ring: ringFor(rule, everyMs),
  state: initialState(at.monoMs),
  sinceWallMs: at.wallMs,
  evidence: [],
  absences: 0,
});

export const ringFor = (rule: CompiledRule, everyMs: number): Ring => {
  const readings = Math.max(...rule.levels.map((level) => (level.kind === 'state' ? level.readings : 1)));
  return createRing(
    Math.min(RING_MAX, Math.max(readings, Math.ceil(windowMs(rule) / everyMs)) + 2),
    rule.metrics.length,
  );
};

/** Keeps what was seen when the rule's window or rhythm is another than before. */
export const reshape = (entry: Entry, rule: CompiledRule, everyMs: number): void => {
  const keeps = entry.rule.metrics.join() === rule.metrics.join();
  const ring = ringFor(rule, everyMs);
  if (keeps) for (const [at, ...row] of rowsOf(entry.ring, rule.metrics.length)) ring.push(at ?? 0, row);
  Object.assign(entry, { rule, everyMs, ring });
};

/** Time and values of each row, the oldest first. */
export const rowsOf = (ring: Ring, columns: number): readonly (readonly number[])[] =>
  Array.from({ length: ring.length }, (_, index) => [
    ring.atOf(index),
    ...Array.from({ length: columns }, (_unused, column) => ring.valueOf(index, column)),
  ]);

/** Moves the entry on. @returns the transition, when there is one */
export const advance = (entry: Entry, input: Input, at: Moment): Transition | undefined => {
  const { state, transition } = step(entry.state, input, entry.rule, at.monoMs);
  entry.state = state;
  if (transition === undefined) return undefined;
  if (transition.change === 'fire') entry.sinceWallMs = at.wallMs;
  const view = { window: entry.ring, everyMs: entry.everyMs, from: Number.NEGATIVE_INFINITY, at: at.monoMs };
  entry.evidence = evidenceOf(entry.rule, transition.level, view);
  return transitionOf(entry, transition, at);
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
