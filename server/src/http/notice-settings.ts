// Who is told what, and who is on call: routes and rotas.
import { newRota, newRoute, rotaView, routeView } from '@fettle/shared/api/notice.schema';
import { z } from 'zod';

import type { Setting } from '../domain/notice/event.ts';
import { type Rota, onCall } from '../domain/notice/rota.ts';
import { newId } from '../store/ids.ts';
import type { Api } from './api.ts';
import { commitOrThrow } from './commit.ts';
import { notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, byId, empty, ofOwner } from './routes.ts';

type Request = Parameters<typeof actorOf>[0];

export const noticeSettingRoutes = (app: Routes, api: Api): void => {
  routeRoutes(app, api);
  rotaRoutes(app, api);
};

const routeRoutes = (app: Routes, api: Api): void => {
  const path = '/api/v1/notice-routes';
  const list = async (request: Request) => ({ items: [...(await api.ask('notice routes', actorOf(request), {}))] });

  app.get(
    path,
    {
      config: ofOwner,
      schema: {
        ...about('notices', 'listNoticeRoutes', 'Who is told what'),
        response: answers(z.strictObject({ items: z.array(routeView) })),
      },
    },
    list,
  );

  app.post(
    path,
    {
      config: ofOwner,
      schema: {
        ...about('notices', 'createNoticeRoute', 'Make a route'),
        body: newRoute,
        response: answers(routeView),
      },
    },
    async (request) => {
      const setting = { ...request.body, id: newId('r') };
      await put(api, request, { kind: 'route', setting });
      return setting;
    },
  );

  app.put(
    `${path}/:id`,
    {
      config: ofOwner,
      schema: {
        ...about('notices', 'changeNoticeRoute', 'Change a route'),
        params: byId,
        body: newRoute,
        response: answers(routeView),
      },
    },
    async (request) => {
      const setting = { ...request.body, id: request.params.id };
      mustBe('route', setting.id, (await list(request)).items);
      await put(api, request, { kind: 'route', setting });
      return setting;
    },
  );

  removal(app, api, { path, kind: 'route', name: 'removeNoticeRoute' });
};

const rotaRoutes = (app: Routes, api: Api): void => {
  const path = '/api/v1/rotas';
  const rotas = (request: Request) => api.ask('rotas', actorOf(request), {});
  const view = (rota: Rota) => ({ ...rota, onCall: onCall(rota, api.nowMs())?.name ?? '' });

  app.get(
    path,
    {
      config: ofOwner,
      schema: {
        ...about('notices', 'listRotas', 'Who is on call'),
        response: answers(z.strictObject({ items: z.array(rotaView) })),
      },
    },
    async (request) => ({ items: (await rotas(request)).map(view) }),
  );

  app.post(
    path,
    {
      config: ofOwner,
      schema: { ...about('notices', 'createRota', 'Make a rota'), body: newRota, response: answers(rotaView) },
    },
    async (request) => {
      const setting = { ...request.body, id: newId('o') };
      await put(api, request, { kind: 'rota', setting });
      return view(setting);
    },
  );

  app.put(
    `${path}/:id`,
    {
      config: ofOwner,
      schema: {
        ...about('notices', 'changeRota', 'Change a rota'),
        params: byId,
        body: newRota,
        response: answers(rotaView),
      },
    },
    async (request) => {
      const setting = { ...request.body, id: request.params.id };
      mustBe('rota', setting.id, await rotas(request));
      await put(api, request, { kind: 'rota', setting });
      return view(setting);
    },
  );

  removal(app, api, { path, kind: 'rota', name: 'removeRota' });
};

type Removal = { readonly path: string; readonly kind: 'route' | 'rota'; readonly name: string };

const removal = (app: Routes, api: Api, { path, kind, name }: Removal): void => {
  app.delete(
    `${path}/:id`,
    { config: ofOwner, schema: { ...about('notices', name, `Remove a ${kind}`), params: byId, response: empty } },
    async (request, reply) => {
      const { id } = request.params;
      await commitOrThrow(api, { type: 'remove notice setting', actor: actorOf(request), kind, id });
      return reply.code(204).send(null);
    },
  );
};

const put = (api: Api, request: Request, setting: Setting) =>
  commitOrThrow(api, { type: 'put notice setting', actor: actorOf(request), ...setting });

const mustBe = (what: string, id: string, known: readonly { readonly id: string }[]): void => {
  if (!known.some((setting) => setting.id === id)) throw notFound(what);
};
