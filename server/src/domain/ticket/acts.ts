// What a person can do with a ticket, and what time does with it.
import type { WaitFor } from '@fettle/shared/api/alert.schema';

import { instantText } from '../instant.ts';
import type { Times } from '../times.ts';
import { OWN_NAME, type Ticket, type TicketNote, type TicketStep, changed, ownNote } from './ticket.ts';

export type Now = { readonly nowMs: number; readonly times: Times };

export const takeTicket = (ticket: Ticket, by: string, nowMs: number): TicketStep => ({
  ticket: changed(ticket, nowMs, { state: 'open', assignee: by, isTouched: true }),
  note: { by, what: 'taken', text: `Taken by ${by}.`, isAnswer: true },
});

/** For technicians; nobody outside hears of it, so it is no answer. */
export const noteTicket = (ticket: Ticket, by: string, text: string, nowMs: number): TicketStep => ({
  ticket: changed(ticket, nowMs, { isTouched: true }),
  note: { by, what: 'noted', text, isInternal: true },
});

export const assignTicket = (ticket: Ticket, to: string, by: string, nowMs: number): TicketStep => ({
  ticket: changed(ticket, nowMs, {
    state: ticket.state === 'new' ? 'open' : ticket.state,
    assignee: to,
    isTouched: true,
  }),
  note: { by, what: 'assigned', text: `Assigned to ${to}.`, isAnswer: true },
});

/** Of a technician an answer. */
export const commentTicket = (ticket: Ticket, by: string, text: string, nowMs: number): TicketStep => ({
  ticket: changed(ticket, nowMs, { state: ticket.state === 'new' ? 'open' : ticket.state, isTouched: true }),
  note: { by, what: 'commented', text, isAnswer: true },
});

/** Of whoever asked: what waits for them goes on, and what was thought to be done is not. */
export const replyToTicket = (ticket: Ticket, by: string, text: string, nowMs: number): TicketStep => {
  if (ticket.state === 'resolved') return reopenTicket(ticket, { by, what: 'reopened', text }, nowMs);
  const isAwaited = ticket.wait?.for === 'customer';
  return {
    ticket: changed(ticket, nowMs, isAwaited ? { state: 'open' } : {}),
    note: { by, what: isAwaited ? 'continued' : 'commented', text },
  };
};

/** Kept as it is for the record: reopened by a person it waits for one. */
export const reopenTicket = (ticket: Ticket, note: TicketNote, nowMs: number): TicketStep => ({
  ticket: changed(ticket, nowMs, {
    state: 'open',
    resolvedMs: null,
    reopened: ticket.reopened + 1,
    wontFixUntilMs: null,
    isTouched: true,
  }),
  note,
  timers: [{ drop: 'close ticket', subject: ticket.id }],
});

const WAITS: Readonly<Record<WaitFor, string>> = {
  customer: 'Waiting for the customer',
  vendor: 'Waiting for a vendor',
  scheduled: 'Scheduled',
  hold: 'On hold',
};

export const waitTicket = (
  ticket: Ticket,
  wait: NonNullable<Ticket['wait']>,
  by: string,
  nowMs: number,
): TicketStep => {
  const until = wait.untilMs === null ? '' : ` until ${instantText(wait.untilMs)}`;
  const reason = wait.reason === '' ? '.' : `: ${wait.reason}`;
  return {
    ticket: changed(ticket, nowMs, { state: 'waiting', wait, isTouched: true }),
    note: { by, what: 'waiting', text: `${WAITS[wait.for]}${until}${reason}`, isAnswer: true },
    timers: [
      wait.untilMs === null
        ? { drop: 'wait ends', subject: ticket.id }
        : { kind: 'wait ends', subject: ticket.id, dueMs: wait.untilMs },
    ],
  };
};

/** @param by who says so; undefined: its date has come */
export const continueTicket = (ticket: Ticket, by: string | undefined, nowMs: number): TicketStep => ({
  ticket: changed(ticket, nowMs, { state: 'open' }),
  note: {
    by: by ?? OWN_NAME,
    what: 'continued',
    text: by === undefined ? 'The date that it waited for has come.' : 'The wait is over.',
  },
  timers: [{ drop: 'wait ends', subject: ticket.id }],
});

