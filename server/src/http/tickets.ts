import { ticketDetail, ticketStates, ticketView } from '@fettle/shared/api/alert.schema';
import { listOf, ticketChange, ticketNote } from '@fettle/shared/api/common.schema';
import { z } from 'zod';

import type { PersonEvent } from '../domain/event.ts';
import { alertView, instantOf, ticketView as viewOf } from '../domain/view.ts';
import type { Api } from './api.ts';
import { commitOrThrow } from './commit.ts';
import { notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { NEWEST, pageOf, pageQuery, timeCursor, wordList } from './paging.ts';
import { type Routes, about, answers, byId, ofOwner } from './routes.ts';

type Request = Parameters<typeof actorOf>[0];

const query = z.strictObject({
  ...pageQuery,
  state: wordList(ticketStates).describe('new, open, waiting, resolved, closed; several by commas; all without'),
  device: z.string().max(40).default(''),
});

export const ticketRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/tickets',
    {
      config: ofOwner,
      schema: {
        ...about('tickets', 'listTickets', 'Tickets, the newest first'),
        querystring: query,
        response: answers(listOf(ticketView)),
      },
    },
    async (request) => {
      const { limit, cursor, state, device } = request.query;
      const [createdMs, id] = timeCursor(cursor) ?? NEWEST;
      const after = { createdMs, id };
      const found = await api.ask('tickets', actorOf(request), { states: state, device, after, limit: limit + 1 });
      const { items, next } = pageOf(found, limit, (ticket) => [ticket.createdMs, ticket.id]);
      return { items: items.map((ticket) => viewOf(ticket, ticket.deviceName)), next };
    },
  );

  app.get(
    '/api/v1/tickets/:id',
    {
      config: ofOwner,
      schema: {
        ...about('tickets', 'getTicket', 'A ticket with its history'),
        params: byId,
        response: answers(ticketDetail),
      },
    },
    (request) => detail(api, request, request.params.id),
  );

  changeRoutes(app, api);
};

const changeRoutes = (app: Routes, api: Api): void => {
  const response = answers(ticketDetail);

  app.post(
    '/api/v1/tickets/:id/take',
    {
      config: ofOwner,
      schema: { ...about('tickets', 'takeTicket', 'Take a ticket'), params: byId, body: ticketChange, response },
    },
    (request) => {
      const { version } = request.body;
      return change(api, request, { type: 'take ticket', actor: actorOf(request), ticket: request.params.id, version });
    },
  );

  app.post(
    '/api/v1/tickets/:id/resolve',
    {
      config: ofOwner,
      schema: { ...about('tickets', 'resolveTicket', 'Resolve a ticket'), params: byId, body: ticketChange, response },
    },
    (request) => {
      const { version, note: text = 'Resolved.' } = request.body;
      const ticket = request.params.id;
      return change(api, request, { type: 'resolve ticket', actor: actorOf(request), ticket, version, text });
    },
  );

  app.post(
    '/api/v1/tickets/:id/notes',
    {
      config: ofOwner,
      schema: { ...about('tickets', 'noteTicket', 'Add a note to a ticket'), params: byId, body: ticketNote, response },
    },
    (request) => {
      const { text } = request.body;
      return change(api, request, { type: 'note ticket', actor: actorOf(request), ticket: request.params.id, text });
    },
  );
};

const change = async (api: Api, request: Request, event: PersonEvent & { readonly ticket: string }) => {
  await commitOrThrow(api, event);
  return detail(api, request, event.ticket);
};

const detail = async (api: Api, request: Request, id: string) => {
  const found = await api.ask('ticket', actorOf(request), { id });
  if (!found) throw notFound('ticket');
  const { ticket, notes, alerts } = found;
  return {
    ...viewOf(ticket, ticket.deviceName),
    body: ticket.body,
    steps: [...(api.book.byId.get(ticket.rule)?.steps ?? [])],
    alerts: alerts.map((alert) => alertView(alert, { ...alert, title: api.book.byId.get(alert.rule)?.title })),
    timeline: notes.map(({ atMs, by, what, text }) => ({ at: instantOf(atMs), by, what, text })),
  };
};
