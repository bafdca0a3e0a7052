// The clocks of a ticket, looked at whenever something happens to it and when a stage is due: who is told, and when to look again.
import { phasesOf } from '../domain/sla/phases.ts';
import { type Plan, type Stage, planStages, worthTelling } from '../domain/sla/stages.ts';
import { STANDARD_TERMS, type Terms } from '../domain/sla/terms.ts';
import { datedFacts } from '../domain/ticket/facts.ts';
import type { Ticket } from '../domain/ticket/ticket.ts';
import type { About } from '../domain/view.ts';
import { type WriteContext, tell, tellPeople } from './context.ts';

/** As they are now: until a tenant has terms of its own the standard ones. */
export const termsOf = (tenant: string, { store }: WriteContext): Terms =>
  store.sla.terms(tenant)?.terms ?? STANDARD_TERMS;

/** In the savepoint of what changed the ticket: its history, what was told and what is due go together. */
export const lookAtClocks = (about: About, ticket: Ticket, context: WriteContext): void => {
  const { store, nowMs } = context;
  const phases = phasesOf(datedFacts(store.tickets.facts(ticket.id), ticket));
  const contract = { ...store.sla.promisedTo(ticket.tenant), pace: context.times.slaPace };
  const { due, nextMs, clocks } = planStages(phases, { contract, told: store.sla.stages(ticket.id), nowMs });
  const worth = new Set(isMailed(ticket) ? worthTelling(due) : []);
  for (const stage of due) tellStage(about, ticket, { stage, isForPeople: worth.has(stage) }, context);
  keepDue(ticket, { clocks, nextMs }, context);
  if (nextMs === undefined) store.timers.drop('sla stage', ticket.id);
  else store.timers.put({ kind: 'sla stage', subject: ticket.id, dueMs: nextMs });
};

/** What opened by itself and is not urgent has a due date, and nobody is woken for it. */
const isMailed = ({ rule, priority }: Ticket): boolean => rule === '' || priority === 'critical' || priority === 'high';

type Told = { readonly stage: Stage; readonly isForPeople: boolean };

const tellStage = (about: About, ticket: Ticket, { stage, isForPeople }: Told, context: WriteContext): void => {
  context.store.sla.addStage(ticket.id, { ...stage, toldMs: context.nowMs });
  const change = stage.stage === 'breach' ? 'breached' : 'warning';
  const entry = { kind: 'sla', change, stage, ticket } as const;
  if (!isForPeople) return tell(context, about, entry);
  const problem = JSON.stringify([ticket.id, stage.clock, stage.round, stage.stage]);
  tellPeople(context, about, entry, { kind: `sla.${change}`, id: ticket.id, problem, stamp: stage.round });
};

const keepDue = (
  ticket: Ticket,
  { clocks, nextMs }: Pick<Plan, 'clocks' | 'nextMs'>,
  { store }: WriteContext,
): void => {
  if (!clocks || clocks.resolution.endedMs !== null) return store.sla.dropDue(ticket.id);
  const responseMs = clocks.response.endedMs === null ? clocks.response.dueMs : null;
  const resolutionMs = clocks.resolution.dueMs;
  const times = [responseMs, resolutionMs].filter((at) => at !== null);
  store.sla.putDue({
    ticket: ticket.id,
    tenant: ticket.tenant,
    responseMs,
    resolutionMs,
    nextDueMs: times.length === 0 ? null : Math.min(...times),
    nextStageMs: nextMs ?? null,
  });
};
