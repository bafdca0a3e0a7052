// From what was decided of a ticket to what is kept of it: the ticket, its history, its timers, its clocks.
import type { Rule } from '@fettle/shared/rule/rule';
import { HOUR_MS } from '@fettle/shared/time';

import type { Alert } from '../domain/alert/alert.ts';
import type { Device } from '../domain/device.ts';
import { externalRule } from '../domain/notice/external.ts';
import { trendRule } from '../domain/rule-book.ts';
import { SUMMARY } from '../domain/ticket/crowd.ts';
import { factsOf } from '../domain/ticket/facts.ts';
import type { TicketContext } from '../domain/ticket/flow.ts';
import {
  OWN_NAME,
  type Ticket,
  type TicketStep,
  type TimerChange,
  isOpenTicket,
  ticketKey,
} from '../domain/ticket/ticket.ts';
import type { About } from '../domain/view.ts';
import { type WriteContext, tell, tellPeople } from './context.ts';
import { lookAtClocks, termsOf } from './sla.ts';

/** A ticket that was merged leads to the other, and that one perhaps to a third. */
const MERGES_MAX = 8;

/** Ours, or what stands for the rule of another system. */
export const ruleOf = (device: Device, { id, rule }: Alert, { bookFor, store }: WriteContext): Rule | undefined => {
  const words = rule.startsWith('external.') ? store.alertLabels.of(id) : undefined;
  return words ? externalRule(rule, words) : bookFor(device).byId.get(rule);
};

/** What the ticket's decision depends on. */
export const ticketContext = (device: Device, alert: Alert, context: WriteContext): TicketContext => {
  const { store, nowMs, times, newId } = context;
  const rule = ruleOf(device, alert, context);
  const key = ticketKey(alert.tenant, device.id, rule?.family ?? alert.rule, alert.instance);
  const last = gathererOf(alert, context) ?? lastOf(key, context);
  return {
    device,
    rule,
    last,
    tags: device.tags,
    matrix: termsOf(device.tenant, context).matrix,
    outlook: outlookOf(device, alert, context),
    opensAtMs: store.timers.dueOf('open ticket', alert.id),
    othersAreClear: last === undefined || !store.alerts.standsBeside(last.id, alert.id),
    nowMs,
    times,
    newId,
    newNumber: () => store.tickets.nextNumber(device.tenant),
    crowd: () => ({
      ...store.tickets.crowdOf(device.id, nowMs - HOUR_MS),
      summary: lastOf(ticketKey(alert.tenant, device.id, SUMMARY, ''), context),
    }),
  };
};

const outlookOf = (device: Device, { instance }: Alert, { store, book }: WriteContext) => {
  const forecast = store.forecasts.of(device.id).find((one) => one.instance === instance)?.forecast;
  const metric = trendRule(book)?.signal.metric;
  return forecast && metric !== undefined ? { metric, leftMs: forecast.leftMs } : undefined;
};

/** The open ticket that the alert is in, where that is one that gathers. */
const gathererOf = ({ ticket: id }: Alert, { store }: WriteContext): Ticket | undefined => {
  const ticket = id === null ? undefined : store.tickets.get(id);
  return ticket?.rule === SUMMARY && isOpenTicket(ticket) ? ticket : undefined;
};

const lastOf = (key: string, { store }: WriteContext): Ticket | undefined => {
  let ticket = store.tickets.newestOf(key);
  for (let merges = 0; ticket?.mergedInto && merges < MERGES_MAX; merges += 1) {
    ticket = store.tickets.get(ticket.mergedInto) ?? { ...ticket, mergedInto: null };
  }
  return ticket;
};

export const setTimers = (timers: readonly TimerChange[], { store }: WriteContext): void => {
  for (const timer of timers) {
    if ('drop' in timer) store.timers.drop(timer.drop, timer.subject);
    else store.timers.put(timer);
  }
};

/** @returns the ticket as it is now, if the step is about one */
export const applyTicket = (about: About, step: TicketStep, context: WriteContext): Ticket | undefined => {
  const { store } = context;
  setTimers(step.timers ?? [], context);
  if (!step.ticket) return undefined;
  const before = store.tickets.get(step.ticket.id);
  store.tickets.put(step.ticket);
  if (step.evidenceOf) keepEvidence(step.ticket, step.evidenceOf, context);
  if (step.muteUntilMs !== undefined) muteProblems(step.ticket, step.muteUntilMs, context);
  if (step.follows !== undefined) store.tickets.link(step.ticket.id, step.follows, 'follows');
  if (step.note) applyNote(about, before, { ...step, ticket: step.ticket, note: step.note }, context);
  return step.ticket;
};

type Noted = TicketStep & Required<Pick<TicketStep, 'ticket' | 'note'>>;

const applyNote = (about: About, before: Ticket | undefined, { ticket, note }: Noted, context: WriteContext): void => {
  const facts = factsOf(before, ticket, note);
  context.store.tickets.addNote(ticket.id, { atMs: context.nowMs, note, facts });
  const entry = { kind: 'ticket', change: note.what, ticket } as const;
  const kind = `ticket.${note.what}`;
  if (NOTICED.has(kind))
    tellPeople(context, about, entry, { kind, id: ticket.id, problem: ticket.id, stamp: ticket.version });
  else tell(context, about, entry);
  if (facts.length > 0) lookAtClocks(about, ticket, context);
};

/** What people want to be told of, wherever they are. */
const NOTICED: ReadonlySet<string> = new Set(['ticket.opened', 'ticket.reopened', 'ticket.resolved']);

/** Somebody has decided to leave what it is about as it is. */
const muteProblems = (ticket: Ticket, untilMs: number, { store, nowMs }: WriteContext): void => {
  const reason = `${ticket.number}: left as it is.`;
  for (const { key, tenant } of store.alerts.ofTicket(ticket.id))
    store.mutes.put({ key, tenant, untilMs, by: ticket.assignee ?? OWN_NAME, reason, atMs: nowMs });
};

const keepEvidence = ({ id }: Ticket, alert: Alert, { store, nowMs }: WriteContext): void => {
  const { rule, ruleHash, severity, sinceMs, evidence, processes } = alert;
  const kept = { atMs: nowMs, alert: alert.id, rule, ruleHash, severity, sinceMs, evidence, processes };
  store.ticketEvidence.add(id, kept);
};

/** Its device, as far as it has one. */
export const aboutOf = ({ device, tenant }: Ticket, { store }: WriteContext): About =>
  (device === null ? undefined : store.devices.get(device)) ?? { tenant, id: '', hostname: '' };
