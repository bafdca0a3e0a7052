// Signing in by a one-time link, and out again.
import { loginRequest, me } from '@fettle/shared/api/common.schema';

import { SESSION_LIFE_MS } from '../domain/times.ts';
import { hashOf, newSecret } from '../people/secrets.ts';
import type { Api } from './api.ts';
import { commitOrThrow } from './commit.ts';
import { HttpProblem } from './errors.ts';
import { actorOf, cookieName } from './guard.ts';
import { type Routes, about, answers, empty, ofReader } from './routes.ts';

const TRIES_PER_MINUTE = 20;

export const sessionRoutes = (app: Routes, api: Api): void => {
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: api.isSecure } as const;
  const name = cookieName(api.isSecure);

  app.get(
    '/api/v1/me',
    {
      config: ofReader,
      schema: { ...about('session', 'getMe', 'Who is asking'), response: answers(me) },
    },
    (request) => {
      const actor = actorOf(request);
      if (actor.kind !== 'person') throw new HttpProblem(401, 'not_signed_in', 'Sign in first.');
      return { name: actor.name, role: actor.role, tenants: actor.tenants === 'all' ? null : [...actor.tenants] };
    },
  );

  app.post(
    '/api/v1/session',
    {
      config: { policy: 'public', rateLimit: { max: TRIES_PER_MINUTE, timeWindow: '1 minute' } },
      schema: {
        ...about('session', 'signIn', 'Sign in by a login link'),
        body: loginRequest,
        response: empty,
      },
    },
    async (request, reply) => {
      const session = newSecret('fs');
      await commitOrThrow(api, { type: 'sign in', linkHash: hashOf(request.body.token), sessionHash: hashOf(session) });
      return reply
        .setCookie(name, session, { ...cookie, maxAge: SESSION_LIFE_MS / 1000 })
        .code(204)
        .send(null);
    },
  );

  app.delete(
    '/api/v1/session',
    {
      config: { policy: 'public' },
      schema: {
        ...about('session', 'signOut', 'Sign out'),
        response: empty,
      },
    },
    async (request, reply) => {
      const session = request.cookies[name];
      if (session !== undefined) await commitOrThrow(api, { type: 'sign out', sessionHash: hashOf(session) });
      return reply.clearCookie(name, cookie).code(204).send(null);
    },
  );
};
