// Who is asking, by a secret that the server knows only the hash of, and for how long.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import { shareTestServer } from '../fixture.ts';
import type { Ask } from '../store/questions.ts';
import { bearerOf, findActor } from './actors.ts';
import { policies } from './policies.ts';
import { hashOf, newSecret } from './secrets.ts';

const server = shareTestServer();

const signIn = async (): Promise<string> => {
  const [link, session] = [newSecret('fl'), newSecret('fs')];
  await server().commit({ type: 'create login link', actor: SYSTEM, hash: hashOf(link), expiresMs: Date.now() + 1e6 });
  await server().commit({ type: 'sign in', linkHash: hashOf(link), sessionHash: hashOf(session) });
  return session;
};

/** As if it were so long after now. */
const whoIs = async (credentials: { readonly session?: string; readonly bearer?: string }, afterMs = 0) => {
  const written: WriterEvent['type'][] = [];
  const actor = await findActor(
    { session: credentials.session, bearer: credentials.bearer },
    {
      ask: server().ask,
      commit: (event) => {
        written.push(event.type);
        return server().commit(event);
      },
      nowMs: () => Date.now() + afterMs,
    },
  );
  return { role: actor?.kind === 'person' ? actor.role : undefined, written };
};

describe('a session', () => {
  it.each([
    ['just made', 0, 'owner', []],
    ['used a minute ago', MINUTE_MS - 5_000, 'owner', []],
    ['used longer ago, which is written down', MINUTE_MS + 1_000, 'owner', ['use session']],
    ['idle for almost half an hour', 30 * MINUTE_MS - 5_000, 'owner', ['use session']],
    ['idle for more', 30 * MINUTE_MS + 1_000, undefined, []],
  ])('%s', async (_name, afterMs, role, written) => {
    expect(await whoIs({ session: await signIn() }, afterMs)).toEqual({ role, written });
  });

  it('lives twelve hours, however often it is used', async () => {
    const session = await signIn();
    const used = (await server().ask('session', SYSTEM, { hash: hashOf(session) }))?.createdMs ?? 0;
    // as it would be had it been used all the time
    const ask = (async (kind, actor, question) => {
      const found = await server().ask(kind, actor, question);
      return kind === 'session' ? { ...(found as object), usedMs: used + 12 * HOUR_MS } : found;
    }) as Ask;
    const at = (nowMs: number) =>
      findActor({ session, bearer: undefined }, { ask, commit: server().commit, nowMs: () => nowMs });
    expect(await at(used + 12 * HOUR_MS)).toBeDefined();
    expect(await at(used + 12 * HOUR_MS + 1)).toBeUndefined();
  });

  it('counts for nothing beside a token', async () => {
    const session = await signIn();
    expect((await whoIs({ session, bearer: newSecret('fk') })).role).toBeUndefined();
    expect((await whoIs({ session, bearer: '' })).role).toBeUndefined();
  });
});

describe('a token', () => {
  it('is good until its time is over, and a newer one of the same name replaces it', async () => {
    const [first, second] = [newSecret('fk'), newSecret('fk')];
    const create = (token: string) =>
      server().commit({
        type: 'create api token',
        actor: SYSTEM,
        hash: hashOf(token),
        name: 'backup',
        expiresMs: Date.now() + DAY_MS,
      });
    await create(first);
    expect((await whoIs({ bearer: first })).role).toBe('owner');
    expect((await whoIs({ bearer: first }, DAY_MS + 1_000)).role).toBeUndefined();
    await create(second);
    expect((await whoIs({ bearer: first })).role).toBeUndefined();
    expect((await whoIs({ bearer: second })).role).toBe('owner');
  });

  it('is no session, and a session no token', async () => {
    const session = await signIn();
    expect((await whoIs({ bearer: session })).role).toBeUndefined();
    expect((await whoIs({ session: hashOf(session) })).role).toBeUndefined();
  });

  it.each([
    ['Bearer fk_x', 'fk_x'],
    ['bearer   fk_x', 'fk_x'],
    ['Bearer ', ''],
    ['Bearer', undefined],
    ['Basic fk_x', undefined],
    ['Bearer fk_x fk_y', undefined],
    [undefined, undefined],
  ])('in the header %j is %j', (header, token) => {
    expect(bearerOf(header)).toBe(token);
  });
});

describe('secrets', () => {
  it('say what they are, and are never the same', () => {
    expect(newSecret('ft')).toMatch(/^ft_[\w-]{43}$/);
    expect(new Set(Array.from({ length: 100 }, () => newSecret('fs'))).size).toBe(100);
  });
});

it.each([
  ['nobody', undefined, false],
  ['the system', SYSTEM, false],
  ['an agent', { kind: 'agent', id: 'd_1', name: 'srv', tenants: ['home'] }, false],
  ['the owner', { kind: 'person', id: 'p_1', name: 'owner', role: 'owner', tenants: 'all' }, true],
] as const)('what is for owners is closed to %s: %j', (_name, actor, isAllowed) => {
  expect(policies.owner(actor)).toBe(isAllowed);
});
