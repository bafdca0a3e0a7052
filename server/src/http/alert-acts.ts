// What a person does about an alert, and why it is as it is.
import { alertView } from '@fettle/shared/api/alert.schema';
import { assignRequest, explanation, muteRequest, snoozeRequest } from '@fettle/shared/api/quiet.schema';

import { explain } from '../domain/alert/explain.ts';
import type { AlertAct } from '../domain/event.ts';
import { findAlert, viewAlert } from './alerts.ts';
import type { Api } from './api.ts';
import { commitOrThrow } from './commit.ts';
import { notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, byId, ofChanger, ofReader } from './routes.ts';

type Request = Parameters<typeof actorOf>[0];

const response = answers(alertView);

export const alertActRoutes = (app: Routes, api: Api): void => {
  quietRoutes(app, api);
  loudRoutes(app, api);

  app.post(
    '/api/v1/alerts/:id/ack',
    {
      config: ofChanger,
      schema: { ...about('alerts', 'ackAlert', 'Acknowledge an alert, and take its ticket'), params: byId, response },
    },
    (request) => act(api, request, { type: 'ack alert', actor: actorOf(request), alert: request.params.id }),
  );

  app.post(
    '/api/v1/alerts/:id/assign',
    {
      config: ofChanger,
      schema: {
        ...about('alerts', 'assignAlert', 'Give an alert to somebody, with its ticket'),
        params: byId,
        body: assignRequest,
        response,
      },
    },
    (request) => {
      const { assignee } = request.body;
      return act(api, request, {
        type: 'assign alert',
        actor: actorOf(request),
        alert: request.params.id,
        assignee,
      });
    },
  );

  app.get(
    '/api/v1/alerts/:id/explain',
    {
      config: ofReader,
      schema: {
        ...about('alerts', 'explainAlert', 'Why an alert is there, and why somebody was told of it or not'),
        params: byId,
        response: answers(explanation),
      },
    },
    async (request) => {
      const found = await api.ask('alert facts', actorOf(request), { id: request.params.id });
      if (!found) throw notFound('alert');
      const rule = api.bookFor(found.alert.device).byId.get(found.alert.rule);
      return { alert: viewAlert(api, found.alert), ...explain(found, rule) };
    },
  );
};

/** Not now, and not at all. */
const quietRoutes = (app: Routes, api: Api): void => {
  app.post(
    '/api/v1/alerts/:id/snooze',
    {
      config: ofChanger,
      schema: {
        ...about('alerts', 'snoozeAlert', 'Hear of an alert again at a time, or when it gets worse'),
        params: byId,
        body: snoozeRequest,
        response,
      },
    },
    (request) => {
      const untilMs = Date.parse(request.body.until);
      return act(api, request, {
        type: 'snooze alert',
        actor: actorOf(request),
        alert: request.params.id,
        untilMs,
      });
    },
  );

  app.post(
    '/api/v1/alerts/:id/mute',
    {
      config: ofChanger,
      schema: {
        ...about('alerts', 'muteAlert', 'Hear of the problem of an alert no more until a date'),
        params: byId,
        body: muteRequest,
        response,
      },
    },
    (request) => {
      const { until, reason } = request.body;
      return act(api, request, {
        type: 'mute alert',
        actor: actorOf(request),
        alert: request.params.id,
        untilMs: Date.parse(until),
        reason,
      });
    },
  );
};

/** Now after all. */
const loudRoutes = (app: Routes, api: Api): void => {
  app.post(
    '/api/v1/alerts/:id/unsnooze',
    {
      config: ofChanger,
      schema: { ...about('alerts', 'unsnoozeAlert', 'Hear of a snoozed alert now'), params: byId, response },
    },
    (request) => act(api, request, { type: 'unsnooze alert', actor: actorOf(request), alert: request.params.id }),
  );

  app.post(
    '/api/v1/alerts/:id/unmute',
    {
      config: ofChanger,
      schema: {
        ...about('alerts', 'unmuteAlert', 'Hear of the problem of an alert again'),
        params: byId,
        response,
      },
    },
    (request) => act(api, request, { type: 'unmute alert', actor: actorOf(request), alert: request.params.id }),
  );
};

const act = async (api: Api, request: Request, event: AlertAct) => {
  await commitOrThrow(api, event);
  return viewAlert(api, await findAlert(api, request, event.alert));
};
