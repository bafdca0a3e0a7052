// Runs a rule over a trace of readings as the agent would: for back-tests, and for the tests that keep the rules quiet.
import type { CompiledRule } from './compile.ts';
import { memoryFor, remember } from './remember.ts';
import { type Change, type Input, type RuleState, initialState, isOpen, step } from './step.ts';
import type { Window } from './window.ts';

type Failed = Omit<Input & { readonly kind: 'nothing' }, 'window'>;

/** One reading: the row of the rule's columns as integers, or what happened instead. */
export type TraceEntry = { readonly at: number } & (
  | { readonly row: readonly number[] }
  | { readonly input: Exclude<Input, { readonly window: unknown }> | Failed }
);

export type TraceResult = {
  readonly changes: readonly (Change & { readonly at: number })[];
  /** Time held open, in ms, up to the last entry. */
  readonly openMs: number;
  readonly state: RuleState;
};

export const runTrace = (rule: CompiledRule, everyMs: number, trace: Iterable<TraceEntry>): TraceResult => {
  const ring = memoryFor(rule, everyMs);
  const changes: (Change & { at: number })[] = [];
  let state: RuleState | undefined;
  let openMs = 0;
  let lastAt = 0;
  for (const entry of trace) {
    const { at } = entry;
    state ??= initialState(at);
    if (isOpen(state)) openMs += at - lastAt;
    lastAt = at;
    if ('row' in entry) remember(ring, rule, { at, row: entry.row, from: state.from });
    const next = step(state, inputOf(entry, ring, everyMs), rule, at);
    state = next.state;
    if (next.transition) changes.push({ ...next.transition, at });
  }
  return { changes, openMs, state: state ?? initialState(0) };
};

/** With what is remembered so far. */
export const inputOf = (entry: TraceEntry, window: Window, everyMs: number): Input => {
  if ('row' in entry) return { kind: 'sample', window, everyMs };
  return entry.input.kind === 'nothing' ? { ...entry.input, window } : entry.input;
};
