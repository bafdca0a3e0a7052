// From a transition to an alert, and from the alert to its ticket.
import { type Transition, alertKey } from '@fettle/shared/alert/alert';

import { type Alert, type AlertStep, stepAlert } from '../domain/alert.ts';
import type { Device } from '../domain/device.ts';
import { type TicketContext, afterAlert } from '../domain/ticket-flow.ts';
import { type Ticket, type TicketStep, ticketKey } from '../domain/ticket.ts';
import { type WriteContext, tellPeople } from './context.ts';

export const applyTransition = (device: Device, told: Transition, context: WriteContext): void => {
  const { store, nowMs, times, newId } = context;
  const key = alertKey({ tenant: device.tenant, device: device.id, rule: told.rule, instance: told.instance });
  const last = store.alerts.newestOf(key);
  const step = stepAlert(last, told, { device, nowMs, reopenMs: times.alertReopenMs, newId });
  if (step) applyAlert(device, step, context, told.at);
};

/** @param atMs when it changed, by the clock of whoever saw it */
export const applyAlert = (device: Device, step: AlertStep, context: WriteContext, atMs = context.nowMs): void => {
  context.store.alerts.put(step.alert);
  const ticket = applyTicket(device, afterAlert(step, ticketContext(device, step.alert, context)), context);
  const alert = linked(step.alert, ticket, context);
  const entry = { kind: 'alert', change: step.change, alert, names: namesOf(alert, ticket, context) } as const;
  tellPeople(context, device, entry, { id: alert.id, problem: alert.key, stamp: atMs });
};

const namesOf = ({ rule, ticket: id }: Alert, ticket: Ticket | undefined, { book, store }: WriteContext) => ({
  title: book.byId.get(rule)?.title,
  ticketNumber: (ticket ?? (id === null ? undefined : store.tickets.get(id)))?.number ?? null,
});

/** What the ticket's decision depends on. */
export const ticketContext = (device: Device, alert: Alert, context: WriteContext): TicketContext => {
  const { store, nowMs, times, book, newId } = context;
  const rule = book.byId.get(alert.rule);
  const last = store.tickets.newestOf(ticketKey(alert.tenant, device.id, rule?.family ?? alert.rule, alert.instance));
  const others = last ? store.alerts.ofTicket(last.id).filter(({ id }) => id !== alert.id) : [];
  return {
    device,
    rule,
    last,
    othersAreClear: others.every(({ state }) => state === 'resolved'),
    nowMs,
    times,
    newId,
    newNumber: () => store.tickets.nextNumber(device.tenant),
  };
};

/** @returns the ticket as it is now, if the step is about one */
export const applyTicket = (device: Device, step: TicketStep, context: WriteContext): Ticket | undefined => {
  const { store, nowMs } = context;
  for (const timer of step.timers ?? []) {
    if ('drop' in timer) store.timers.drop(timer.drop, timer.subject);
    else store.timers.put(timer);
  }
  if (!step.ticket) return undefined;
  store.tickets.put(step.ticket);
  if (step.note) {
    store.tickets.addNote(step.ticket.id, nowMs, step.note);
    const { id, version } = step.ticket;
    const entry = { kind: 'ticket', change: step.note.what, ticket: step.ticket } as const;
    tellPeople(context, device, entry, { id, problem: id, stamp: version });
  }
  return step.ticket;
};

export const linked = (alert: Alert, ticket: Ticket | undefined, { store }: WriteContext): Alert => {
  if (!ticket || alert.ticket === ticket.id) return alert;
  const known = { ...alert, ticket: ticket.id };
  store.alerts.put(known);
  return known;
};
