// From what happened to a ticket to the stretches in which its clocks run: the events are the truth, all else follows from them.
import type { Priority, WaitFor } from '@fettle/shared/api/alert.schema';

import type { ClockName } from './terms.ts';

/** What of a ticket's history concerns its clocks. */
export type TicketFact =
  | { readonly is: 'opened'; readonly priority: Priority }
  | { readonly is: 'priority'; readonly priority: Priority }
  /** A person has answered, taken it over or acknowledged its alert. */
  | { readonly is: 'answered' }
  | { readonly is: 'waits'; readonly for: WaitFor }
  | { readonly is: 'continues' }
  | { readonly is: 'resolved'; readonly by: 'person' | 'itself' }
  | { readonly is: 'reopened' }
  /** Into another: what is promised is promised there. */
  | { readonly is: 'merged' };

export type DatedFact = TicketFact & { readonly atMs: number };

export type Run = 'running' | 'paused' | 'stopped' | 'cancelled';

/** From `fromMs` until the next one. */
export type Phase = Readonly<Record<ClockName, Run>> & {
  readonly fromMs: number;
  readonly priority: Priority;
  /** Counted from 0; a reopening begins the next, and with it a new response clock. */
  readonly round: number;
  readonly waitsFor: WaitFor | null;
  readonly isResolved: boolean;
};

/** @param facts in the order in which they came about; what comes before the opening is left out. @returns one phase at least, if there is an opening */
export const phasesOf = (facts: readonly DatedFact[]): readonly Phase[] => {
  const phases: Phase[] = [];
  for (const fact of facts) {
    const last = phases.at(-1);
    if (!last) {
      if (fact.is === 'opened') phases.push(opened(fact.atMs, fact.priority));
      continue;
    }
    // a clock that was set back turns no stretch around
    const fromMs = Math.max(last.fromMs, fact.atMs);
    const next = { ...after(last, fact), fromMs };
    if (fromMs === last.fromMs) phases.pop();
    phases.push(next);
  }
  return phases;
};

const opened = (fromMs: number, priority: Priority): Phase => ({
  fromMs,
  priority,
  round: 0,
  response: 'running',
  resolution: 'running',
  waitsFor: null,
  isResolved: false,
});

const after = (phase: Phase, fact: TicketFact): Phase => {
  switch (fact.is) {
    case 'priority':
      return { ...phase, priority: fact.priority };
    case 'answered':
      return { ...phase, response: ended(phase.response, 'stopped') };
    case 'waits':
      return { ...phase, waitsFor: fact.for, resolution: phase.resolution === 'running' ? 'paused' : phase.resolution };
    case 'continues':
      return { ...phase, waitsFor: null, resolution: phase.resolution === 'paused' ? 'running' : phase.resolution };
    case 'resolved':
      return resolved(phase, fact.by);
    case 'reopened':
      return reopened(phase);
    case 'merged':
      return merged(phase);
    case 'opened':
      return phase;
  }
};

const ended = (run: Run, how: 'stopped' | 'cancelled'): Run => (run === 'running' ? how : run);

/** Whoever resolves it has answered; what was over before anybody came needed no answer. */
const resolved = (phase: Phase, by: 'person' | 'itself'): Phase => ({
  ...phase,
  response: ended(phase.response, by === 'person' ? 'stopped' : 'cancelled'),
  resolution: 'stopped',
  waitsFor: null,
  isResolved: true,
});

const reopened = (phase: Phase): Phase => ({
  ...phase,
  response: 'running',
  resolution: 'running',
  round: phase.round + 1,
  waitsFor: null,
  isResolved: false,
});

const merged = (phase: Phase): Phase => ({
  ...phase,
  response: ended(phase.response, 'cancelled'),
  resolution: phase.resolution === 'stopped' ? 'stopped' : 'cancelled',
  waitsFor: null,
});
