// Who is asking? By the session cookie of a browser, or the bearer token of a program.
import { MINUTE_MS } from '@fettle/shared/time';

import { type Actor, SYSTEM, narrowed } from '../domain/actor.ts';
import type { Outcome, WriterEvent } from '../domain/event.ts';
import { scopeOf } from '../domain/people.ts';
import { SESSION_IDLE_MS, SESSION_LIFE_MS } from '../domain/times.ts';
import type { Ask } from '../store/questions.ts';
import { hashOf } from './secrets.ts';

export const LOGIN_LINK_MS = 10 * MINUTE_MS;
/** A session's last use is written down at most this often. */
const NOTE_MS = MINUTE_MS;

export type ActorParts = {
  readonly ask: Ask;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly nowMs: () => number;
};

/** `bearer` is what a program sends; beside one the session counts for nothing. */
export type Credentials = { readonly session: string | undefined; readonly bearer: string | undefined };

/** @param authorization the header: another scheme than Bearer is for a proxy in front, not for us */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer +(\S*)$/i.exec(authorization ?? '')?.[1];

/** @returns undefined for nobody, or for what has expired */
export const findActor = async ({ session, bearer }: Credentials, parts: ActorParts): Promise<Actor | undefined> => {
  if (bearer !== undefined) return byToken(bearer, parts);
  return session === undefined ? undefined : bySession(session, parts);
};

/** Is it still the same that they were let in with? Of a page that is open: it is in use, however quiet it is. */
export const stillStands = async ({ session, bearer }: Credentials, parts: ActorParts): Promise<boolean> => {
  if (bearer !== undefined) return (await byToken(bearer, parts)) !== undefined;
  const found = await parts.ask('session', SYSTEM, { hash: hashOf(session ?? '') });
  return found !== undefined && !found.isDisabled && parts.nowMs() - found.createdMs <= SESSION_LIFE_MS;
};

const byToken = async (token: string, { ask, nowMs }: ActorParts): Promise<Actor | undefined> => {
  const found = await ask('api token', SYSTEM, { hash: hashOf(token) });
  if (!found || found.isDisabled || found.expiresMs < nowMs()) return undefined;
  const own = scopeOf(found); // as it is now: less than when the token was made, perhaps
  const scope = found.scope ? narrowed(own, found.scope) : own;
  return { kind: 'person', id: found.person, name: found.personName, ...scope };
};

const bySession = async (secret: string, { ask, commit, nowMs }: ActorParts): Promise<Actor | undefined> => {
  const hash = hashOf(secret);
  const found = await ask('session', SYSTEM, { hash });
  const now = nowMs();
  if (!found || found.isDisabled) return undefined;
  if (now - found.usedMs > SESSION_IDLE_MS || now - found.createdMs > SESSION_LIFE_MS) return undefined;
  if (now - found.usedMs > NOTE_MS) void commit({ type: 'use session', sessionHash: hash });
  return { kind: 'person', id: found.person, name: found.name, ...scopeOf(found) };
};
