// Tickets: the list, one of them, how its clocks went, and a new one.
import { ticketDetail as detailSchema, ticketStates, ticketView } from '@fettle/shared/api/alert.schema';
import { listOf } from '@fettle/shared/api/common.schema';
import { ticketTimeline } from '@fettle/shared/api/sla.schema';
import { ticketOpening } from '@fettle/shared/api/ticket.schema';
import { z } from 'zod';

import { ticketView as viewOf } from '../domain/view.ts';
import { hashOf } from '../people/secrets.ts';
import type { Api } from './api.ts';
import { makeOrThrow } from './commit.ts';
import { actorOf } from './guard.ts';
import { NEWEST, pageOf, pageQuery, timeCursor, wordList } from './paging.ts';
import { type Routes, about, answers, byId, ofChanger, ofReader } from './routes.ts';
import { ticketActRoutes } from './ticket-acts.ts';
import { clockHistory, ticketDetail } from './ticket-detail.ts';

const query = z.strictObject({
  ...pageQuery,
  state: wordList(ticketStates).describe('new, open, waiting, resolved, closed; several by commas; all without'),
  device: z.string().max(40).default(''),
});

const onceHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'up to 255 visible ASCII characters')
    .optional()
    .describe('the same key and body within 24 hours give the same ticket, and not another one'),
});

export const ticketRoutes = (app: Routes, api: Api): void => {
  listRoute(app, api);
  app.get(
    '/api/v1/tickets/:id',
    {
      config: ofReader,
      schema: {
        ...about('tickets', 'getTicket', 'A ticket with its history'),
        params: byId,
        response: answers(detailSchema),
      },
    },
    (request) => ticketDetail(api, request, request.params.id),
  );

  app.get(
    '/api/v1/tickets/:id/timeline',
    {
      config: ofReader,
      schema: {
        ...about('tickets', 'getTicketTimeline', 'What the clocks of a ticket did, stretch by stretch, and why'),
        params: byId,
        response: answers(ticketTimeline),
      },
    },
    (request) => clockHistory(api, request, request.params.id),
  );

  app.post(
    '/api/v1/tickets',
    {
      config: ofChanger,
      schema: {
        ...about('tickets', 'openTicket', 'Open a ticket'),
        headers: onceHeaders,
        body: ticketOpening,
        response: answers(detailSchema),
      },
    },
    async (request) => {
      const { tenant, ...ticket } = request.body;
      const key = request.headers['idempotency-key'];
      const once = key === undefined ? {} : { once: { key, asked: hashOf(JSON.stringify(request.body)) } };
      const id = await makeOrThrow(api, { type: 'open ticket', actor: actorOf(request), tenant, ticket, ...once });
      return ticketDetail(api, request, id);
    },
  );

  ticketActRoutes(app, api);
};

const listRoute = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/tickets',
    {
      config: ofReader,
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
};
