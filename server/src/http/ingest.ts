// Alerts of other systems come in here, by tokens of their own.
import {
  alertmanagerMessage,
  ingestTokenMade,
  ingestTokenView,
  newIngestToken,
} from '@fettle/shared/api/notice.schema';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import { SYSTEM } from '../domain/actor.ts';
import { externalAlerts } from '../domain/notice/external.ts';
import { instantOf } from '../domain/view.ts';
import { bearerOf } from '../people/actors.ts';
import { hashOf, newSecret } from '../people/secrets.ts';
import { newId } from '../store/ids.ts';
import type { Api } from './api.ts';
import { commitOrThrow } from './commit.ts';
import { HttpProblem } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, byId, empty, ofOwner } from './routes.ts';

/** A thousand alerts with their labels. */
const BODY_MAX_BYTES = 2 * 1024 * 1024;
const PER_MINUTE = 600;
/** So many in one change, so that nothing waits long behind it. */
const AT_ONCE = 100;

const taken = z.strictObject({ alerts: z.int().describe('taken, those included that changed nothing') });

export const ingestRoutes = (app: Routes, api: Api): void => {
  app.post(
    '/api/v1/ingest/alertmanager',
    {
      bodyLimit: BODY_MAX_BYTES,
      config: { policy: 'public', rateLimit: { max: PER_MINUTE, timeWindow: '1 minute' } },
      // before any of the body is read
      onRequest: async (request) => {
        const known = await api.ask('ingest token', SYSTEM, { hash: tokenHashOf(request) });
        if (!known) throw UNKNOWN;
      },
      schema: {
        ...about('notices', 'ingestAlertmanager', "Alertmanager's webhook, version 4, with an ingest token as bearer"),
        body: alertmanagerMessage,
        response: answers(taken),
      },
    },
    async (request) => {
      const alerts = externalAlerts(request.body);
      const tokenHash = tokenHashOf(request);
      // what was not taken is sent again, and what was changes nothing then
      for (let from = 0; from < alerts.length; from += AT_ONCE)
        await commitOrThrow(api, { type: 'external alerts', tokenHash, alerts: alerts.slice(from, from + AT_ONCE) });
      return { alerts: alerts.length };
    },
  );

  tokenRoutes(app, api);
};

const UNKNOWN = new HttpProblem(
  401,
  'ingest_token_unknown',
  'Send an ingest token that is in force: Authorization: Bearer fi_…',
);

const tokenHashOf = ({ headers }: FastifyRequest): string => hashOf(bearerOf(headers.authorization) ?? '');

const tokenRoutes = (app: Routes, api: Api): void => {
  const path = '/api/v1/ingest-tokens';
  const list = async (request: Parameters<typeof actorOf>[0]) => {
    const tokens = await api.ask('ingest tokens', actorOf(request), {});
    return tokens.map(({ id, name, tenant, site, madeMs }) => ({
      id,
      name,
      tenant,
      site,
      createdAt: instantOf(madeMs),
    }));
  };

  app.get(
    path,
    {
      config: ofOwner,
      schema: {
        ...about('notices', 'listIngestTokens', 'Tokens of systems that tell us alerts'),
        response: answers(z.strictObject({ items: z.array(ingestTokenView) })),
      },
    },
    async (request) => ({ items: await list(request) }),
  );

  app.post(
    path,
    {
      config: ofOwner,
      schema: {
        ...about('notices', 'createIngestToken', 'Make a token for a site; it is shown once'),
        body: newIngestToken,
        response: answers(ingestTokenMade),
      },
    },
    async (request) => {
      const [token, id] = [newSecret('fi'), newId('i')];
      const hash = hashOf(token);
      await commitOrThrow(api, { type: 'create ingest token', actor: actorOf(request), id, hash, ...request.body });
      const made = (await list(request)).find((known) => known.id === id);
      if (!made) throw new HttpProblem(404, 'not_found', 'The token was taken away at once.');
      return { ...made, token };
    },
  );

  app.delete(
    `${path}/:id`,
    {
      config: ofOwner,
      schema: { ...about('notices', 'removeIngestToken', 'Take a token away'), params: byId, response: empty },
    },
    async (request, reply) => {
      const { id } = request.params;
      await commitOrThrow(api, { type: 'remove notice setting', actor: actorOf(request), kind: 'ingest token', id });
      return reply.code(204).send(null);
    },
  );
};
