import { severities } from '@fettle/shared/alert/alert';
import { alertDetail, alertStates, alertView } from '@fettle/shared/api/alert.schema';
import { listOf } from '@fettle/shared/api/common.schema';
import { z } from 'zod';

import { safeLink } from '../domain/notice/external.ts';
import { alertView as viewOf } from '../domain/view.ts';
import type { NamedAlert } from '../store/alerts.ts';
import type { AlertWords } from '../store/ingest.ts';
import type { Api } from './api.ts';
import { notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { NEWEST, pageOf, pageQuery, timeCursor, wordList } from './paging.ts';
import { type Routes, about, answers, byId, ofReader } from './routes.ts';

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
      config: ofReader,
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
      return { items: items.map((alert) => viewAlert(api, alert)), next };
    },
  );

  app.get(
    '/api/v1/alerts/:id',
    {
      config: ofReader,
      schema: { ...about('alerts', 'getAlert', 'An alert'), params: byId, response: answers(alertDetail) },
    },
    async (request) => {
      const { id } = request.params;
      const alert = await findAlert(api, request, id);
      const words = await api.ask('alert words', actorOf(request), { id });
      return { ...viewAlert(api, alert), external: words ? viewWords(words) : null };
    },
  );
};

const viewWords = ({ labels, annotations, link }: AlertWords) => ({
  labels: { ...labels },
  annotations: { ...annotations },
  generatorUrl: safeLink(link),
  runbookUrl: safeLink(annotations['runbook_url']),
});

export const viewAlert = (api: Api, alert: NamedAlert) => viewOf(alert, { ...alert, title: titleOf(api, alert) });

/** As the rule is called where the alert is, or as whoever told of it calls it. */
const titleOf = ({ bookFor }: Api, { device, rule, toldTitle }: NamedAlert): string | undefined =>
  bookFor(device).byId.get(rule)?.title ?? toldTitle ?? undefined;

export const findAlert = async (api: Api, request: Request, id: string): Promise<NamedAlert> => {
  const alert = await api.ask('alert', actorOf(request), { id });
  if (!alert) throw notFound('alert');
  return alert;
};
