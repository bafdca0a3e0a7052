// What follows for the ticket when its alert changes.
import type { AlertChange, Priority } from '@fettle/shared/api/alert.schema';
import type { Rule } from '@fettle/shared/rule/rule';

import type { Alert, AlertStep } from '../alert/alert.ts';
import type { Device } from '../device.ts';
import type { Times } from '../times.ts';
import { takeTicket } from './acts.ts';
import { type Crowd, SUMMARY, isCrowded } from './crowd.ts';
import { wantsTicket } from './policy.ts';
import { type Matrix, higherOf, impactOf, priorityOf } from './priority.ts';
import { FRESH, type Ticket, type TicketStep, changed, isOpenTicket, ownNote, ticketKey } from './ticket.ts';
import { againText, bodyOf, subjectOf } from './words.ts';

/** So many reopenings within Times.recurringMs, and a person must look why. */
const RECURRING = 3;

export type TicketContext = {
  readonly device: Device;
  readonly rule: Rule | undefined;
  /** What people call the device: critical, vip, shared … */
  readonly tags: readonly string[];
  /** The tenant's. */
  readonly matrix: Matrix;
  /** The newest ticket of the key, open or not; or the one that it was merged into. */
  readonly last: Ticket | undefined;
  /** When the alert opens a ticket unless somebody sees it before; undefined while it does not wait for that. */
  readonly opensAtMs: number | undefined;
  /** When what it is about will be used up, as the forecast says. */
  readonly outlook?: { readonly metric: string; readonly leftMs: number } | undefined;
  /** Are all other alerts of that ticket resolved? */
  readonly othersAreClear: boolean;
  readonly nowMs: number;
  readonly times: Times;
  readonly newId: (letter: string) => string;
  /** Takes the tenant's next number. */
  readonly newNumber: () => string;
  /** Asked for when a new ticket would open. */
  readonly crowd: () => Crowd;
};

export const afterAlert = ({ alert, change }: AlertStep, context: TicketContext): TicketStep => {
  switch (change) {
    case 'resolved':
      return afterResolve(alert, context);
    case 'acked':
      return takeOver(alert, alert.ackedBy, context);
    case 'assigned':
      return takeOver(alert, alert.assignee, context);
    default:
      return afterFire(alert, change, context);
  }
};

const afterFire = (alert: Alert, change: AlertChange, context: TicketContext): TicketStep => {
  const { last, device, rule, outlook } = context;
  if (last && isOpenTicket(last)) return joinOpen(last, alert, change, context);
  if (last && isLeft(last, context.nowMs)) return {};
  if (change === 'lowered') return {}; // good news makes no work
  const wanted = rule ? wantsTicket(rule.ticket, device.class, { ...alert, outlook }) : { at: 'never' as const };
  switch (wanted.at) {
    case 'now':
      return openTicket(alert, context);
    case 'later':
      return { timers: [opensLater(alert, wanted.afterMs, context)] };
    case 'never':
      return {};
  }
};

/** One that is raised while it waits has waited since it fired. */
const opensLater = ({ id: subject }: Alert, afterMs: number, { opensAtMs, nowMs }: TicketContext) =>
  ({ kind: 'open ticket', subject, dueMs: opensAtMs ?? nowMs + afterMs }) as const;

/** Somebody has decided to leave the problem as it is. */
const isLeft = ({ wontFixUntilMs }: Ticket, nowMs: number): boolean =>
  wontFixUntilMs !== null && nowMs < wontFixUntilMs;

/** The alert still stands, and nobody has seen it in all the time that the rule gives. */
export const openLate = (alert: Alert, context: TicketContext): TicketStep => {
  const { last, nowMs } = context;
  if (last && isOpenTicket(last)) return joinOpen(last, alert, 'fired', context);
  return last && isLeft(last, nowMs) ? {} : openTicket(alert, context);
};

/** A flapping alert is counted each time, and told of at most once an hour: unless it has become worse. */
const joinOpen = (last: Ticket, alert: Alert, change: AlertChange, context: TicketContext): TicketStep => {
  const { nowMs, times } = context;
  const priority = higherOf(last.priority, urgentOf(alert, context));
  const isWorse = priority !== last.priority;
  const isFire = change === 'fired' || change === 'reopened';
  const fires = last.fires + (isFire ? 1 : 0);
  const isSilent = !isWorse && last.firesNotedMs !== null && nowMs - last.firesNotedMs < times.fireNoteMs;
  const timers = [{ drop: 'resolve ticket', subject: last.id }, opensNoMore(alert)] as const;
  // nobody's view of the ticket is out of date because of a counter
  if (isSilent) return { ticket: { ...last, fires, updatedMs: nowMs }, timers };
  return {
    ticket: changed(last, nowMs, { priority, fires, firesNotedMs: nowMs }),
    note: ownNote(isWorse ? 'raised' : 'noted', againText(alert, change, fires)),
    timers,
  };
};

