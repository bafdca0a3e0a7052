// From a transition to an alert, from the alert to whoever is told of it, and to its ticket.
import { type Transition, alertKey } from '@fettle/shared/alert/alert';

import { type Alert, type AlertStep, stepAlert } from '../domain/alert/alert.ts';
import { isParent } from '../domain/alert/parents.ts';
import { type Telling, tellingOf } from '../domain/alert/telling.ts';
import type { Device } from '../domain/device.ts';
import { afterAlert } from '../domain/ticket/flow.ts';
import type { Ticket } from '../domain/ticket/ticket.ts';
import { type WriteContext, tell, tellPeople } from './context.ts';
import { hushFactsOf } from './hush-facts.ts';
import { applyTicket, ruleOf, setTimers, ticketContext } from './ticket-steps.ts';

export const applyTransition = (device: Device, told: Transition, context: WriteContext): void => {
  const { store, nowMs, times, newId } = context;
  const key = alertKey({ tenant: device.tenant, device: device.id, rule: told.rule, instance: told.instance });
  const step = stepAlert(store.alerts.newestOf(key), told, { device, nowMs, times, newId });
  if (step) applyAlert(device, step, context, told.at);
};

/** @param atMs when it changed, by the clock of whoever saw it */
export const applyAlert = (device: Device, step: AlertStep, context: WriteContext, atMs = context.nowMs): void => {
  const telling = tellingOf(step, hushFactsOf(device, step, context));
  context.store.alerts.put(telling.alert);
  setTimers(telling.timers, context);
  const ticket = telling.isWork
    ? applyTicket(
        device,
        afterAlert({ ...step, alert: telling.alert }, ticketContext(device, step.alert, context)),
        context,
      )
    : undefined;
  say(device, { ...telling, alert: linked(telling.alert, ticket, context), change: step.change, atMs }, context);
  if (step.change === 'resolved' && isParent(step.alert.rule)) release(step.alert.id, context);
};

type Said = Pick<Telling, 'alert' | 'notice'> & Pick<AlertStep, 'change'> & { readonly atMs: number };

const say = (device: Device, { alert, notice, change, atMs }: Said, context: WriteContext): void => {
  const entry = { kind: 'alert', change, alert, names: namesOf(device, alert, context) } as const;
  if (notice === undefined) tell(context, device, entry);
  else tellPeople(context, device, entry, { kind: `alert.${notice}`, id: alert.id, problem: alert.key, stamp: atMs });
};

/** What was quiet because of it speaks for itself again, when it had time to end with it. @param by id of an alert or a window */
export const release = (by: string, { store, nowMs, times }: WriteContext): void =>
  store.timers.lookAtHushed(by, nowMs + times.settleMs);

const namesOf = (device: Device, alert: Alert, context: WriteContext) => ({
  title: ruleOf(device, alert, context)?.title,
  ticketNumber: alert.ticket === null ? null : (context.store.tickets.get(alert.ticket)?.number ?? null),
});

const linked = (alert: Alert, ticket: Ticket | undefined, { store }: WriteContext): Alert => {
  if (!ticket || alert.ticket === ticket.id) return alert;
  const known = { ...alert, ticket: ticket.id };
  store.alerts.put(known);
  return known;
};

/** The feed hears that an alert has got a ticket, or another one. */
export const tellTicketed = (device: Device, alert: Alert, ticket: Ticket | undefined, context: WriteContext): void => {
  const known = linked(alert, ticket, context);
  tell(context, device, { kind: 'alert', change: 'ticketed', alert: known, names: namesOf(device, known, context) });
};