export const resolveTicket = (ticket: Ticket, by: string, text: string, context: Now): TicketStep =>
  resolved(ticket, { by, what: 'resolved', text }, context);

/** Its alerts have been clear for long enough, and nobody works on it. */
export const resolveByItself = (ticket: Ticket, context: Now): TicketStep =>
  resolved(ticket, ownNote('resolved', 'The condition stayed clear.'), context);

/** Until then its problem opens no ticket, and its alerts are to be mute. */
export const leaveTicket = (
  ticket: Ticket,
  wontFix: { readonly by: string; readonly text: string; readonly untilMs: number },
  context: Now,
): TicketStep => {
  const { by, text, untilMs } = wontFix;
  const said = `Will not be fixed before ${instantText(untilMs)}${text === '' ? '.' : `: ${text}`}`;
  const step = resolved({ ...ticket, wontFixUntilMs: untilMs }, { by, what: 'resolved', text: said }, context);
  return { ...step, muteUntilMs: untilMs };
};

const resolved = (ticket: Ticket, note: TicketNote, { nowMs, times }: Now): TicketStep => ({
  ticket: changed(ticket, nowMs, { state: 'resolved', resolvedMs: nowMs }),
  note,
  timers: [
    { drop: 'resolve ticket', subject: ticket.id },
    { kind: 'close ticket', subject: ticket.id, dueMs: nowMs + times.ticketReopenMs },
  ],
});

export const closeTicket = (ticket: Ticket, nowMs: number, by = OWN_NAME): TicketStep => ({
  ticket: changed(ticket, nowMs, { state: 'closed' }),
  note: { by, what: 'closed', text: 'Closed.' },
  timers: [{ drop: 'close ticket', subject: ticket.id }],
});

/** It closes, and its alerts are the other's from now on. */
export const mergeTicket = (
  ticket: Ticket,
  into: Pick<Ticket, 'id' | 'number'>,
  by: string,
  nowMs: number,
): TicketStep => ({
  ticket: changed(ticket, nowMs, { state: 'closed', mergedInto: into.id, resolvedMs: nowMs, isTouched: true }),
  note: { by, what: 'merged', text: `Merged into ${into.number}.` },
  timers: [{ drop: 'resolve ticket', subject: ticket.id }],
});

/** The one that it goes into. */
export const receiveTicket = (
  ticket: Ticket,
  merged: Pick<Ticket, 'number'>,
  by: string,
  nowMs: number,
): TicketStep => ({
  ticket: changed(ticket, nowMs, { isTouched: true }),
  note: { by, what: 'merged', text: `${merged.number} was merged into this one.` },
  timers: [{ drop: 'resolve ticket', subject: ticket.id }],
});

/** What it is filed under; one that is not given stays. */
export type TicketFiling = Partial<Pick<Ticket, 'priority' | 'category' | 'subject'>>;

export const fileTicket = (ticket: Ticket, filing: TicketFiling, by: string, nowMs: number): TicketStep => ({
  ticket: changed(ticket, nowMs, { ...filing, isTouched: true }),
  note: { by, what: 'changed', text: filedText(ticket, filing) },
});

const filedText = (ticket: Ticket, { priority, category, subject }: TicketFiling): string =>
  [
    priority === undefined ? '' : `Priority from ${ticket.priority} to ${priority}.`,
    category === undefined ? '' : `Category from ${ticket.category ?? 'none'} to ${category ?? 'none'}.`,
    subject === undefined ? '' : `Subject was "${ticket.subject}".`,
  ]
    .filter((line) => line !== '')
    .join(' ');

export const spendTime = (
  ticket: Ticket,
  minutes: number,
  by: string,
  now: { readonly nowMs: number; readonly text: string },
): TicketStep => ({
  ticket: changed(ticket, now.nowMs, { isTouched: true }),
  note: {
    by,
    what: 'noted',
    text: `${minutes} min spent${now.text === '' ? '.' : `: ${now.text}`}`,
    isInternal: true,
  },
});
