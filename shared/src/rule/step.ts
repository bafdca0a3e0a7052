// The one threshold logic: the agent judges with it, the server back-tests with it, the console explains with it.
//
//   ok ──the newest reading is bad──▶ pending ──held for the level's `for`──▶ firing (fire)
//   pending ──window full and it did not hold, or a state is good again──▶ ok
//   firing ──the newest is good──▶ clearing ──good over `keep`──▶ ok (resolve), or a lower level (lower)
//   firing ──a higher level held for its own `for`──▶ firing (raise)
//   events and changes are bad when they happened: they have no pending, and after an end only what is new counts
//   a gap, a boot, a resume: pending and clearing start again, firing stays
//   the collector failed: all stays as it is, marked stale, until the rule says otherwise (`missing`);  the instance is gone: resolve
//
// How long is "held" and "good over" is in judge.ts. Time is an argument: a line that never goes back, over boots for events and changes.
import type { TransitionReason } from '../alert/alert.ts';
import { DAY_MS } from '../time.ts';
import type { CompiledRule } from './compile.ts';
import { breaches, hasCleared, holds, recovers } from './judge.ts';
import { isLasting } from './rule.ts';
import { type View, type Window, newestAtOf } from './window.ts';

export type RuleState = {
  readonly phase: 'ok' | 'pending' | 'firing' | 'clearing';
  /** Index into the rule's levels while firing or clearing, else -1. */
  readonly level: number;
  /** When the phase began; while firing or clearing, when the episode fired. */
  readonly since: number;
  /** Readings before this do not count. */
  readonly from: number;
  /** Why the state may be out of date. */
  readonly stale?: string;
};

export type Input =
  | { readonly kind: 'sample'; readonly window: Window; readonly everyMs: number }
  | { readonly kind: 'nothing'; readonly reason: string; readonly window: Window }
  | { readonly kind: 'gone' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'rule changed'; readonly window: Window; readonly everyMs: number };

export type Change = {
  readonly change: 'fire' | 'raise' | 'lower' | 'resolve';
  /** The level reached; for a resolve the level left. */
  readonly level: number;
  readonly reason: TransitionReason;
};

export type Step = { readonly state: RuleState; readonly transition?: Change };

export const initialState = (at: number): RuleState => ({ phase: 'ok', level: -1, since: at, from: at });

/** Up to so many intervals between two readings nothing was missed. */
export const GAP_INTERVALS = 2.5;

/** Complete readings in a row without an instance before it counts as gone. */
export const ABSENCES_TO_BE_GONE = 2;
/** What no reading can clear (a disk that said it fails) waits so long for its instance: then it was replaced. */
export const REPLACED_MS = 30 * DAY_MS;

export const isOpen = (state: RuleState): boolean => state.phase === 'firing' || state.phase === 'clearing';

export const step = (state: RuleState, input: Input, rule: CompiledRule, at: number): Step => {
  switch (input.kind) {
    case 'sample':
      return judge(fresh(state, input, rule, at), { ...input, at }, rule);
    case 'nothing':
      return blind({ ...state, stale: input.reason }, input.window, rule, at);
    case 'interrupted':
      return { state: isLasting(rule.rule) ? state : interrupted(state, at) };
    case 'gone':
      return end(state, at, 'instance removed');
    case 'rule changed':
      return judgeAnew(state, { ...input, at, from: state.from }, rule);
  }
};

/** The collector fails: the lowest level fires, or what is open ends, where the rule wants that. */
const blind = (state: RuleState, window: Window, { rule }: CompiledRule, at: number): Step => {
  const missing = 'missing' in rule ? rule.missing : undefined;
  const silentMs = at - Math.max(newestAtOf(window), state.from); // no number for what was never read
  if (!missing || !(silentMs >= missing.afterMs) || isOpen(state) === (missing.change === 'fire')) return { state };
  if (missing.change === 'resolve') {
    const { transition } = end(state, at, 'no data');
    return { state: { ...initialState(at), stale: state.stale ?? '' }, ...(transition && { transition }) };
  }
  return {
    state: { ...state, phase: 'firing', level: 0, since: at },
    transition: { change: 'fire', level: 0, reason: 'no data' },
  };
};

