// What happens to alerts and tickets when their time has come.
import type { Device } from '../domain/device.ts';
import type { Outcome } from '../domain/event.ts';
import { closeTicket, continueTicket, resolveByItself } from '../domain/ticket/acts.ts';
import { openLate } from '../domain/ticket/flow.ts';
import { type Ticket, type TicketStep, type Timer, isOpenTicket } from '../domain/ticket/ticket.ts';
import { applyAlertTimer } from './alert-timers.ts';
import { tellTicketed } from './alerts.ts';
import { DONE, type WriteContext } from './context.ts';
import { lookAtClocks } from './sla.ts';
import { aboutOf, applyTicket, ticketContext } from './ticket-steps.ts';

/** So many at once: the rest is due a moment later. */
const DUE_AT_ONCE = 200;

/** What is due, taken off the list: a timer that cannot be carried out is not tried for ever. */
export const takeDue = ({ store, nowMs }: WriteContext): readonly Timer[] => {
  const due = store.timers.due(nowMs, DUE_AT_ONCE);
  for (const { kind, subject } of due) store.timers.drop(kind, subject);
  return due;
};

export const applyTimer = ({ kind, subject }: Timer, context: WriteContext): Outcome => {
  if (kind === 'open ticket') applyOpenLate(subject, context);
  else if (ALERT_TIMERS.has(kind)) applyAlertTimer(kind, subject, context);
  else applyTicketTimer(kind, subject, context);
  return DONE;
};

const ALERT_TIMERS: ReadonlySet<Timer['kind']> = new Set<Timer['kind']>([
  'look at alert',
  'tell resolved',
  'end flapping',
]);

const applyTicketTimer = (kind: Timer['kind'], subject: string, context: WriteContext): void => {
  const ticket = context.store.tickets.get(subject);
  if (!ticket) return;
  const about = aboutOf(ticket, context);
  if (kind === 'sla stage') return lookAtClocks(about, ticket, context);
  const step = stepAt(kind, ticket, context);
  if (step) applyTicket(about, step, context);
};

/** @returns undefined when it has become something else meanwhile */
const stepAt = (kind: Timer['kind'], ticket: Ticket, context: WriteContext): TicketStep | undefined => {
  const { nowMs } = context;
  if (kind === 'resolve ticket' && isOpenTicket(ticket) && !ticket.isTouched) return resolveByItself(ticket, context);
  if (kind === 'close ticket' && ticket.state === 'resolved') return closeTicket(ticket, nowMs);
  const untilMs = ticket.wait?.untilMs ?? null;
  return kind === 'wait ends' && untilMs !== null && untilMs <= nowMs
    ? continueTicket(ticket, undefined, nowMs)
    : undefined;
};

const applyOpenLate = (id: string, context: WriteContext): void => {
  const { nowMs, times } = context;
  const alert = context.store.alerts.get(id);
  const device = alert && context.store.devices.get(alert.device);
  if (!device || alert.state !== 'open' || alert.hush) return;
  if (isAway(device)) {
    // what stood when it went may be over: it is judged again when it is back
    return context.store.timers.put({ kind: 'open ticket', subject: id, dueMs: nowMs + times.ticketResolveMs });
  }
  const ticket = applyTicket(device, openLate(alert, ticketContext(device, alert, context)), context);
  if (ticket) tellTicketed(device, alert, ticket, context);
};

/** Something without an agent has nobody to be away from. */
const isAway = ({ presence }: Device): boolean => presence !== 'online' && presence !== 'unknown';
