// Tokens that let new agents in: made here with their secret, which nobody sees again.
import {
  type EnrollTokenView,
  enrollTokenMade,
  enrollTokenView,
  newEnrollToken,
  siteView,
} from '@fettle/shared/api/enroll-token.schema';
import { HOUR_MS } from '@fettle/shared/time';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import { instantOf } from '../domain/view.ts';
import { hashOf, newSecret } from '../people/secrets.ts';
import type { EnrollToken } from '../store/people.ts';
import type { Api } from './api.ts';
import { commitOrThrow, makeOrThrow } from './commit.ts';
import { HttpProblem } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, byId, empty, ofOwner } from './routes.ts';

const PATH = '/api/v1/enroll-tokens';

export const enrollTokenRoutes = (app: Routes, api: Api): void => {
  siteRoute(app, api);

  app.get(
    PATH,
    {
      config: ofOwner,
      schema: {
        ...about('agents', 'listEnrollTokens', 'Enrolment tokens, the newest first; used up and expired ones, too'),
        response: answers(z.strictObject({ items: z.array(enrollTokenView) })),
      },
    },
    async (request) => ({ items: (await tokensFor(api, request)).map(viewOf) }),
  );

  makeRoute(app, api);

  app.delete(
    `${PATH}/:id`,
    {
      config: ofOwner,
      schema: {
        ...about('agents', 'removeEnrollToken', 'Take a token away; devices that it made stay'),
        params: byId,
        response: empty,
      },
    },
    async (request, reply) => {
      await commitOrThrow(api, { type: 'remove enrol token', actor: actorOf(request), id: request.params.id });
      return reply.code(204).send(null);
    },
  );
};

const siteRoute = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/sites',
    {
      config: ofOwner,
      schema: {
        ...about('agents', 'listSites', 'Where devices can be enrolled, with whose it is'),
        response: answers(z.strictObject({ items: z.array(siteView) })),
      },
    },
    async (request) => ({ items: [...(await api.ask('sites', actorOf(request), {}))] }),
  );
};

const makeRoute = (app: Routes, api: Api): void => {
  app.post(
    PATH,
    {
      config: ofOwner,
      schema: {
        ...about('agents', 'createEnrollToken', 'Make an enrolment token for a site; it is shown once'),
        body: newEnrollToken,
        response: answers(enrollTokenMade),
      },
    },
    async (request) => {
      const { site, hours, maxUses } = request.body;
      const token = newSecret('ft');
      const expiresMs = api.nowMs() + hours * HOUR_MS;
      const asked = { type: 'create enrol token', hash: hashOf(token), site, expiresMs, maxUses } as const;
      const id = await makeOrThrow(api, { ...asked, actor: actorOf(request) });
      const made = (await tokensFor(api, request)).find((known) => known.id === id);
      if (!made) throw new HttpProblem(404, 'not_found', 'The token was taken away at once.');
      return { ...viewOf(made), token };
    },
  );
};

const tokensFor = (api: Api, request: FastifyRequest): Promise<readonly EnrollToken[]> =>
  api.ask('enrol tokens', actorOf(request), {});

const viewOf = ({ id, tenant, site, createdMs, expiresMs, maxUses, uses }: EnrollToken): EnrollTokenView => ({
  id,
  tenant,
  site,
  createdAt: instantOf(createdMs),
  expiresAt: instantOf(expiresMs),
  maxUses,
  uses,
});
