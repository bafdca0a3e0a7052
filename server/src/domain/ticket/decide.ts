// May it be done with this ticket, and what comes of it?
import type { TicketLink } from '@fettle/shared/api/alert.schema';

import {
  type Now,
  type TicketFiling,
  assignTicket,
  closeTicket,
  commentTicket,
  continueTicket,
  fileTicket,
  leaveTicket,
  noteTicket,
  reopenTicket,
  replyToTicket,
  resolveTicket,
  spendTime,
  takeTicket,
  waitTicket,
} from './acts.ts';
import { type Ticket, type TicketStep, type TicketWait, isOpenTicket } from './ticket.ts';

/** What a person asks to be done with a ticket. */
export type TicketAct =
  | { readonly do: 'take' }
  | { readonly do: 'assign'; readonly to: string }
  | { readonly do: 'note'; readonly text: string }
  | { readonly do: 'comment'; readonly text: string; readonly from: 'technician' | 'requester' }
  | { readonly do: 'wait'; readonly wait: TicketWait }
  | { readonly do: 'continue' }
  | { readonly do: 'resolve'; readonly text: string }
  | { readonly do: 'leave'; readonly untilMs: number; readonly text: string }
  | { readonly do: 'close' }
  | { readonly do: 'reopen'; readonly text: string }
  | { readonly do: 'file'; readonly filing: TicketFiling }
  | { readonly do: 'spend time'; readonly minutes: number; readonly text: string }
  | { readonly do: 'link' | 'unlink'; readonly other: string; readonly link: TicketLink }
  | { readonly do: 'merge'; readonly into: string };

/** Those that concern two tickets are decided where both are at hand. */
export type OwnAct = Exclude<TicketAct, { readonly do: 'link' | 'unlink' | 'merge' }>;

export type Decision =
  | { readonly is: 'step'; readonly step: TicketStep }
  | { readonly is: 'refused'; readonly code: string; readonly why: string };

/** In which states it can be done; an act that is not here can be done in all. */
const NEEDS: Partial<Record<TicketAct['do'], (ticket: Ticket) => boolean>> = {
  take: isOpenTicket,
  assign: isOpenTicket,
  comment: ({ state }) => state !== 'closed',
  wait: isOpenTicket,
  continue: ({ state }) => state === 'waiting',
  resolve: isOpenTicket,
  leave: isOpenTicket,
  close: ({ state }) => state === 'resolved',
  reopen: ({ state }) => state === 'resolved',
  file: isOpenTicket,
  merge: isOpenTicket,
};

/** @returns what stands against it; undefined when nothing does */
export const faultOfAct = (ticket: Ticket, act: TicketAct): Decision | undefined =>
  (NEEDS[act.do]?.(ticket) ?? true)
    ? undefined
    : refusedAct('ticket_closed', `The ticket is ${ticket.state}: that cannot be done with it now.`);

const refusedAct = (code: string, why: string): Decision => ({ is: 'refused', code, why });

type Asked = Now & { readonly by: string; readonly categories: readonly string[] };

export const decideAct = (ticket: Ticket, act: OwnAct, asked: Asked): Decision => {
  const fault = faultOfAct(ticket, act) ?? faultOfTimes(act, asked.nowMs) ?? faultOfFiling(act, asked.categories);
  return fault ?? { is: 'step', step: stepOf(ticket, act, asked) };
};

const faultOfTimes = (act: OwnAct, nowMs: number): Decision | undefined => {
  if (act.do === 'leave' && act.untilMs <= nowMs) return PAST;
  if (act.do !== 'wait') return undefined;
  const { for: what, untilMs, reason } = act.wait;
  if (untilMs !== null && untilMs <= nowMs) return PAST;
  if (what === 'scheduled' && untilMs === null) return refusedAct('date_missing', 'Say until when it is scheduled.');
  return what === 'hold' && reason === '' ? refusedAct('reason_missing', 'Say why it is on hold.') : undefined;
};

const PAST = refusedAct('date_past', 'The date is in the past. Give one that is to come.');

const faultOfFiling = (act: OwnAct, categories: readonly string[]): Decision | undefined =>
  act.do === 'file' ? faultOfCategory(act.filing.category, categories) : undefined;

/** @param category null: none; undefined: as it is. @param categories that there are; none: any */
export const faultOfCategory = (
  category: string | null | undefined,
  categories: readonly string[],
): Decision | undefined => {
  if (category === undefined || category === null || categories.length === 0 || categories.includes(category))
    return undefined;
  return refusedAct('category_unknown', `There is no category "${category}". There are: ${categories.join(', ')}.`);
};

const stepOf = (ticket: Ticket, act: OwnAct, asked: Asked): TicketStep => {
  const { by, nowMs } = asked;
  switch (act.do) {
    case 'take':
      return takeTicket(ticket, by, nowMs);
    case 'assign':
      return assignTicket(ticket, act.to, by, nowMs);
    case 'wait':
      return waitTicket(ticket, act.wait, by, nowMs);
    case 'continue':
      return continueTicket(ticket, by, nowMs);
    case 'close':
      return closeTicket(ticket, nowMs, by);
    case 'file':
      return fileTicket(ticket, act.filing, by, nowMs);
    case 'spend time':
      return spendTime(ticket, act.minutes, by, { nowMs, text: act.text });
    default:
      return sayingStep(ticket, act, asked);
  }
};

type Saying = Extract<OwnAct, { readonly do: 'note' | 'comment' | 'resolve' | 'leave' | 'reopen' }>;

const sayingStep = (ticket: Ticket, act: Saying, asked: Asked): TicketStep => {
  const { by, nowMs } = asked;
  switch (act.do) {
    case 'note':
      return noteTicket(ticket, by, act.text, nowMs);
    case 'comment':
      return (act.from === 'technician' ? commentTicket : replyToTicket)(ticket, by, act.text, nowMs);
    case 'resolve':
      return resolveTicket(ticket, by, act.text, asked);
    case 'leave':
      return leaveTicket(ticket, { by, text: act.text, untilMs: act.untilMs }, asked);
    case 'reopen':
      return reopenTicket(ticket, { by, what: 'reopened', text: act.text }, nowMs);
  }
};
