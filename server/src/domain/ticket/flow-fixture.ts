// A ticket in each state, and what a change of an alert makes of it.
import type { AlertChange } from '@fettle/shared/api/alert.schema';
import { HOUR_MS } from '@fettle/shared/time';

import { NOW, aDevice, anAlert, countingIds, aTicket as ticketOf } from '../../fixture.ts';
import { ruleBookAt } from '../rule-book.ts';
import { timesAt } from '../times.ts';
import { type TicketContext, afterAlert } from './flow.ts';
import { STANDARD_MATRIX } from './priority.ts';
import type { Ticket, TicketStep } from './ticket.ts';

const times = timesAt({ divisor: 1 });
export const { byId } = ruleBookAt({ divisor: 1 });

export const context = (change: Partial<TicketContext> = {}): TicketContext => ({
  device: aDevice(),
  rule: byId.get('disk.space'),
  tags: [],
  matrix: STANDARD_MATRIX,
  opensAtMs: undefined,
  last: undefined,
  othersAreClear: true,
  nowMs: NOW,
  times,
  newId: countingIds(),
  newNumber: () => 'ACME-7',
  crowd: () => ({ open: 0, lately: 0, summary: undefined }),
  ...change,
});

/** As urgent as its alert. */
export const aTicket = (change: Partial<Ticket> = {}) => ticketOf({ priority: 'high', ...change });

export const NEW = aTicket();
export const TOUCHED = aTicket({ state: 'open', assignee: 'eva', isTouched: true });
export const WAITING = aTicket({ state: 'waiting' });
export const RESOLVED = aTicket({ state: 'resolved', resolvedMs: NOW - HOUR_MS });
export const OLD = aTicket({ state: 'resolved', resolvedMs: NOW - 72 * HOUR_MS - 1 });
export const CLOSED = aTicket({ state: 'closed', resolvedMs: NOW - HOUR_MS });

export const drops = (step: TicketStep) => step.timers?.flatMap((timer) => ('drop' in timer ? [timer.drop] : [])) ?? [];
export const waits = (step: TicketStep) => step.timers?.flatMap((timer) => ('kind' in timer ? [timer] : [])) ?? [];

export const after = (change: AlertChange, last: Ticket | undefined, more: Partial<TicketContext> = {}) =>
  afterAlert({ alert: anAlert(), change }, context({ last, ...more }));

/** What became of the ticket, in a word; which timers were set and dropped. */
export const told = (step: TicketStep) => step.note?.what ?? 'nothing';
