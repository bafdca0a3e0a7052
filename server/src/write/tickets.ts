// What people do with alerts and tickets, and what happens to them when their time has come.
import { type Actor, maySee } from '../domain/actor.ts';
import { ackAlert } from '../domain/alert.ts';
import type { Outcome, PersonEvent } from '../domain/event.ts';
import { closeTicket, noteTicket, resolveByItself, resolveTicket, takeTicket } from '../domain/ticket-acts.ts';
import { openLate } from '../domain/ticket-flow.ts';
import { type Ticket, type Timer, isOpenTicket } from '../domain/ticket.ts';
import { applyAlert, applyTicket, linked, ticketContext } from './alerts.ts';
import { DONE, type WriteContext, audit, refused } from './context.ts';

/** So many at once: the rest is due a moment later. */
const DUE_AT_ONCE = 200;

export const applyAck = ({ actor, alert: id }: PersonEvent & { type: 'ack alert' }, context: WriteContext): Outcome => {
  const alert = context.store.alerts.get(id);
  const device = alert && context.store.devices.get(alert.device);
  if (!alert || !device || !maySee(actor, alert.tenant)) return refused('not_found', 'There is no such alert.');
  const step = ackAlert(alert, actor.name, context.nowMs);
  if (!step) return alert.state === 'acked' ? DONE : refused('alert_resolved', 'The alert is resolved already.');
  applyAlert(device, step, context);
  audit(context, { actor, tenant: alert.tenant, action: 'alert.ack', subject: id });
  return DONE;
};

type TicketEvent = Exclude<PersonEvent, { type: 'ack alert' }>;

export const applyTicketEvent = (event: TicketEvent, context: WriteContext): Outcome => {
  const { store, nowMs } = context;
  const ticket = findTicket(event.actor, event.ticket, context);
  const device = ticket && store.devices.get(ticket.device);
  if (!ticket || !device) return refused('not_found', 'There is no such ticket.');
  const conflict = conflictOf(event, ticket);
  if (conflict) return conflict;
  applyTicket(device, personStep(event, ticket, context), context);
  if (event.type === 'resolve ticket') silenceAlerts(ticket, event.actor, context);
  const action = `ticket.${event.type.replace(' ticket', '')}`;
  audit(context, { actor: event.actor, tenant: ticket.tenant, action, subject: ticket.id, detail: { at: nowMs } });
  return DONE;
};

const findTicket = (actor: Actor, id: string, { store }: WriteContext): Ticket | undefined => {
  const ticket = store.tickets.get(id);
  return ticket && maySee(actor, ticket.tenant) ? ticket : undefined;
};

const conflictOf = (event: TicketEvent, ticket: Ticket): Outcome | undefined => {
  if (event.type === 'note ticket') return undefined;
  if (event.version !== ticket.version) {
    return refused(
      'version_conflict',
      `The ticket has changed meanwhile (version ${ticket.version}). Look again before you change it.`,
    );
  }
  return isOpenTicket(ticket) ? undefined : refused('ticket_closed', `The ticket is ${ticket.state} already.`);
};

const personStep = (event: TicketEvent, ticket: Ticket, { nowMs, times }: WriteContext) => {
  switch (event.type) {
    case 'take ticket':
      return takeTicket(ticket, event.actor.name, nowMs);
    case 'note ticket':
      return noteTicket(ticket, event.actor.name, event.text, nowMs);
    case 'resolve ticket':
      return resolveTicket(ticket, event.actor.name, event.text, { nowMs, times });
  }
};

/** Resolved by a person while its alerts still stand: they have seen them. */
const silenceAlerts = (ticket: Ticket, actor: Actor, context: WriteContext): void => {
  const device = context.store.devices.get(ticket.device);
  for (const alert of context.store.alerts.ofTicket(ticket.id)) {
    const step = device && ackAlert(alert, actor.name, context.nowMs);
    if (step) applyAlert(device, step, context);
  }
};

/** What is due, taken off the list: a timer that cannot be carried out is not tried for ever. */
export const takeDue = ({ store, nowMs }: WriteContext): readonly Timer[] => {
  const due = store.timers.due(nowMs, DUE_AT_ONCE);
  for (const { kind, subject } of due) store.timers.drop(kind, subject);
  return due;
};

export const applyTimer = ({ kind, subject }: Timer, context: WriteContext): Outcome => {
  if (kind === 'open ticket') applyOpenLate(subject, context);
  else applyTicketTimer(kind, subject, context);
  return DONE;
};

const applyTicketTimer = (kind: Timer['kind'], subject: string, context: WriteContext): void => {
  const { store, nowMs } = context;
  const ticket = store.tickets.get(subject);
  const device = ticket && store.devices.get(ticket.device);
  if (!ticket || !device) return;
  if (kind === 'resolve ticket' && isOpenTicket(ticket) && !ticket.isTouched) {
    applyTicket(device, resolveByItself(ticket, context), context);
  }
  if (kind === 'close ticket' && ticket.state === 'resolved') applyTicket(device, closeTicket(ticket, nowMs), context);
};

const applyOpenLate = (id: string, context: WriteContext): void => {
  const alert = context.store.alerts.get(id);
  const device = alert && context.store.devices.get(alert.device);
  if (!device || alert.state !== 'open') return;
  const ticket = applyTicket(device, openLate(alert, ticketContext(device, alert, context)), context);
  linked(alert, ticket, context);
};
