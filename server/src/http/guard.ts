// What every request must pass before its handler: the right host, the right origin, a policy, and somebody who satisfies it.
import type { IncomingHttpHeaders } from 'node:http';

import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';

import type { Actor } from '../domain/actor.ts';
import { type Credentials, bearerOf, findActor, stillStands } from '../people/actors.ts';
import { type Policy, policies } from '../people/policies.ts';
import type { Api } from './api.ts';
import { HttpProblem } from './errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: Policy;
  }
  interface FastifyRequest {
    actor: Actor | undefined;
  }
}

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Under TLS the cookie is bound to this host and to secure connections; plain HTTP is for loopback only. */
export const cookieName = (isSecure: boolean): string => (isSecure ? '__Host-fettle' : 'fettle');

export const addGuard = async (app: FastifyInstance, api: Api): Promise<void> => {
  await app.register(cookie);
  app.decorateRequest('actor', undefined);
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.addHook('onReady', () => {
    const open = routes.find(({ config }) => !config?.policy);
    if (open) throw new Error(`The route ${open.url} has no policy: name one of people/policies.ts.`);
  });
  app.addHook('onRequest', async (request) => {
    checkHost(request.headers, api.hosts());
    const credentials = credentialsOf(request, api.isSecure);
    checkOrigin(request, credentials, api.origins());
    request.actor = await findActor(credentials, api);
    const policy = request.routeOptions.config.policy ?? 'public';
    if (policies[policy](request.actor)) return;
    if (!request.actor)
      throw new HttpProblem(
        401,
        'not_signed_in',
        'Sign in by a login link, or send a token: Authorization: Bearer fk_…',
      );
    throw new HttpProblem(403, 'forbidden', 'Your role does not allow this.');
  });
};

/** Whether what this request came with would let it in still. */
export const standsOf =
  (request: FastifyRequest, api: Api): (() => Promise<boolean>) =>
  () =>
    stillStands(credentialsOf(request, api.isSecure), api);

/** The actor of a route whose policy needs one. */
export const actorOf = (request: FastifyRequest): Actor => {
  if (!request.actor) throw new HttpProblem(401, 'not_signed_in', 'Sign in first.');
  return request.actor;
};

const credentialsOf = (request: FastifyRequest, isSecure: boolean): Credentials => ({
  session: request.cookies[cookieName(isSecure)],
  bearer: bearerOf(request.headers.authorization),
});

/** A name that someone else made point here (DNS rebinding) is not ours. */
export const checkHost = ({ host }: IncomingHttpHeaders, allowed: ReadonlySet<string>): void => {
  if (host !== undefined && allowed.has(host.toLowerCase())) return;
  throw new HttpProblem(
    421,
    'wrong_host',
    'This server does not go by that name. Set public_url to the one it is reached by.',
  );
};

/** A change asked for by a browser must come from our own pages. A program with a token is no browser. */
const checkOrigin = (request: FastifyRequest, { session, bearer }: Credentials, allowed: ReadonlySet<string>): void => {
  if (SAFE.has(request.method)) return;
  const { origin } = request.headers;
  if (origin !== undefined && !allowed.has(origin)) throw FOREIGN;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw FOREIGN;
  if (session !== undefined && bearer === undefined && origin === undefined && site === undefined) throw FOREIGN;
};

const FOREIGN = new HttpProblem(403, 'foreign_origin', 'Changes are accepted only from the pages of this server.');
