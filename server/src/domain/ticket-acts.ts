// What a person does to a ticket, and what time does.
import { type Ticket, type TicketNote, type TicketStep, changed, ownNote } from './ticket.ts';
import type { Times } from './times.ts';

type Now = { readonly nowMs: number; readonly times: Times };

export const takeTicket = (ticket: Ticket, by: string, nowMs: number): TicketStep => ({
  ticket: changed(ticket, nowMs, { state: 'open', assignee: by, isTouched: true }),
  note: { by, what: 'taken', text: `Taken by ${by}.` },
});

export const noteTicket = (ticket: Ticket, by: string, text: string, nowMs: number): TicketStep => ({
  ticket: changed(ticket, nowMs, { isTouched: true }),
  note: { by, what: 'noted', text },
});

export const resolveTicket = (ticket: Ticket, by: string, text: string, context: Now): TicketStep =>
  resolved(ticket, { by, what: 'resolved', text }, context);

/** Its alerts have been clear for long enough, and nobody works on it. */
export const resolveByItself = (ticket: Ticket, context: Now): TicketStep =>
  resolved(ticket, ownNote('resolved', 'The condition stayed clear.'), context);

const resolved = (ticket: Ticket, note: TicketNote, { nowMs, times }: Now): TicketStep => ({
  ticket: changed(ticket, nowMs, { state: 'resolved', resolvedMs: nowMs }),
  note,
  timers: [
    { drop: 'resolve ticket', subject: ticket.id },
    { kind: 'close ticket', subject: ticket.id, dueMs: nowMs + times.ticketReopenMs },
  ],
});

export const closeTicket = (ticket: Ticket, nowMs: number): TicketStep => ({
  ticket: changed(ticket, nowMs, { state: 'closed' }),
  note: ownNote('closed', 'Closed.'),
});
