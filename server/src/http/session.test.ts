// Signing in by a link, staying signed in, and out again.
import { beforeAll, describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { type TestServer, shareTestServer, startTestServer } from '../fixture.ts';
import { hashOf, newSecret } from '../people/secrets.ts';

const server = shareTestServer();

const newLink = async ({ commit }: Pick<TestServer, 'commit'>, lifeMs = 60_000): Promise<string> => {
  const token = newSecret('fl');
  await commit({ type: 'create login link', actor: SYSTEM, hash: hashOf(token), expiresMs: Date.now() + lifeMs });
  return token;
};

const signIn = (url: string, token: string) =>
  fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ token }),
  });

const me = async (url: string, cookie: string) => {
  const answer = await fetch(`${url}/api/v1/me`, { headers: { cookie } });
  return { status: answer.status, body: await answer.json() };
};

describe('a login link', () => {
  it('signs the owner in, with a cookie that scripts and other sites cannot use', async () => {
    const answer = await signIn(server().url, await newLink(server()));
    expect(answer.status).toBe(204);
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^fettle=fs_[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(await me(server().url, cookie.split(';')[0] ?? '')).toEqual({
      status: 200,
      body: { name: 'owner', role: 'owner', tenants: null },
    });
  });

  it('works once, even when it is used twice at the same moment', async () => {
    const link = await newLink(server());
    const answers = await Promise.all([1, 2, 3].map(() => signIn(server().url, link)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 401, 401]);
    expect(await (await signIn(server().url, link)).json()).toMatchObject({ status: 401, code: 'login_link_used' });
  });

  it('is of no use when its time is over', async () => {
    const answer = await signIn(server().url, await newLink(server(), -1));
    expect(await answer.json()).toMatchObject({ status: 401, code: 'login_link_used' });
  });

  it.each([['secret'], [`ft_${'A'.repeat(43)}`], ['']])('"%s" is none', async (token) => {
    expect(await (await signIn(server().url, token)).json()).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  it('cannot be guessed: after 20 tries a minute there are no more', async () => {
    const own = await startTestServer();
    const link = await newLink(own);
    const tries = await Promise.all(Array.from({ length: 20 }, () => signIn(own.url, newSecret('fl'))));
    expect(tries.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 401));
    const late = await signIn(own.url, link);
    expect(late.headers.get('content-type')).toContain('application/problem+json');
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await late.json()).toMatchObject({ status: 429, code: 'too_many_requests' });
  });
});

describe('a session', () => {
  let cookie = '';
  beforeAll(async () => {
    const answer = await signIn(server().url, await newLink(server()));
    cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  });

  it('is over after signing out, also for whoever has copied the cookie', async () => {
    const out = await fetch(`${server().url}/api/v1/session`, {
      method: 'DELETE',
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
    });
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie()[0]).toMatch(/^fettle=; .*Expires=Thu, 01 Jan 1970/);
    expect((await me(server().url, cookie)).status).toBe(401);
  });

  it('is bound to TLS where there is TLS', async () => {
    const own = await startTestServer({ isBehindProxy: true, publicUrl: 'https://fettle.example' });
    const local = `http://127.0.0.1:${own.port}`;
    const [set = ''] = (await signIn(local, await newLink(own))).headers.getSetCookie();
    expect(set).toMatch(/^__Host-fettle=fs_.*; Secure; SameSite=Strict$/);
    expect((await me(local, set.split(';')[0] ?? '')).status).toBe(200);
  });
});
