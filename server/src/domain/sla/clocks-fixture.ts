// The clocks of a ticket of which this was told, a minute at a time.
import type { Priority } from '@fettle/shared/api/alert.schema';
import { MINUTE_MS } from '@fettle/shared/time';

import { type Clock, clocksAt } from './clocks.ts';
import { ALWAYS, MONDAY, type Told, historyOf } from './fixture.ts';
import type { TicketFact } from './phases.ts';

export const after = (minutes: number): number => MONDAY + minutes * MINUTE_MS;
export const clocks = (minute: number, history: readonly Told[], priority: Priority = 'high', contract = ALWAYS) => {
  const found = clocksAt(historyOf(priority, ...history), contract, after(minute));
  if (!found) throw new Error('no clocks');
  return found;
};
export const short = ({ state, usedMs, dueMs }: Clock) => [
  state,
  usedMs / MINUTE_MS,
  dueMs === null ? null : (dueMs - MONDAY) / MINUTE_MS,
];

export type Case = readonly [minute: number, history: readonly Told[], response: unknown, resolution: unknown];

export const answered: TicketFact = { is: 'answered' };
export const resolved: TicketFact = { is: 'resolved', by: 'person' };
export const cleared: TicketFact = { is: 'resolved', by: 'itself' };
export const waits: TicketFact = { is: 'waits', for: 'customer' };
export const continues: TicketFact = { is: 'continues' };
export const reopened: TicketFact = { is: 'reopened' };