/** A new ticket, or the last one again when it was resolved a short while ago. */
const openTicket = (alert: Alert, context: TicketContext): TicketStep => {
  const { last, nowMs, times } = context;
  const isAgain = last?.state === 'resolved' && nowMs - (last.resolvedMs ?? 0) <= times.ticketReopenMs;
  if (isAgain) return reopenTicket(last, alert, context);
  const crowd = context.crowd();
  return isCrowded(crowd) ? gather(alert, crowd.summary, context) : newTicket(alert, context);
};

/** It joins the ticket that gathers, or opens that one. */
const gather = (alert: Alert, summary: Ticket | undefined, context: TicketContext): TicketStep =>
  summary && isOpenTicket(summary)
    ? joinOpen(summary, alert, 'fired', context)
    : summaryTicket(alert, { ...context, last: undefined });

const summaryTicket = (alert: Alert, context: TicketContext): TicketStep => {
  const { ticket, ...step } = newTicket(alert, context);
  if (!ticket) return step;
  const { hostname } = context.device;
  return {
    ...step,
    ticket: {
      ...ticket,
      rule: SUMMARY,
      instance: '',
      key: ticketKey(alert.tenant, alert.device, SUMMARY, ''),
      subject: `More goes wrong with ${hostname}`,
      body: `So much goes wrong with ${hostname} that what comes now is gathered here. It began with: ${ticket.subject}.`,
    },
  };
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
    wontFixUntilMs: null,
    fires: last.fires + 1,
    firesNotedMs: nowMs,
  });
  return {
    ticket,
    note: ownNote(
      'reopened',
      isRecurring
        ? `The problem came back, ${recent.length} times within a week. It waits for a person now.`
        : 'The problem came back.',
    ),
    evidenceOf: alert,
    timers: [{ drop: 'close ticket', subject: last.id }, opensNoMore(alert)],
  };
};

const newTicket = (alert: Alert, context: TicketContext): TicketStep => {
  const { device, rule, last, nowMs, newId, newNumber } = context;
  const ticket: Ticket = {
    ...FRESH,
    id: newId('t'),
    tenant: alert.tenant,
    site: alert.site,
    device: alert.device,
    rule: alert.rule,
    instance: alert.instance,
    key: ticketKey(alert.tenant, alert.device, rule?.family ?? alert.rule, alert.instance),
    number: newNumber(),
    priority: urgentOf(alert, context),
    subject: subjectOf(alert, rule, device),
    body: bodyOf(alert, rule),
    createdMs: nowMs,
    updatedMs: nowMs,
    fires: 1,
  };
  const text = last ? `Opened. The last ticket of this problem was ${last.number}.` : 'Opened.';
  return {
    ticket,
    note: ownNote('opened', text),
    evidenceOf: alert,
    ...(last && { follows: last.id }),
    timers: [opensNoMore(alert)],
  };
};

/** By the urgency of the rule's level and the weight of the device. */
const urgentOf = ({ severity }: Alert, { rule, device, tags, matrix }: TicketContext): Priority => {
  const urgency = rule?.urgency[rule.levels.findIndex((level) => level.severity === severity)];
  return priorityOf(urgency ?? 'medium', impactOf(device.class, tags), matrix);
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

/** Who acknowledges an alert takes its ticket, and so does whom it is given to; one that somebody has stays theirs, and is answered all the same. */
const takeOver = (alert: Alert, by: string | null, { last, nowMs }: TicketContext): TicketStep => {
  if (by === null) return {};
  const timers = [opensNoMore(alert)];
  if (!last || !isOpenTicket(last)) return { timers };
  if (last.assignee === null) return { ...takeTicket(last, by, nowMs), timers };
  const note = { by, what: 'noted', text: 'The alert was acknowledged.', isAnswer: true } as const;
  return { ticket: changed(last, nowMs, { isTouched: true }), note, timers };
};
