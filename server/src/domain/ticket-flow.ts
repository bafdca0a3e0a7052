// What follows for the ticket when its alert changes.
import type { Priority } from '@fettle/shared/api/alert.schema';
import type { Rule } from '@fettle/shared/rule/rule';

import type { Alert, AlertChange, AlertStep } from './alert.ts';
import type { Device } from './device.ts';
import { higherOf, priorityOf } from './priority.ts';
import { takeTicket } from './ticket-acts.ts';
import { wantsTicket } from './ticket-policy.ts';
import { bodyOf, subjectOf } from './ticket-words.ts';
import { type Ticket, type TicketStep, changed, isOpenTicket, ownNote, ticketKey } from './ticket.ts';
import type { Times } from './times.ts';

/** So many reopenings within Times.recurringMs, and a person must look why. */
const RECURRING = 3;

export type TicketContext = {
  readonly device: Device;
  readonly rule: Rule | undefined;
  /** The newest ticket of the key, open or not. */
  readonly last: Ticket | undefined;
  /** Are all other alerts of that ticket resolved? */
  readonly othersAreClear: boolean;
  readonly nowMs: number;
  readonly times: Times;
  readonly newId: (letter: string) => string;
  /** Takes the tenant's next number. */
  readonly newNumber: () => string;
};

export const afterAlert = ({ alert, change }: AlertStep, context: TicketContext): TicketStep => {
  switch (change) {
    case 'resolved':
      return afterResolve(alert, context);
    case 'acked':
      return afterAck(alert, context);
    default:
      return afterFire(alert, change, context);
  }
};

const afterFire = (alert: Alert, change: AlertChange, context: TicketContext): TicketStep => {
  const { last, device, rule } = context;
  if (last && isOpenTicket(last)) return joinOpen(last, alert, change, context);
  if (change === 'lowered') return {}; // good news makes no work
  const wanted = rule ? wantsTicket(rule.ticket, device.class, alert) : { at: 'never' as const };
  switch (wanted.at) {
    case 'now':
      return openTicket(alert, context);
    case 'later':
      return { timers: [{ kind: 'open ticket', subject: alert.id, dueMs: context.nowMs + wanted.afterMs }] };
    case 'never':
      return {};
  }
};

/** The alert still stands, and nobody has seen it in all the time that the rule gives. */
export const openLate = (alert: Alert, context: TicketContext): TicketStep =>
  context.last && isOpenTicket(context.last)
    ? joinOpen(context.last, alert, 'fired', context)
    : openTicket(alert, context);

const joinOpen = (last: Ticket, alert: Alert, change: AlertChange, context: TicketContext): TicketStep => {
  const priority = higherOf(last.priority, urgentOf(alert, context));
  return {
    ticket: changed(last, context.nowMs, { priority }),
    note: ownNote(
      priority === last.priority ? 'noted' : 'raised',
      `The alert ${change === 'fired' || change === 'reopened' ? 'fired again' : `was ${change}`}.`,
    ),
    timers: [{ drop: 'resolve ticket', subject: last.id }, opensNoMore(alert)],
  };
};

/** A new ticket, or the last one again when it was resolved a short while ago. */
const openTicket = (alert: Alert, context: TicketContext): TicketStep => {
  const { last, nowMs, times } = context;
  const isAgain = last?.state === 'resolved' && nowMs - (last.resolvedMs ?? 0) <= times.ticketReopenMs;
  return isAgain ? reopenTicket(last, alert, context) : newTicket(alert, context);
};

const reopenTicket = (last: Ticket, alert: Alert, context: TicketContext): TicketStep => {
  const { nowMs, times } = context;
  const recent = [...last.reopenedMs, nowMs].filter((at) => nowMs - at <= times.recurringMs);
  const isRecurring = recent.length >= RECURRING;
  const ticket = changed(last, nowMs, {
    state: 'open',
    priority: higherOf(last.priority, urgentOf(alert, context)),
    resolvedMs: null,
    reopened: last.reopened + 1,
    reopenedMs: recent.slice(-RECURRING),
    isTouched: last.isTouched || isRecurring,
  });
  return {
    ticket,
    note: ownNote(
      'reopened',
      isRecurring
        ? `The problem came back, ${recent.length} times within a week. It waits for a person now.`
        : 'The problem came back.',
    ),
    timers: [{ drop: 'close ticket', subject: last.id }, opensNoMore(alert)],
  };
};

const newTicket = (alert: Alert, context: TicketContext): TicketStep => {
  const { device, rule, last, nowMs, newId, newNumber } = context;
  const ticket: Ticket = {
    id: newId('t'),
    tenant: alert.tenant,
    site: alert.site,
    device: alert.device,
    rule: alert.rule,
    instance: alert.instance,
    key: ticketKey(alert.tenant, alert.device, rule?.family ?? alert.rule, alert.instance),
    number: newNumber(),
    state: 'new',
    priority: urgentOf(alert, context),
    subject: subjectOf(alert, rule, device),
    body: bodyOf(alert, rule),
    assignee: null,
    isTouched: false,
    createdMs: nowMs,
    updatedMs: nowMs,
    resolvedMs: null,
    reopenedMs: [],
    reopened: 0,
    version: 1,
  };
  const text = last ? `Opened. The last ticket of this problem was ${last.number}.` : 'Opened.';
  return {
    ticket,
    note: ownNote('opened', text),
    timers: [opensNoMore(alert)],
  };
};

/** By the urgency of the rule's level and the weight of the device. */
const urgentOf = ({ severity }: Alert, { rule, device }: TicketContext): Priority => {
  const urgency = rule?.urgency[rule.levels.findIndex((level) => level.severity === severity)];
  return priorityOf(urgency ?? 'medium', device.class);
};

const afterResolve = (alert: Alert, { last, othersAreClear, nowMs, times }: TicketContext): TicketStep => {
  if (!last || !isOpenTicket(last) || !othersAreClear) return { timers: [opensNoMore(alert)] };
  const ticket = changed(last, nowMs, {});
  if (last.isTouched)
    return {
      ticket,
      note: ownNote('noted', 'The condition has cleared. Resolve the ticket when you are done.'),
      timers: [opensNoMore(alert)],
    };
  return {
    ticket,
    note: ownNote('noted', 'The condition has cleared. Unless it comes back, the ticket resolves itself.'),
    timers: [opensNoMore(alert), { kind: 'resolve ticket', subject: last.id, dueMs: nowMs + times.ticketResolveMs }],
  };
};

/** It has a ticket, or needs none any more. */
const opensNoMore = ({ id }: Alert) => ({ drop: 'open ticket', subject: id }) as const;

/** Who acknowledges an alert takes its ticket. */
const afterAck = (alert: Alert, { last, nowMs }: TicketContext): TicketStep => {
  if (!last || !isOpenTicket(last) || last.assignee !== null) return { timers: [opensNoMore(alert)] };
  return { ...takeTicket(last, alert.ackedBy ?? '', nowMs), timers: [opensNoMore(alert)] };
};
