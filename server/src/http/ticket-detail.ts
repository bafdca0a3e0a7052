// A ticket with all that belongs to it, its clocks as they stand when it is asked for.
import { mayAct } from '../domain/actor.ts';
import { clocksAt } from '../domain/sla/clocks.ts';
import { explain } from '../domain/sla/explain.ts';
import { phasesOf } from '../domain/sla/phases.ts';
import { datedFacts } from '../domain/ticket/facts.ts';
import { clockView, evidenceView, instantOf, ticketView } from '../domain/view.ts';
import type { Questions } from '../store/questions.ts';
import { viewAlert } from './alerts.ts';
import type { Api } from './api.ts';
import { notFound } from './errors.ts';
import { actorOf } from './guard.ts';

type Request = Parameters<typeof actorOf>[0];
type Found = NonNullable<Questions['ticket']['answer']>;

const ask = async (api: Api, request: Request, id: string): Promise<Found> => {
  const found = await api.ask('ticket', actorOf(request), { id });
  if (!found) throw notFound('ticket');
  return found;
};

const phasesIn = ({ facts, ticket }: Found) => phasesOf(datedFacts(facts, ticket));
const contractIn = ({ contract }: Found, { pace }: Api) => ({ ...contract, pace });

export const ticketDetail = async (api: Api, request: Request, id: string) => {
  const found = await ask(api, request, id);
  const { ticket, notes, alerts, links, evidence, minutesSpent } = found;
  const clocks = clocksAt(phasesIn(found), contractIn(found, api), api.nowMs());
  return {
    ...ticketView(ticket, ticket.deviceName),
    body: ticket.body,
    steps: [...(api.bookFor(ticket.device ?? '').byId.get(ticket.rule)?.steps ?? [])],
    alerts: alerts.map((alert) => viewAlert(api, alert)),
    sla: clocks ? { response: clockView(clocks.response), resolution: clockView(clocks.resolution) } : null,
    minutesSpent,
    links: [...links],
    evidence: evidence.map(evidenceView),
    timeline: notes
      .filter(({ isInternal }) => !isInternal || mayAct(actorOf(request))) // what technicians say among themselves
      .map(({ atMs, isInternal: internal, ...note }) => ({ at: instantOf(atMs), ...note, internal })),
  };
};

/** Stretch by stretch, until now. */
export const clockHistory = async (api: Api, request: Request, id: string) => {
  const found = await ask(api, request, id);
  const { stretches, leftOut } = explain(phasesIn(found), contractIn(found, api), api.nowMs());
  return {
    stretches: stretches.map(({ fromMs, toMs, ...rest }) => ({
      from: instantOf(fromMs),
      to: instantOf(toMs),
      ...rest,
    })),
    leftOut,
    stages: found.stages.map(({ clock, stage, atMs, toldMs, isLate: late }) => ({
      clock,
      stage,
      reachedAt: instantOf(atMs),
      toldAt: instantOf(toldMs),
      late,
    })),
  };
};
