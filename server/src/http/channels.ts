// Where people are told: channels, without their secrets.
import { channelChange, channelView as channelShape, newChannel, testResult } from '@fettle/shared/api/notice.schema';
import { z } from 'zod';

import { type Channel, channelView } from '../domain/notice/channel.ts';
import { newId } from '../store/ids.ts';
import type { Api } from './api.ts';
import { commitOrThrow } from './commit.ts';
import { notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, byId, empty, ofOwner } from './routes.ts';

type Request = Parameters<typeof actorOf>[0];

const listShape = z.strictObject({ items: z.array(channelShape) });

export const channelRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/channels',
    {
      config: ofOwner,
      schema: { ...about('notices', 'listChannels', 'Channels that people are told by'), response: answers(listShape) },
    },
    async (request) => ({ items: (await api.ask('channels', actorOf(request), {})).map(channelView) }),
  );

  app.post(
    '/api/v1/channels',
    {
      config: ofOwner,
      schema: {
        ...about('notices', 'createChannel', 'Make a channel'),
        body: newChannel,
        response: answers(channelShape),
      },
    },
    (request) => put(api, request, { ...request.body, id: newId('c') }),
  );

  app.put(
    '/api/v1/channels/:id',
    {
      config: ofOwner,
      schema: {
        ...about('notices', 'changeChannel', 'Change a channel; without settings they stay as they are'),
        params: byId,
        body: channelChange,
        response: answers(channelShape),
      },
    },
    async (request) => put(api, request, { ...(await find(api, request, request.params.id)), ...request.body }),
  );

  app.delete(
    '/api/v1/channels/:id',
    {
      config: ofOwner,
      schema: { ...about('notices', 'removeChannel', 'Remove a channel'), params: byId, response: empty },
    },
    async (request, reply) => {
      const removal = { type: 'remove notice setting', kind: 'channel', id: request.params.id } as const;
      await commitOrThrow(api, { ...removal, actor: actorOf(request) });
      return reply.code(204).send(null);
    },
  );

  testRoute(app, api);
};

const TESTS_PER_MINUTE = 20;

const testRoute = (app: Routes, api: Api): void => {
  app.post(
    '/api/v1/channels/:id/test',
    {
      config: { ...ofOwner, rateLimit: { max: TESTS_PER_MINUTE, timeWindow: '1 minute' } },
      schema: {
        ...about('notices', 'testChannel', 'Send a test message now, and see what the receiver says'),
        params: byId,
        response: answers(testResult),
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const channel = await find(api, request, request.params.id);
      const { is, answer } = await api.testChannel(channel);
      await commitOrThrow(api, { type: 'tested channel', actor, channel: channel.id, isSent: is === 'sent' });
      return { isSent: is === 'sent', answer };
    },
  );
};

const put = async (api: Api, request: Request, channel: Channel) => {
  await commitOrThrow(api, { type: 'put notice setting', actor: actorOf(request), kind: 'channel', setting: channel });
  return channelView(channel);
};

const find = async (api: Api, request: Request, id: string): Promise<Channel> => {
  const found = (await api.ask('channels', actorOf(request), {})).find((channel) => channel.id === id);
  if (!found) throw notFound('channel');
  return found;
};
