// What another ticket system was told, and what came from there: once, with what it changes here.
import { type Actor, mayRule } from '../domain/actor.ts';
import type { Outcome } from '../domain/event.ts';
import {
  type ExternalEvent,
  type Link,
  isResolvedThere,
  nameFrom,
  newLink,
  placeOf,
  waitAfter,
} from '../domain/external/external.ts';
import { DONE, FORBIDDEN, type WriteContext, audit, refused } from './context.ts';
import { applyTicketEvent } from './tickets.ts';

export const applyExternal = (event: ExternalEvent, context: WriteContext): Outcome => {
  switch (event.type) {
    case 'set external':
      return setSystem(event, context);
    case 'external told':
      return change(event, context, (link) => ({ ...link, ...event.told, failures: 0, retryMs: 0, problem: '' }));
    case 'external heard':
      return takeHeard(event, context);
    case 'external failed':
      return change(event, context, (link) => failed(link, event, context.nowMs));
  }
};

const setSystem = (event: ExternalEvent & { type: 'set external' }, context: WriteContext): Outcome => {
  const { actor, tenant, system } = event;
  const { store, nowMs } = context;
  if (!mayRule(actor)) return FORBIDDEN;
  if (!store.tenants.has(tenant)) return refused('tenant_unknown', `There is no tenant "${tenant.slice(0, 80)}".`);
  if (system) store.external.putSystem(tenant, system, nowMs);
  else store.external.leaveSystem(tenant);
  const detail = system
    ? { kind: system.kind, place: placeOf(system), ...(system.kind === 'rt' && { queue: system.queue }) }
    : {};
  audit(context, { actor, tenant, action: system ? 'external.set' : 'external.remove', subject: tenant, detail });
  return DONE;
};

const GONE = refused('not_found', 'There is no such ticket, or it goes elsewhere now.');

type OfPlace = Pick<ExternalEvent & { type: 'external told' }, 'ticket' | 'place'>;

const change = ({ ticket, place }: OfPlace, { store }: WriteContext, change_: (link: Link) => Link): Outcome => {
  const copy = store.external.copy(ticket);
  if (copy?.place !== place) return GONE;
  store.external.putLink(change_(store.external.link(ticket) ?? newLink(ticket, copy.tenant)));
  return DONE;
};

const failed = (link: Link, event: ExternalEvent & { type: 'external failed' }, nowMs: number): Link => {
  const failures = link.failures + 1;
  const retryMs = nowMs + waitAfter(failures, event.firstWaitMs);
  return { ...link, failures, retryMs, lookedMs: nowMs, problem: event.problem.slice(0, 500) };
};

const TEXT_MAX = 10_000;

const takeHeard = (
  { ticket, after, heard }: ExternalEvent & { type: 'external heard' },
  context: WriteContext,
): Outcome => {
  const { store, nowMs } = context;
  const link = store.external.link(ticket);
  const copy = store.external.copy(ticket);
  if (!link || !copy) return GONE;
  if (link.heardMark !== after) return { is: 'duplicate' };
  for (const { by, text } of heard.comments)
    applyTicketEvent(
      {
        type: 'act on ticket',
        actor: from(by),
        ticket,
        version: null,
        act: { do: 'note', text: text.slice(0, TEXT_MAX) },
      },
      context,
    );
  const isResolved = isResolvedThere(copy.state, link, heard) && resolve(ticket, context);
  store.external.putLink({
    ...link,
    heardMark: heard.mark,
    heardState: heard.state,
    toldNote: Math.max(link.toldNote, heard.note),
    ...(isResolved && { toldState: 'resolved' as const }),
    lookedMs: nowMs,
  });
  return DONE;
};

const resolve = (ticket: string, context: WriteContext): boolean => {
  const version = context.store.external.copy(ticket)?.version ?? 0;
  const text = 'Resolved in the other ticket system.';
  return (
    applyTicketEvent(
      { type: 'act on ticket', actor: from('somebody'), ticket, version, act: { do: 'resolve', text } },
      context,
    ).is === 'done'
  );
};

/** A person, whom nobody knows here. */
const from = (by: string): Actor => ({ kind: 'system', id: 'system', name: nameFrom(by), tenants: 'all' });
