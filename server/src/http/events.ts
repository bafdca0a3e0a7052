// The event log: a JSON list, or a stream of server-sent events for whoever accepts one. One cursor for both and for the feed.
import type { ServerResponse } from 'node:http';

import { listOf } from '@fettle/shared/api/common.schema';
import { feedEvent } from '@fettle/shared/api/feed.schema';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

import type { Hub } from '../feed/hub.ts';
import type { Sink } from '../feed/viewer.ts';
import type { Api } from './api.ts';
import { HttpProblem } from './errors.ts';
import { actorOf, standsOf } from './guard.ts';
import { type Routes, about, answers, ofReader } from './routes.ts';

const COMMENT_MS = 15_000;
const SEQ = /^\d{1,15}$/;

const query = z.strictObject({
  after: z.coerce.number().int().min(0).optional().describe('only events with a higher seq'),
  cursor: z.string().regex(SEQ).optional().describe('`next` of the page before; the same as after'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const eventRoutes = (app: Routes, api: Api, hub: Hub): void => {
  app.get(
    '/api/v1/events',
    {
      config: ofReader,
      schema: {
        ...about('events', 'listEvents', 'What happened; with Accept: text/event-stream as it happens'),
        querystring: query,
        response: answers(listOf(feedEvent)),
      },
    },
    async (request, reply) => {
      const { cursor, limit } = request.query;
      const after = request.query.after ?? (cursor === undefined ? undefined : Number(cursor));
      if (request.headers.accept?.includes('text/event-stream')) {
        return stream(request, reply, { api, hub }, after);
      }
      const items = await api.ask('events', actorOf(request), { afterSeq: after ?? 0, limit: limit + 1 });
      const page = items.slice(0, limit);
      return { items: page, next: items.length > limit ? String(page.at(-1)?.seq) : null };
    },
  );
};

/** @param after asked for; a browser that resumes sends Last-Event-ID instead */
const stream = (
  request: FastifyRequest,
  reply: FastifyReply,
  { api, hub }: { readonly api: Api; readonly hub: Hub },
  after: number | undefined,
): FastifyReply => {
  const resumed = request.headers['last-event-id'];
  const from = typeof resumed === 'string' && SEQ.test(resumed) ? Number(resumed) : after;
  const guest = { actor: actorOf(request), sink: sinkOf(reply.raw), stands: standsOf(request, api) };
  const viewer = hub.join(guest, from);
  if (!viewer) throw new HttpProblem(503, 'too_many_viewers', 'Too many consoles are open. Try again later.');
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'keep-alive' });
  // a comment now and then keeps proxies from closing a quiet stream, and finds out when the other side is gone
  const timer = setInterval(() => raw.write(': still here\n\n'), COMMENT_MS);
  raw.write(': the event log\n\n');
  raw.on('close', () => {
    clearInterval(timer);
    hub.leave(viewer);
  });
  return reply;
};

const sinkOf = (raw: ServerResponse): Sink => ({
  event: (event) => raw.write(`id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`),
  snapshot: (seq) => raw.write(`id: ${seq}\nevent: snapshot\ndata: {"seq":${seq}}\n\n`),
  bufferedBytes: () => raw.writableLength,
  // at once: one that does not read would never be done
  close: () => raw.destroy(),
});
