// What people do with alerts and tickets.
import { type Actor, maySee } from '../domain/actor.ts';
import { type Alert, type AlertStep, ackAlert, laterAlert } from '../domain/alert/alert.ts';
import type { Outcome, PersonEvent } from '../domain/event.ts';
import { mergeTicket, receiveTicket } from '../domain/ticket/acts.ts';
import { type OwnAct, type TicketAct, decideAct, faultOfAct } from '../domain/ticket/decide.ts';
import { type Ticket, isOpenTicket } from '../domain/ticket/ticket.ts';
import { applyAlert, tellTicketed } from './alerts.ts';
import { giveTo } from './assignee.ts';
import { DONE, type WriteContext, audit, refused } from './context.ts';
import { termsOf } from './sla.ts';
import { aboutOf, applyTicket } from './ticket-steps.ts';

type TicketEvent = PersonEvent & { type: 'act on ticket' };

const NO_TICKET = refused('not_found', 'There is no such ticket.');

export const applyTicketEvent = (event: TicketEvent, context: WriteContext): Outcome => {
  const { actor, act, version } = event;
  const ticket = findTicket(actor, event.ticket, context);
  if (!ticket) return NO_TICKET;
  if (version !== null && version !== ticket.version) return conflictWith(ticket);
  const outcome = applyAct(ticket, act, actor, context);
  if (outcome.is !== 'done') return outcome;
  const detail = { at: context.nowMs };
  audit(context, { actor, tenant: ticket.tenant, action: `ticket.${act.do}`, subject: ticket.id, detail });
  return DONE;
};

const conflictWith = ({ version }: Ticket): Outcome =>
  refused(
    'version_conflict',
    `The ticket has changed meanwhile (version ${version}). Look again before you change it.`,
  );

const findTicket = (actor: Actor, id: string, { store }: WriteContext): Ticket | undefined => {
  const ticket = store.tickets.get(id);
  return ticket && maySee(actor, ticket.tenant) ? ticket : undefined;
};

const applyAct = (ticket: Ticket, act: TicketAct, actor: Actor, context: WriteContext): Outcome => {
  switch (act.do) {
    case 'merge':
      return merge(ticket, act, actor, context);
    case 'link':
    case 'unlink':
      return link(ticket, act, actor, context);
    case 'assign': {
      const given = giveTo(act.to, ticket.tenant, context);
      return 'is' in given ? given : applyOwn(ticket, { ...act, to: given.name }, actor, context);
    }
    default:
      return applyOwn(ticket, act, actor, context);
  }
};

const applyOwn = (ticket: Ticket, act: OwnAct, actor: Actor, context: WriteContext): Outcome => {
  const { store, nowMs, times } = context;
  const { categories } = termsOf(ticket.tenant, context);
  const decision = decideAct(ticket, act, { by: actor.name, nowMs, times, categories });
  if (decision.is === 'refused') return refused(decision.code, decision.why);
  // an open one of the same problem came after it: that is where it goes on
  const reopens = !isOpenTicket(ticket) && decision.step.ticket && isOpenTicket(decision.step.ticket);
  const newest = reopens ? store.tickets.newestOf(ticket.key) : undefined;
  if (newest && newest.id !== ticket.id)
    return refused('ticket_closed', `The problem has a newer ticket, ${newest.number}. Go on with that one.`);
  applyTicket(aboutOf(ticket, context), decision.step, context);
  if (act.do === 'spend time') store.tickets.addTime(ticket.id, nowMs, actor.name, act.minutes);
  if (act.do === 'resolve') silenceAlerts(ticket, (alert) => laterAlert(alert, actor.name, context), context);
  if (act.do === 'leave') silenceAlerts(ticket, (alert) => ackAlert(alert, actor.name, context.nowMs), context);
  return DONE;
};

/** Done with while its alerts still stand: whoever did so has seen them. */
const silenceAlerts = (
  ticket: Ticket,
  stepOf: (alert: Alert) => AlertStep | undefined,
  context: WriteContext,
): void => {
  const { store } = context;
  for (const alert of store.alerts.ofTicket(ticket.id)) {
    const device = store.devices.get(alert.device);
    const step = device && stepOf(alert);
    if (step) applyAlert(device, step, context);
  }
};

type Link = Extract<TicketAct, { readonly do: 'link' | 'unlink' }>;

const link = (ticket: Ticket, act: Link, actor: Actor, context: WriteContext): Outcome => {
  const { tickets } = context.store;
  const other = findTicket(actor, act.other, context);
  if (!other || other.tenant !== ticket.tenant) return refused('not_found', 'There is no such ticket to link.');
  if (other.id === ticket.id) return refused('same_ticket', 'A ticket cannot be linked to itself.');
  tickets[act.do](ticket.id, other.id, act.link);
  return DONE;
};

/** It closes, its alerts and whatever they do from now on are the other's. */
const merge = (ticket: Ticket, act: TicketAct & { do: 'merge' }, actor: Actor, context: WriteContext): Outcome => {
  const { store, nowMs } = context;
  const into = findTicket(actor, act.into, context);
  if (!into || into.tenant !== ticket.tenant) return refused('not_found', 'There is no such ticket to merge into.');
  if (into.id === ticket.id) return refused('same_ticket', 'A ticket cannot be merged into itself.');
  const fault = faultOfAct(ticket, act) ?? faultOfAct(into, act);
  if (fault?.is === 'refused') return refused(fault.code, fault.why);
  applyTicket(aboutOf(ticket, context), mergeTicket(ticket, into, actor.name, nowMs), context);
  applyTicket(aboutOf(into, context), receiveTicket(into, ticket, actor.name, nowMs), context);
  for (const alert of store.alerts.ofTicket(ticket.id)) {
    const device = store.devices.get(alert.device);
    if (device) tellTicketed(device, alert, into, context);
  }
  return DONE;
};
