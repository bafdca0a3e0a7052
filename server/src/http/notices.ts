// What people were told elsewhere, what waits, and why something was not sent.
import { listOf } from '@fettle/shared/api/common.schema';
import { noticeStates, noticeView } from '@fettle/shared/api/notice.schema';
import { z } from 'zod';

import { instantOf } from '../domain/view.ts';
import type { ShownNotice } from '../store/notices.ts';
import type { Api } from './api.ts';
import { commitOrThrow } from './commit.ts';
import { actorOf } from './guard.ts';
import { NEWEST, pageOf, pageQuery, timeCursor, wordList } from './paging.ts';
import { type Routes, about, answers, byId, empty, ofOwner } from './routes.ts';

const query = z.strictObject({
  ...pageQuery,
  state: wordList(noticeStates).describe('waiting, skipped, queued, sending, sent, dead; several by commas'),
  subject: z.string().max(40).default('').describe("an alert's or a ticket's id"),
});

export const noticeRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/notices',
    {
      config: ofOwner,
      schema: {
        ...about('notices', 'listNotices', 'Who was told what, and why not, the newest first'),
        querystring: query,
        response: answers(listOf(noticeView)),
      },
    },
    async (request) => {
      const { limit, cursor, state, subject } = request.query;
      const [beforeId] = timeCursor(cursor) ?? NEWEST;
      const actor = actorOf(request);
      const found = await api.ask('notices', actor, { states: state, subject, beforeId, limit: limit + 1 });
      const names = new Map((await api.ask('channels', actor, {})).map(({ id, name }) => [id, name]));
      const { items, next } = pageOf(found, limit, ({ id }) => [id, '']);
      return { items: items.map((notice) => view(notice, names)), next };
    },
  );

  app.post(
    '/api/v1/notices/:id/resend',
    {
      config: ofOwner,
      schema: {
        ...about('notices', 'resendNotice', 'Send a message that was given up again, by its `delivery`'),
        params: byId,
        response: empty,
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await commitOrThrow(api, { type: 'resend notice', actor: actorOf(request), delivery: id });
      return reply.code(204).send(null);
    },
  );
};

const view = (notice: ShownNotice, names: ReadonlyMap<string, string>) => {
  const { id, atMs, tenant, kind, subject, channel, state, why, attempts, nextMs, settledMs, delivery } = notice;
  return {
    id: String(id),
    at: instantOf(atMs),
    tenant,
    kind,
    subject,
    channel: channel === '' ? null : channel,
    channelName: names.get(channel) ?? null,
    state,
    why,
    attempts,
    nextAttempt: nextMs === null ? null : instantOf(nextMs),
    sentAt: state === 'sent' && settledMs !== null ? instantOf(settledMs) : null,
    delivery,
  };
};
