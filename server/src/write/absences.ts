// A device is back: what its absence was is kept, told, and noted in the ticket about its silence.
import type { Device } from '../domain/device.ts';
import type { AgentEvent } from '../domain/event.ts';
import { type Absence, absenceOf, absenceText } from '../domain/presence/absence.ts';
import { absenceRule } from '../domain/rule-book.ts';
import { changed, isOpenTicket, ownNote } from '../domain/ticket/ticket.ts';
import { type WriteContext, tell } from './context.ts';
import { applyTicket } from './ticket-steps.ts';

/** @param before as it was when it was last heard */
export const applyReturn = (before: Device, event: AgentEvent & { type: 'hello' }, context: WriteContext): void => {
  const { left, run, bootId, agentVersion } = event;
  if (!left) return;
  const { lastSeenMs: fromMs, goodbye, wasHeard } = left;
  const now = { bootId, agentVersion };
  const absence = absenceOf({ fromMs, toMs: context.nowMs, goodbye, before, now, run, wasHeard });
  if (!absence) return;
  context.store.absences.add(before, absence);
  tell(context, before, { kind: 'absence', absence });
  noteInTicket(before, absence, context);
};

/** Whoever looks for the device should know at once that it is back, and what it was. */
const noteInTicket = (device: Device, absence: Absence, context: WriteContext): void => {
  const { store, nowMs } = context;
  const rule = absenceRule(context.bookFor(device));
  const silence = rule && store.alerts.openOf(device.id).find((alert) => alert.rule === rule.id);
  const ticket = silence?.ticket ? store.tickets.get(silence.ticket) : undefined;
  if (!ticket || !isOpenTicket(ticket)) return;
  applyTicket(device, { ticket: changed(ticket, nowMs, {}), note: ownNote('noted', absenceText(absence)) }, context);
};
