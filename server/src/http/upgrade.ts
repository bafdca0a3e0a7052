// WebSocket upgrades pass the same questions as requests: the right host, the right origin, somebody who may.
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Guest } from '../feed/hub.ts';
import { bearerOf, findActor, stillStands } from '../people/actors.ts';
import { policies } from '../people/policies.ts';
import type { Api } from './api.ts';
import { HttpProblem, problemOf } from './errors.ts';
import { checkHost, cookieName } from './guard.ts';

type FeedGuest = Omit<Guest, 'sink'>;
export type ParseCookies = (header: string) => Readonly<Record<string, string | undefined>>;

/** @throws HttpProblem when this upgrade is not to be */
export const feedGuest = async (request: IncomingMessage, api: Api, parse: ParseCookies): Promise<FeedGuest> => {
  checkHost(request.headers, api.hosts());
  const { origin, authorization, cookie } = request.headers;
  const bearer = bearerOf(authorization);
  if (origin !== undefined && !api.origins().has(origin)) throw FOREIGN;
  // a browser always says where it comes from; a cookie without that is nobody's
  if (origin === undefined && bearer === undefined) throw FOREIGN;
  const session = parse(cookie ?? '')[cookieName(api.isSecure)];
  const credentials = { session, bearer };
  const actor = await findActor(credentials, api);
  if (!actor || !policies.reader(actor)) throw new HttpProblem(401, 'not_signed_in', 'Sign in first.');
  return { actor, stands: () => stillStands(credentials, api) };
};

const FOREIGN = new HttpProblem(
  403,
  'foreign_origin',
  'The feed is for the pages of this server, and for programs with a token.',
);

/** The `after` of a feed's address, if it is a number. */
export const afterOf = (request: IncomingMessage): number | undefined => {
  const after = new URL(request.url ?? '/', 'http://feed').searchParams.get('after');
  return after !== null && /^\d{1,15}$/.test(after) ? Number(after) : undefined;
};

/** Answers an upgrade with a problem instead. */
export const refuseUpgrade = (socket: Duplex, error: unknown): void => {
  const problem =
    error instanceof HttpProblem
      ? problemOf(error.status, error.code, error.message)
      : problemOf(500, 'internal', 'The server could not do this. Its log says why.');
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(), // one that does not close on its side would stay, and hold up a stop
  );
};
