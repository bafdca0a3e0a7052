// Whom work can be given to.
import { listOf } from '@fettle/shared/api/common.schema';
import { personView } from '@fettle/shared/api/person.schema';
import { z } from 'zod';

import type { Api } from './api.ts';
import { notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, ofChanger } from './routes.ts';

const query = z.strictObject({
  tenant: z.string().max(40).default('').describe('for whose work; of any of yours without'),
});

export const peopleRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/people',
    {
      config: ofChanger,
      schema: {
        ...about('tickets', 'listPeople', 'Whom tickets and alerts of a tenant can be given to, by name'),
        querystring: query,
        response: answers(listOf(personView)),
      },
    },
    async (request) => {
      const found = await api.ask('assignable people', actorOf(request), request.query);
      if (!found) throw notFound('tenant');
      return { items: found.map(({ name }) => ({ name })), next: null };
    },
  );
};
