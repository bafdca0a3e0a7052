// What the tests of clocks are made of: promises in minutes, and a ticket's history in a line.
import type { Priority } from '@fettle/shared/api/alert.schema';

import { type DatedFact, type Phase, type TicketFact, phasesOf } from './phases.ts';
import { type Contract, STANDARD_TERMS, type Terms } from './terms.ts';

export const CONTRACT: Contract = { terms: [], calendars: {}, pace: { divisor: 1 } };

/** All priorities under one coverage. */
export const covered = (coverage: string): Terms => {
  const { critical, high, normal, low } = STANDARD_TERMS.tiers;
  const tiers = {
    critical: { ...critical, coverage },
    high: { ...high, coverage },
    normal: { ...normal, coverage },
    low: { ...low, coverage },
  };
  return { ...STANDARD_TERMS, tiers };
};

/** The standard times, round the clock. */
export const ALWAYS: Contract = { ...CONTRACT, terms: [{ fromMs: 0, value: covered('always') }] };

export const MONDAY = Date.UTC(2026, 10, 23, 9);

/** Minutes after the opening, and what happened then. */
export type Told = readonly [minute: number, fact: TicketFact];

export const historyOf = (priority: Priority, ...told: readonly Told[]): readonly Phase[] => {
  const facts: DatedFact[] = told.map(([minute, fact]) => ({ ...fact, atMs: MONDAY + minute * 60_000 }));
  return phasesOf([{ is: 'opened', priority, atMs: MONDAY }, ...facts]);
};
