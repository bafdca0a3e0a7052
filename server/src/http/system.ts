// How the server itself is: for people, for load balancers, for a metrics system.
import { serverInfo } from '@fettle/shared/api/feed.schema';
import { type HealthProblem, serverHealth } from '@fettle/shared/api/server-health.schema';
import { DAY_MS } from '@fettle/shared/time';
import type { Registry } from 'prom-client';
import { z } from 'zod';

import { SYSTEM, mayRule } from '../domain/actor.ts';
import { instantOf } from '../domain/view.ts';
import type { Hub } from '../feed/hub.ts';
import type { Api } from './api.ts';
import { HttpProblem } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, ofOwner, ofReader, problems } from './routes.ts';

/** Ready, and yet something may need a person. */
const readiness = z.strictObject({
  status: z.literal('ready'),
  problems: serverHealth.shape.problems.exactOptional(),
});

/** Anyone may ask whether the server is ready; the disk and the database are asked no more often than this. */
const PROOF_MS = 1_000;

/** What is asked for again within the time gets the same answer. */
const sharedFor = <T>(ms: number, ask: () => Promise<T>) => {
  let askedMs = Number.NEGATIVE_INFINITY;
  let answer: Promise<T> | undefined;
  return (): Promise<T> => {
    const nowMs = performance.now();
    if (answer && nowMs - askedMs < ms) return answer;
    askedMs = nowMs;
    answer = ask();
    return answer;
  };
};

export const systemRoutes = (
  app: Routes,
  api: Api,
  parts: { readonly hub: Hub; readonly registry: Registry },
): void => {
  const { hub, registry } = parts;
  const prove = sharedFor(PROOF_MS, async () => {
    await api.ask('server id', SYSTEM, {});
    const { is } = await api.commit({ type: 'prove writing' });
    return { isDone: is === 'done', problems: is === 'done' ? await problemsOf(api) : [] };
  });

  app.get(
    '/api/v1/server',
    {
      config: ofReader,
      schema: { ...about('server', 'getServer', 'Version and mode of this server'), response: answers(serverInfo) },
    },
    () => ({ version: api.version, hurry: api.isHurry, lastSeq: hub.lastSeq }),
  );

  app.get(
    '/healthz',
    {
      config: { policy: 'public' },
      schema: {
        ...about('server', 'getHealth', 'The process runs'),
        response: answers(z.strictObject({ status: z.literal('ok') })),
      },
    },
    () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      config: { policy: 'public' },
      schema: {
        ...about('server', 'getReadiness', 'The databases answer, and can be written'),
        response: answers(readiness),
      },
    },
    async () => {
      const { isDone, problems: found } = await prove();
      if (!isDone) throw new HttpProblem(503, 'not_ready', 'The database cannot be written at the moment.');
      return { status: 'ready' as const, ...(found.length > 0 && { problems: found }) };
    },
  );

  healthRoute(app, api);
  metricsRoute(app, registry);
};

/** Somebody should have been told of something, and was not; a ticket should be elsewhere, too, and is not. */
const problemsOf = async ({ ask, nowMs, health }: Api): Promise<HealthProblem[]> => {
  const [{ dead }, isFailing] = await Promise.all([
    ask('notice counts', SYSTEM, { sinceMs: nowMs() - DAY_MS }),
    ask('external failing', SYSTEM, {}),
  ]);
  const found: readonly (readonly [HealthProblem, boolean])[] = [
    ['notice_dead', dead > 0],
    ['external_failing', isFailing],
  ];
  return [...health.problems(), ...found.filter(([, is]) => is).map(([name]) => name)];
};

/** That something is wrong is for everybody who relies on it; where files lie, and what is in them, for the owner alone. */
const healthRoute = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/server/health',
    {
      config: ofReader,
      schema: {
        ...about('server', 'getServerHealth', 'What holds this server up, and its last backup'),
        response: answers(serverHealth),
      },
    },
    async (request) => {
      const found = await problemsOf(api);
      if (!mayRule(actorOf(request))) return { problems: found, damage: [], backup: null };
      const { backup, damage } = api.health;
      return {
        problems: found,
        damage: [...damage],
        backup: backup && {
          at: instantOf(backup.atMs),
          kind: backup.kind,
          path: backup.path,
          problems: [...backup.problems],
        },
      };
    },
  );
};

const metricsRoute = (app: Routes, registry: Registry): void => {
  app.get(
    '/metrics',
    {
      config: ofOwner,
      schema: {
        ...about('server', 'getMetrics', "The server's own metrics, in the Prometheus text format"),
        response: { ...problems, 200: { description: 'metrics', content: { 'text/plain': { schema: z.string() } } } },
      },
    },
    async (_request, reply) => {
      const text = await registry.metrics();
      return reply.type(registry.contentType).serializer(String).send(text);
    },
  );
};
