import { severities } from '@fettle/shared/alert/alert';
import { alertStates, alertView } from '@fettle/shared/api/alert.schema';
import { listOf } from '@fettle/shared/api/common.schema';
import { z } from 'zod';

import { alertView as viewOf } from '../domain/view.ts';
import type { NamedAlert } from '../store/alerts.ts';
import type { Api } from './api.ts';
import { commitOrThrow } from './commit.ts';
import { notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { NEWEST, pageOf, pageQuery, timeCursor, wordList } from './paging.ts';
import { type Routes, about, answers, byId, ofOwner } from './routes.ts';

const query = z.strictObject({
  ...pageQuery,
  state: wordList(alertStates).describe('open, acked, resolved; several by commas; all without'),
  severity: z.enum(['', ...severities]).default(''),
  device: z.string().max(40).default(''),
  rule: z.string().max(200).default(''),
});

type Request = Parameters<typeof actorOf>[0];

export const alertRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/alerts',
    {
      config: ofOwner,
      schema: {
        ...about('alerts', 'listAlerts', 'Alerts, the newest first'),
        querystring: query,
        response: answers(listOf(alertView)),
      },
    },
    async (request) => {
      const { limit, cursor, state, ...filter } = request.query;
      const [sinceMs, id] = timeCursor(cursor) ?? NEWEST;
      const after = { sinceMs, id };
      const found = await api.ask('alerts', actorOf(request), { ...filter, states: state, after, limit: limit + 1 });
      const { items, next } = pageOf(found, limit, (alert) => [alert.sinceMs, alert.id]);
      return { items: items.map((alert) => view(api, alert)), next };
    },
  );

  app.get(
    '/api/v1/alerts/:id',
    {
      config: ofOwner,
      schema: { ...about('alerts', 'getAlert', 'An alert'), params: byId, response: answers(alertView) },
    },
    (request) => find(api, request, request.params.id),
  );

  app.post(
    '/api/v1/alerts/:id/ack',
    {
      config: ofOwner,
      schema: {
        ...about('alerts', 'ackAlert', 'Acknowledge an alert, and take its ticket'),
        params: byId,
        response: answers(alertView),
      },
    },
    async (request) => {
      await commitOrThrow(api, { type: 'ack alert', actor: actorOf(request), alert: request.params.id });
      return find(api, request, request.params.id);
    },
  );
};

const view = (api: Api, alert: NamedAlert) => viewOf(alert, { ...alert, title: api.book.byId.get(alert.rule)?.title });

const find = async (api: Api, request: Request, id: string) => {
  const alert = await api.ask('alert', actorOf(request), { id });
  if (!alert) throw notFound('alert');
  return view(api, alert);
};
