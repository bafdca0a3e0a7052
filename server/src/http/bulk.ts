// The same done to many alerts or tickets: each is done or refused by itself, all are asked for at once.
import {
  type AlertBulkAct,
  type TicketBulkAct,
  alertBulk,
  bulkOutcome,
  ticketBulk,
} from '@fettle/shared/api/bulk.schema';

import type { Actor } from '../domain/actor.ts';
import type { AlertAct, Outcome, WriterEvent } from '../domain/event.ts';
import type { TicketAct } from '../domain/ticket/decide.ts';
import type { Api } from './api.ts';
import { notFound, unavailable } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, ofChanger } from './routes.ts';

/** Ten thousand ids are read, so that they can be refused in words. */
const BODY_MAX_BYTES = 1024 * 1024;
const route = { config: ofChanger, bodyLimit: BODY_MAX_BYTES } as const;

export const bulkRoutes = (app: Routes, api: Api): void => {
  app.post(
    '/api/v1/alerts/bulk',
    {
      ...route,
      schema: {
        ...about('alerts', 'actOnAlerts', 'Do the same about up to 500 alerts; 404 when none of them is there'),
        body: alertBulk,
        response: answers(bulkOutcome),
      },
    },
    (request) => {
      const { alerts, act } = request.body;
      const actor = actorOf(request);
      const events = new Map(alerts.map((id) => [id, alertAct(actor, id, act)]));
      return doAll(api, events, 'alert');
    },
  );

  app.post(
    '/api/v1/tickets/bulk',
    {
      ...route,
      schema: {
        ...about('tickets', 'actOnTickets', 'Do the same with up to 500 tickets; 404 when none of them is there'),
        body: ticketBulk,
        response: answers(bulkOutcome),
      },
    },
    (request) => {
      const { tickets, act } = request.body;
      const all = { type: 'act on ticket', actor: actorOf(request), act: ticketAct(act) } as const;
      const events = new Map(tickets.map(({ id, version }) => [id, { ...all, ticket: id, version }]));
      return doAll(api, events, 'ticket');
    },
  );
};

/** @throws HttpProblem when there is none of them, or when nothing can be written */
const doAll = async (api: Api, events: ReadonlyMap<string, WriterEvent>, what: string) => {
  const outcomes = await Promise.all(
    [...events].map(async ([id, event]) => ({ id, ...whyNot(await api.commit(event)) })),
  );
  if (outcomes.every(({ code }) => code === 'not_found')) throw notFound(what);
  if (outcomes.every(({ code }) => code === 'unavailable')) throw unavailable();
  return { done: outcomes.filter(({ code }) => code === null).length, items: outcomes };
};

const whyNot = (outcome: Outcome): { readonly code: string | null; readonly detail: string | null } => {
  switch (outcome.is) {
    case 'refused':
      return { code: outcome.code, detail: outcome.message };
    case 'held':
    case 'unavailable':
      return { code: 'unavailable', detail: unavailable().message };
    default:
      return { code: null, detail: null };
  }
};

const alertAct = (actor: Actor, alert: string, act: AlertBulkAct): AlertAct => {
  switch (act.do) {
    case 'ack':
      return { type: 'ack alert', actor, alert };
    case 'snooze':
      return { type: 'snooze alert', actor, alert, untilMs: Date.parse(act.until) };
    case 'mute':
      return { type: 'mute alert', actor, alert, untilMs: Date.parse(act.until), reason: act.reason };
    case 'unmute':
      return { type: 'unmute alert', actor, alert };
    case 'assign':
      return { type: 'assign alert', actor, alert, assignee: act.assignee };
  }
};

const ticketAct = (act: TicketBulkAct): TicketAct => (act.do === 'resolve' ? { do: 'resolve', text: act.note } : act);