/** Not stale any more, and cut off from readings before a gap. */
const fresh = (state: RuleState, { window, everyMs }: Input & { kind: 'sample' }, rule: CompiledRule, at: number) => {
  const known = state.stale === undefined ? state : withoutStale(state);
  if (isLasting(rule.rule)) return known;
  const gapMs = at - Math.max(window.previousAt, state.from); // no number without one before: no gap
  if (gapMs <= GAP_INTERVALS * everyMs) return known;
  const shortestForMs = Math.min(...rule.levels.map((level) => level.forMs));
  return gapMs > shortestForMs / 3 ? interrupted(known, at) : known;
};

const withoutStale = ({ phase, level, since, from }: RuleState): RuleState => ({ phase, level, since, from });

const interrupted = (state: RuleState, at: number): RuleState =>
  isOpen(state) ? { ...state, phase: 'firing', from: at } : initialState(at);

const judge = (state: RuleState, seen: Omit<View, 'from'>, rule: CompiledRule): Step => {
  const view: View = { ...seen, from: state.from };
  const highest = rule.levels.findLastIndex((level, index) => index > state.level && holds(level, view));
  if (highest >= 0) return rise(state, highest, view.at);
  return isOpen(state) ? judgeOpen(state, view, rule) : judgeQuiet(state, view, rule);
};

const rise = (state: RuleState, level: number, at: number): Step =>
  isOpen(state)
    ? { state: { ...state, phase: 'firing', level }, transition: { change: 'raise', level, reason: 'threshold' } }
    : {
        state: { phase: 'firing', level, since: at, from: state.from },
        transition: { change: 'fire', level, reason: 'threshold' },
      };

const judgeQuiet = (state: RuleState, view: View, rule: CompiledRule): Step => {
  const isBad = rule.levels.some((candidate) => breaches(candidate, view));
  if (state.phase === 'ok') return { state: isBad ? { ...state, phase: 'pending', since: view.at } : state };
  const longestForMs = Math.max(...rule.levels.map((candidate) => candidate.forMs));
  const isOver = rule.rule.kind === 'state' ? !isBad : view.at - state.since >= longestForMs;
  return { state: isOver ? { ...state, phase: 'ok', since: view.at } : state };
};

const judgeOpen = (state: RuleState, view: View, rule: CompiledRule): Step => {
  const current = rule.levels[state.level];
  if (current === undefined || !recovers(current, view)) return { state: { ...state, phase: 'firing' } };
  if (!hasCleared(current, view, rule.keepMs)) return { state: { ...state, phase: 'clearing' } };
  const lower = rule.levels.slice(0, state.level).findLastIndex((level) => !hasCleared(level, view, rule.keepMs));
  if (lower < 0) return end(isLasting(rule.rule) ? { ...state, from: view.at } : state, view.at, 'recovered');
  return {
    state: { ...state, phase: 'firing', level: lower },
    transition: { change: 'lower', level: lower, reason: 'recovered' },
  };
};

/** Under another rule: what still breaches is the same episode, what does not is over, what is unknown waits for a reading. */
const judgeAnew = (state: RuleState, view: View, rule: CompiledRule): Step => {
  if (!isOpen(state)) return { state: initialState(state.from) };
  const level = Math.min(state.level, rule.levels.length - 1);
  if (view.window.length === 0) return { state: { ...state, level } };
  // what happened stays so until it was quiet for long enough, and that takes a reading
  if (isLasting(rule.rule)) return { state: { ...state, phase: 'firing', level } };
  const breached = rule.levels.findLastIndex((candidate) => breaches(candidate, view));
  if (breached < 0) return end(state, view.at, 'rule changed');
  if (breached >= state.level) return { state: { ...state, phase: 'firing' } };
  return {
    state: { ...state, phase: 'firing', level: breached },
    transition: { change: 'lower', level: breached, reason: 'rule changed' },
  };
};

const end = (state: RuleState, at: number, reason: TransitionReason): Step => {
  const ended: RuleState = { ...initialState(at), from: state.from };
  return isOpen(state)
    ? { state: ended, transition: { change: 'resolve', level: state.level, reason } }
    : { state: ended };
};
