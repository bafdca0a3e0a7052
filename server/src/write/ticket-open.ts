// A ticket that a person opens.
import { maySee } from '../domain/actor.ts';
import type { Device } from '../domain/device.ts';
import type { Outcome, PersonEvent } from '../domain/event.ts';
import { faultOfCategory } from '../domain/ticket/decide.ts';
import { ONCE_MS, decideOnce } from '../domain/ticket/once.ts';
import { type NewTicket, personTicket } from '../domain/ticket/opening.ts';
import { giveTo } from './assignee.ts';
import { type WriteContext, audit, refused } from './context.ts';
import { termsOf } from './sla.ts';
import { applyTicket } from './ticket-steps.ts';

type OpenEvent = PersonEvent & { type: 'open ticket' };

export const openTicket = (event: OpenEvent, context: WriteContext): Outcome => {
  const { actor, once } = event;
  if (!once) return openNow(event, context);
  const { store, nowMs } = context;
  const keys = store.once.count(actor.id, nowMs - ONCE_MS);
  const verdict = decideOnce(once, store.once.get(actor.id, once.key), { keys, nowMs });
  if (verdict.is === 'known') return { is: 'made', id: verdict.ticket };
  if (verdict.is === 'refused') return refused(verdict.code, verdict.why);
  const outcome = openNow(event, context);
  if (outcome.is === 'made') store.once.put({ actor: actor.id, ...once, ticket: outcome.id, atMs: nowMs });
  return outcome;
};

const openNow = (event: OpenEvent, context: WriteContext): Outcome => {
  const checked = check(event, context);
  if ('is' in checked) return checked;
  const { store, nowMs, newId } = context;
  const { actor, tenant } = event;
  const { ticket, device } = checked;
  const id = newId('t');
  const number = store.tickets.nextNumber(tenant);
  const step = personTicket(ticket, { id, number, tenant, site: device?.site ?? '', by: actor.name, nowMs });
  applyTicket(device ?? { tenant, id: '', hostname: '' }, step, context);
  audit(context, { actor, tenant, action: 'ticket.open', subject: id });
  return { is: 'made', id };
};

type Checked = { readonly ticket: NewTicket; readonly device: Device | undefined };

/** @returns what can be opened; or why not */
const check = ({ actor, tenant, ticket }: OpenEvent, context: WriteContext): Checked | Outcome => {
  const { store } = context;
  if (!maySee(actor, tenant) || !store.tenants.get(tenant)) return refused('not_found', 'There is no such tenant.');
  const device = ticket.device === null ? undefined : store.devices.get(ticket.device);
  if (ticket.device !== null && device?.tenant !== tenant) return refused('not_found', 'There is no such device.');
  const fault = faultOfCategory(ticket.category, termsOf(tenant, context).categories);
  if (fault?.is === 'refused') return refused(fault.code, fault.why);
  if (ticket.assignee === null) return { ticket, device };
  const given = giveTo(ticket.assignee, tenant, context);
  return 'is' in given ? given : { ticket: { ...ticket, assignee: given.name }, device };
};
