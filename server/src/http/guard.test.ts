// Who may ask for what: every route of the API's description, as nobody, as someone with a wrong or old secret, and from a foreign page.
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

import { problem } from '@fettle/shared/api/common.schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { SYSTEM } from '../domain/actor.ts';
import { ownerOf, shareOwner, shareTestServer } from '../fixture.ts';
import { hashOf, newSecret } from '../people/secrets.ts';

const server = shareTestServer();
const owner = shareOwner(server);

const description = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** Has tokens of its own, and takes no others. */
const INGEST = 'POST /api/v1/ingest/alertmanager';
/** Open to everybody; all others need somebody. A new route is private until it is named here. */
const PUBLIC = new Set([
  'GET /healthz',
  'GET /readyz',
  'POST /api/v1/session',
  'DELETE /api/v1/session',
  'POST /api/v1/enroll',
  'POST /api/v1/enroll/challenge',
  INGEST,
]);

type Route = { readonly name: string; readonly method: string; readonly path: string };
let routes: readonly Route[] = [];

const ask = async ({ method, path }: Route, headers: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(`${server().url}${path}`, { method, headers });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    type,
    code: type.startsWith('application/problem+json') ? problem.parse(JSON.parse(text)).code : '',
  };
};

/** What each of these routes answers, by its name. */
const answers = async (of: readonly Route[], headers: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(await Promise.all(of.map(async (route) => [route.name, await ask(route, headers)] as const)));

const each = (of: readonly Route[], answer: object) =>
  Object.fromEntries(of.map(({ name }) => [name, expect.objectContaining(answer) as unknown]));

const isPublic = ({ name }: Route) => PUBLIC.has(name);
const isChange = ({ method }: Route) => method !== 'GET';

beforeAll(async () => {
  const { paths } = description.parse(await (await fetch(`${server().url}/api/openapi.json`)).json());
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path: path.replaceAll(/\{\w+\}/g, 'x'),
    })),
  );
});

/** A new session: a request of the matrix may end it. */
const signIn = async (): Promise<string> => {
  const [link, session] = [newSecret('fl'), newSecret('fs')];
  await server().commit({ type: 'create login link', actor: SYSTEM, hash: hashOf(link), expiresMs: Date.now() + 1e6 });
  await server().commit({ type: 'sign in', linkHash: hashOf(link), sessionHash: hashOf(session) });
  return `fettle=${session}`;
};

const refused = {
  status: 401,
  code: 'not_signed_in',
  type: expect.stringContaining('application/problem+json') as unknown,
};

describe('routes', () => {
  it('are all here, and what is public is known by name', () => {
    expect(routes.length).toBeGreaterThan(20);
    expect([...PUBLIC].filter((name) => routes.every((route) => route.name !== name))).toEqual([]);
  });

  it.each([
    ['nobody', async () => ({})],
    ['a token that nobody made', async () => ({ authorization: `Bearer ${newSecret('fk')}` })],
    ['an empty token', async () => ({ authorization: 'Bearer ' })],
    ['a token under another scheme', async () => ({ authorization: owner().authorization.replace('Bearer', 'Basic') })],
    [
      'a session that nobody opened',
      async () => ({ cookie: `fettle=${newSecret('fs')}`, 'sec-fetch-site': 'same-origin' }),
    ],
    [
      'a session in the cookie of a TLS server',
      async () => ({ cookie: (await signIn()).replace('fettle', '__Host-fettle') }),
    ],
    [
      'a good session beside a wrong token',
      async () => ({ cookie: await signIn(), authorization: `Bearer ${newSecret('fk')}` }),
    ],
  ])('are closed to %s, but for the public ones', async (_name, headers) => {
    const closed = routes.filter((route) => !isPublic(route));
    expect(await answers(closed, await headers())).toEqual(each(closed, refused));
    const open = await answers(routes.filter(isPublic), await headers());
    expect(Object.values(open).map(({ code }) => code)).not.toContain('not_signed_in');
  });

  it('are closed to a token whose time is over', async () => {
    const old = await ownerOf(server(), -1);
    const closed = routes.filter((route) => !isPublic(route));
    expect(await answers(closed, old)).toEqual(each(closed, refused));
  });

  it.each([
    ['a token', async () => owner()],
    [
      'a session and a page of ours',
      async () => ({ cookie: await signIn(), origin: server().url, 'sec-fetch-site': 'same-origin' }),
    ],
  ])('are open to the owner by %s', async (_name, headers) => {
    const others = routes.filter(({ name, path }) => path !== '/api/v1/session' && name !== INGEST);
    const found = Object.values(await answers(others, await headers()));
    expect(found.filter(({ status }) => status === 401 || status === 403 || status >= 500)).toEqual([]);
    expect(found.filter(({ status }) => status === 200).length).toBeGreaterThan(8);
  });

  it.each([
    ['the origin of another site', async () => ({ cookie: await signIn(), origin: 'https://evil.example' })],
    ['the origin of another port', async () => ({ cookie: await signIn(), origin: 'http://127.0.0.1:1' })],
    ['the origin "null"', async () => ({ cookie: await signIn(), origin: 'null' })],
    ['a page of another site', async () => ({ cookie: await signIn(), 'sec-fetch-site': 'cross-site' })],
    [
      'a page of a sister site',
      async () => ({ cookie: await signIn(), origin: server().url, 'sec-fetch-site': 'same-site' }),
    ],
    ['nowhere, with a session', async () => ({ cookie: await signIn() })],
    ['another site, with a token', async () => ({ ...owner(), origin: 'https://evil.example' })],
    ['another site, as nobody', async () => ({ origin: 'https://evil.example' })],
  ])('take no change from %s', async (_name, headers) => {
    const changes = routes.filter(isChange);
    expect(changes.length).toBeGreaterThan(5);
    expect(await answers(changes, await headers())).toEqual(each(changes, { status: 403, code: 'foreign_origin' }));
  });

  it('answer to no other name than that of this server', async () => {
    const misled = await Promise.all(routes.map((route) => rebound(route)));
    expect(misled.map(({ status }) => status)).toEqual(routes.map(() => 421));
    expect(misled[0]?.code).toBe('wrong_host');
  });
});

/** fetch sets the Host header itself. */
const rebound = async ({ method, path }: Route) => {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; code: string }>();
  const asked = request(
    `${server().url}${path}`,
    { method, headers: { ...owner(), host: 'rebound.example' } },
    (response) => {
      void text(response).then((body) =>
        resolve({ status: response.statusCode ?? 0, code: problem.parse(JSON.parse(body)).code }),
      );
    },
  );
  asked.on('error', reject);
  asked.end();
  return promise;
};

it('HEAD of a closed route is closed as well', async () => {
  const head = (headers = {}) => fetch(`${server().url}/api/v1/devices`, { method: 'HEAD', headers });
  expect((await head()).status).toBe(401);
  expect((await head(owner())).status).toBe(200);
});
