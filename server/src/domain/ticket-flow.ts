// What follows for the ticket: when its alert changes, when a person acts, when time has passed.
import type { Evidence, ProcessUse } from '@fettle/shared/alert/alert';
import type { Priority } from '@fettle/shared/api/alert.schema';
import { findMetric } from '@fettle/shared/metric/catalog';
import type { Rule } from '@fettle/shared/rule/rule';
import { judgedText, limitText } from '@fettle/shared/words/evidence';
import { metricLabel } from '@fettle/shared/words/metric-labels';
import { processText } from '@fettle/shared/words/process';

import type { Alert, AlertChange, AlertStep } from './alert.ts';
import type { Device } from './device.ts';
import { higherOf, priorityOf } from './priority.ts';
import { wantsTicket } from './ticket-policy.ts';
import { type Ticket, type TicketStep, changed, isOpenTicket, ticketKey } from './ticket.ts';
import type { Times } from './times.ts';

const SYSTEM_NAME = 'Fettle';
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
    note: {
      by: SYSTEM_NAME,
      what: priority === last.priority ? 'noted' : 'raised',
      text: `The alert ${change === 'fired' || change === 'reopened' ? 'fired again' : `was ${change}`}.`,
    },
    timers: [
      { drop: 'resolve ticket', subject: last.id },
      { drop: 'open ticket', subject: alert.id },
    ],
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
    note: {
      by: SYSTEM_NAME,
      what: 'reopened',
      text: isRecurring
        ? `The problem came back, ${recent.length} times within a week. It waits for a person now.`
        : 'The problem came back.',
    },
    timers: [
      { drop: 'close ticket', subject: last.id },
      { drop: 'open ticket', subject: alert.id },
    ],
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
    subject: [rule?.title ?? alert.rule, alert.instance, `on ${device.hostname}`]
      .filter((part) => part !== '')
      .join(' '),
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
    note: { by: SYSTEM_NAME, what: 'opened', text },
    timers: [{ drop: 'open ticket', subject: alert.id }],
  };
};

/** By the urgency of the rule's level and the weight of the device. */
const urgentOf = ({ severity }: Alert, { rule, device }: TicketContext): Priority => {
  const level = rule?.levels.findIndex((candidate) => candidate.severity === severity) ?? -1;
  return priorityOf(rule?.urgency[level] ?? 'medium', device.class);
};

const bodyOf = ({ evidence, processes }: Alert, rule: Rule | undefined): string =>
  [rule?.text ?? '', ...evidence.map(factOf), ...usedBy(processes)].filter((line) => line !== '').join('\n');

const usedBy = (processes: readonly ProcessUse[]): readonly string[] =>
  processes.length === 0 ? [] : ['What used most:', ...processes.map((use) => `- ${processText(use)}`)];

/** "Used: 89.8 % (limit 85 %)" */
const factOf = (evidence: Evidence): string => {
  const judged = { ...evidence, unit: findMetric(evidence.metric)?.unit ?? '' };
  const limit = limitText(judged);
  return `${metricLabel(judged.metric)}: ${judgedText(judged)}${limit === null ? '' : ` (limit ${limit})`}`;
};

const afterResolve = (alert: Alert, { last, othersAreClear, nowMs, times }: TicketContext): TicketStep => {
  const drop = { drop: 'open ticket', subject: alert.id } as const;
  if (!last || !isOpenTicket(last) || !othersAreClear) return { timers: [drop] };
  const ticket = changed(last, nowMs, {});
  if (last.isTouched)
    return { ticket, note: note('The condition has cleared. Resolve the ticket when you are done.'), timers: [drop] };
  return {
    ticket,
    note: note('The condition has cleared. Unless it comes back, the ticket resolves itself.'),
    timers: [drop, { kind: 'resolve ticket', subject: last.id, dueMs: nowMs + times.ticketResolveMs }],
  };
};

const note = (text: string) => ({ by: SYSTEM_NAME, what: 'noted', text }) as const;

/** Who acknowledges an alert takes its ticket. */
const afterAck = (alert: Alert, { last, nowMs }: TicketContext): TicketStep => {
  const drop = { drop: 'open ticket', subject: alert.id } as const;
  if (!last || !isOpenTicket(last) || last.assignee !== null) return { timers: [drop] };
  return { ...takeTicket(last, alert.ackedBy ?? '', nowMs), timers: [drop] };
};

export const takeTicket = (ticket: Ticket, by: string, nowMs: number): TicketStep => ({
  ticket: changed(ticket, nowMs, { state: 'open', assignee: by, isTouched: true }),
  note: { by, what: 'taken', text: `Taken by ${by}.` },
});

export const noteTicket = (ticket: Ticket, by: string, text: string, nowMs: number): TicketStep => ({
  ticket: changed(ticket, nowMs, { isTouched: true }),
  note: { by, what: 'noted', text },
});

export const resolveTicket = (
  ticket: Ticket,
  by: string,
  text: string,
  context: { nowMs: number; times: Times },
): TicketStep => ({
  ticket: changed(ticket, context.nowMs, { state: 'resolved', resolvedMs: context.nowMs }),
  note: { by, what: 'resolved', text },
  timers: [
    { drop: 'resolve ticket', subject: ticket.id },
    { kind: 'close ticket', subject: ticket.id, dueMs: context.nowMs + context.times.ticketReopenMs },
  ],
});

export const resolveByItself = (ticket: Ticket, context: { nowMs: number; times: Times }): TicketStep =>
  resolveTicket(ticket, SYSTEM_NAME, 'The condition stayed clear.', context);

export const closeTicket = (ticket: Ticket, nowMs: number): TicketStep => ({
  ticket: changed(ticket, nowMs, { state: 'closed' }),
  note: { by: SYSTEM_NAME, what: 'closed', text: 'Closed.' },
});
