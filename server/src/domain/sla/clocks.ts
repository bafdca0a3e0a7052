// The two clocks of a ticket, as they stand at a moment: how much of what is promised is used, and when it is due.
import type { ClockState } from '@fettle/shared/api/alert.schema';

import { businessMs, dueAt, type Hours } from './hours.ts';
import type { Phase } from './phases.ts';
import { type ClockName, type Contract, changesOf, hoursAt, targetMs } from './terms.ts';

export type Clock = {
  readonly state: ClockState;
  /** Of working time, until now or until it stopped. A breached one goes on counting. */
  readonly usedMs: number;
  readonly targetMs: number;
  /** When the target is used up, or was; null while it is paused before that, and when it ended before that. */
  readonly dueMs: number | null;
  /** Null while it goes on. */
  readonly endedMs: number | null;
  readonly round: number;
};

export type Clocks = Readonly<Record<ClockName, Clock>>;
export const CLOCKS: readonly ClockName[] = ['response', 'resolution'];

/** A stretch in which a clock runs by the same hours; `toMs` is Infinity for the one that goes on. */
export type Part = { readonly fromMs: number; readonly toMs: number; readonly hours: Hours };

/** @returns undefined for a ticket of which no opening is known */
export const clocksAt = (phases: readonly Phase[], contract: Contract, nowMs: number): Clocks | undefined => {
  const clock = (name: ClockName) => clockAt(name, phases, { contract, nowMs });
  const [response, resolution] = [clock('response'), clock('resolution')];
  return response && resolution && { response, resolution };
};

type At = { readonly contract: Contract; readonly nowMs: number };

const clockAt = (name: ClockName, phases: readonly Phase[], { contract, nowMs }: At): Clock | undefined => {
  const last = phases.at(-1);
  if (!last) return undefined;
  const parts = partsOf(name, phases, contract);
  const endedMs = endOf(name, phases);
  const usedMs = usedBy(parts, endedMs ?? nowMs);
  const target = targetOf(name, phases, { contract, nowMs });
  const isOver = usedMs >= target;
  return {
    state: stateOf(last[name], isOver),
    usedMs,
    targetMs: target,
    dueMs: isOver || endedMs === null ? (reachedAt(parts, target) ?? null) : null,
    endedMs,
    round: last.round,
  };
};

/** By the terms and the priority of now, or of when the clock ended. */
const targetOf = (clock: ClockName, phases: readonly Phase[], { contract, nowMs }: At): number => {
  const atMs = endOf(clock, phases) ?? nowMs;
  const phase = phases.findLast(({ fromMs }) => fromMs <= atMs) ?? phases[0];
  return phase ? targetMs(contract, { clock, priority: phase.priority, atMs }) : 0;
};

const stateOf = (run: Phase[ClockName], isOver: boolean): ClockState => {
  if (run === 'cancelled') return 'cancelled';
  if (isOver) return 'breached';
  return run === 'stopped' ? 'met' : run;
};

/** When the clock stopped for good, as far as is known; null while it runs or waits. */
const endOf = (clock: ClockName, phases: readonly Phase[]): number | null => {
  if (isGoingOn(phases.at(-1)?.[clock])) return null;
  const lastOn = phases.findLastIndex((phase) => isGoingOn(phase[clock]));
  return phases[lastOn + 1]?.fromMs ?? null;
};

const isGoingOn = (run: Phase[ClockName] | undefined): boolean => run === 'running' || run === 'paused';

/** A response clock counts its own round alone, a resolution clock all of them. */
export const partsOf = (clock: ClockName, phases: readonly Phase[], contract: Contract): readonly Part[] => {
  const round = phases.at(-1)?.round;
  const changes = changesOf(contract);
  return phases.flatMap((phase, index) => {
    if (phase[clock] !== 'running' || (clock === 'response' && phase.round !== round)) return [];
    const toMs = phases[index + 1]?.fromMs ?? Infinity;
    const cuts = [phase.fromMs, ...changes.filter((at) => at > phase.fromMs && at < toMs), toMs];
    return cuts.slice(1).map((end, at) => {
      const fromMs = cuts[at] ?? phase.fromMs;
      return { fromMs, toMs: end, hours: hoursAt(contract, phase.priority, fromMs) };
    });
  });
};

const usedBy = (parts: readonly Part[], nowMs: number): number =>
  parts.reduce((sum, { fromMs, toMs, hours }) => sum + businessMs(hours, fromMs, Math.min(toMs, nowMs)), 0);

/** When so much was or will be used, if nothing changes; undefined when it will not. */
export const reachedAt = (parts: readonly Part[], budgetMs: number): number | undefined => {
  let leftMs = budgetMs;
  for (const { fromMs, toMs, hours } of parts) {
    const usedMs = toMs === Infinity ? Infinity : businessMs(hours, fromMs, toMs);
    if (leftMs <= usedMs) return dueAt(hours, fromMs, leftMs);
    leftMs -= usedMs;
  }
  return undefined;
};
