// Where a ticket stands in another ticket system.
import { externalView } from '@fettle/shared/api/external.schema';

import { instantOf } from '../domain/view.ts';
import type { Api } from './api.ts';
import { notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, byId, ofReader } from './routes.ts';

export const externalRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/tickets/:id/external',
    {
      config: ofReader,
      schema: {
        ...about('tickets', 'getExternalTicket', 'The ticket in another ticket system'),
        params: byId,
        response: answers(externalView),
      },
    },
    async (request) => {
      const found = await api.ask('external ticket', actorOf(request), { id: request.params.id });
      if (!found) throw notFound('ticket');
      const { link } = found;
      return {
        externalId: link?.externalId ?? null,
        state: link?.heardState || null,
        lookedAt: link && link.lookedMs > 0 ? instantOf(link.lookedMs) : null,
        problem: link?.problem || null,
        retryAt: link?.problem ? instantOf(link.retryMs) : null,
      };
    },
  );
};
