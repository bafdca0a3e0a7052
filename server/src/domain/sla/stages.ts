// Who is to be warned, and when: at 75 % and 90 % of what is promised, and when it is used up. Each once.
import { MINUTE_MS } from '@fettle/shared/time';

import { CLOCKS, type Clock, type Clocks, clocksAt, partsOf, reachedAt } from './clocks.ts';
import { type Hours, nextOpen } from './hours.ts';
import type { Phase } from './phases.ts';
import { type ClockName, type Contract, hoursAt } from './terms.ts';

export type StageName = '75' | '90' | 'breach';
const SHARES: Readonly<Record<StageName, number>> = { '75': 0.75, '90': 0.9, breach: 1 };
const STAGES: readonly StageName[] = ['75', '90', 'breach'];
/** The server looks each second; what comes later than this was kept from it, by a stop or by the hours. */
const LATE_MS = MINUTE_MS;

/** Which one: unique per ticket. */
export type StageKey = { readonly clock: ClockName; readonly round: number; readonly stage: StageName };
/** @property atMs when it was reached */
export type Stage = StageKey & { readonly atMs: number; readonly isLate: boolean };

export type Plan = {
  /** Reached, and not told before. */
  readonly due: readonly Stage[];
  /** When to look again; undefined: not before something changes. */
  readonly nextMs: number | undefined;
  /** As they stand; undefined where no opening is known. */
  readonly clocks: Clocks | undefined;
};

const NOTHING: Plan = { due: [], nextMs: undefined, clocks: undefined };

type About = { readonly contract: Contract; readonly told: readonly StageKey[]; readonly nowMs: number };

/** What is reached outside the hours waits for the next of them, unless the ticket is critical. */
export const planStages = (phases: readonly Phase[], about: About): Plan => {
  const { contract, nowMs } = about;
  const clocks = clocksAt(phases, contract, nowMs);
  const last = phases.at(-1);
  if (!clocks || !last) return NOTHING;
  const open = CLOCKS.flatMap((clock) => untold(clock, clocks, { ...about, phases }));
  const due = open.filter(({ atMs }) => atMs <= nowMs);
  const later = open.flatMap(({ atMs }) => (atMs > nowMs ? [atMs] : []));
  if (due.length === 0) return { due: [], nextMs: least(later), clocks };
  const hours = last.priority === 'critical' ? 'always' : hoursAt(contract, last.priority, nowMs);
  const tellMs = due.some(({ atMs }) => isFresh(atMs, hours, nowMs)) ? nowMs : nextOpen(hours, nowMs);
  if (tellMs !== nowMs) return { due: [], nextMs: least([...later, ...(tellMs ? [tellMs] : [])]), clocks };
  return {
    due: due.map((stage) => ({ ...stage, isLate: nowMs - stage.atMs > LATE_MS })),
    nextMs: least(later),
    clocks,
  };
};

/** Reached a moment ago, within the hours: the last moment of a day is one of them. */
const isFresh = (atMs: number, hours: Hours, nowMs: number): boolean =>
  nowMs - atMs <= LATE_MS && nextOpen(hours, atMs - 1) === atMs - 1;

const least = (times: readonly number[]): number | undefined => (times.length === 0 ? undefined : Math.min(...times));

type Untold = StageKey & { readonly atMs: number };

const untold = (
  clock: ClockName,
  clocks: Clocks,
  about: About & { readonly phases: readonly Phase[] },
): readonly Untold[] => {
  const { told, phases, contract } = about;
  const { round, targetMs, endedMs } = clocks[clock];
  const parts = partsOf(clock, phases, contract);
  return stagesOf(clocks[clock]).flatMap((stage) => {
    if (told.some((one) => one.clock === clock && one.stage === stage && one.round === round)) return [];
    const atMs = reachedAt(parts, targetMs * SHARES[stage]);
    if (atMs === undefined || (endedMs !== null && atMs > endedMs)) return [];
    // by a higher priority it may be reached all at once: not before that
    return [{ clock, round, stage, atMs: Math.max(atMs, promisedSince(phases, contract, about.nowMs)) }];
  });
};

/** One that ended needs no warning any more, but a breach is told all the same. */
const stagesOf = ({ state, endedMs }: Clock): readonly StageName[] => {
  if (state === 'cancelled' || state === 'met') return [];
  return endedMs === null ? STAGES : ['breach'];
};

const promisedSince = (phases: readonly Phase[], { terms }: Contract, nowMs: number): number => {
  const last = phases.at(-1);
  const changed = phases.findLastIndex((phase) => phase.priority !== last?.priority);
  const edited = terms.slice(1).findLast(({ fromMs }) => fromMs <= nowMs)?.fromMs ?? 0;
  const sinceMs = changed < 0 ? 0 : (phases[changed + 1]?.fromMs ?? 0);
  return Math.max(sinceMs, Math.min(edited, nowMs));
};

/** Of several of one clock that come at once, the last says it all. */
export const worthTelling = (due: readonly Stage[]): readonly Stage[] =>
  CLOCKS.flatMap((clock) => due.filter((stage) => stage.clock === clock).slice(-1));
