// What tenants are promised, and which tickets are due next.
import { listOf } from '@fettle/shared/api/common.schema';
import { dueTicket, termsChange, termsView } from '@fettle/shared/api/sla.schema';
import { z } from 'zod';

import { STANDARD_TERMS } from '../domain/sla/terms.ts';
import { instantOf, ticketView } from '../domain/view.ts';
import type { Api } from './api.ts';
import { commitOrThrow } from './commit.ts';
import { notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, ofOwner, ofReader } from './routes.ts';

const byTenant = z.strictObject({ tenant: z.string().max(40) });
const orNull = (ms: number | null): string | null => (ms === null ? null : instantOf(ms));

export const slaRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/sla/:tenant',
    {
      config: ofReader,
      schema: {
        ...about('sla', 'getTerms', 'What a tenant is promised'),
        params: byTenant,
        response: answers(termsView),
      },
    },
    (request) => terms(api, request, request.params.tenant),
  );

  app.put(
    '/api/v1/sla/:tenant',
    {
      config: ofOwner,
      schema: {
        ...about('sla', 'putTerms', 'Promise a tenant something else, from now on'),
        params: byTenant,
        body: termsChange,
        response: answers(termsView),
      },
    },
    async (request) => {
      const { tenant } = request.params;
      const { version, ...wanted } = request.body;
      await commitOrThrow(api, { type: 'put terms', actor: actorOf(request), tenant, version, terms: wanted });
      return terms(api, request, tenant);
    },
  );

  app.get(
    '/api/v1/tickets/due',
    {
      config: ofReader,
      schema: {
        ...about('tickets', 'listDueTickets', 'Open tickets by when they are due, the soonest first'),
        querystring: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
        response: answers(listOf(dueTicket)),
      },
    },
    async (request) => {
      const found = await api.ask('due tickets', actorOf(request), { limit: request.query.limit });
      const items = found.map(({ ticket, responseMs, resolutionMs }) => ({
        ticket: ticketView(ticket, ticket.deviceName),
        responseDueAt: orNull(responseMs),
        resolutionDueAt: orNull(resolutionMs),
      }));
      return { items, next: null };
    },
  );
};

const terms = async (api: Api, request: Parameters<typeof actorOf>[0], tenant: string) => {
  const found = await api.ask('terms', actorOf(request), { tenant });
  if (found === undefined) throw notFound('tenant');
  const { version, terms: inForce } = found ?? { version: 0, terms: STANDARD_TERMS };
  const { tiers, matrix, categories } = inForce;
  return { tenant, version, tiers, matrix, categories: [...categories] };
};
