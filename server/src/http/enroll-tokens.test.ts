// Enrolment tokens over HTTP: shown once, good for what was asked, and for nothing when they were taken away.
import { enrollTokenMade } from '@fettle/shared/api/enroll-token.schema';
import { HOUR_MS } from '@fettle/shared/time';
import { beforeAll, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { HOME } from '../domain/home.ts';
import { shareOwner, shareTestServer } from '../fixture.ts';
import { askToEnrol, newKey } from '../ingest/test-agent.ts';
import { hashOf } from '../people/secrets.ts';

const server = shareTestServer();
const owner = shareOwner(server);
beforeAll(() => server().commit({ type: 'create site', actor: SYSTEM, ...HOME }));

const call = async (method: string, path: string, sent?: object) => {
  const response = await fetch(`${server().url}/api/v1${path}`, {
    method,
    headers: sent ? { ...owner(), 'content-type': 'application/json' } : owner(),
    ...(sent && { body: JSON.stringify(sent) }),
  });
  return { status: response.status, text: await response.text() };
};
const make = async (asked: object) =>
  enrollTokenMade.parse(JSON.parse((await call('POST', '/enroll-tokens', { site: 'home', ...asked })).text));
const enrol = async (token: string) => {
  const answer = await askToEnrol(server(), newKey(), { token });
  const { code } = (await answer.json()) as { code?: string };
  return code ?? answer.status;
};

it('names the sites that a token can be for', async () => {
  const { text } = await call('GET', '/sites');
  expect(JSON.parse(text)).toEqual({ items: [{ id: 'home', name: 'Home', tenant: 'home', tenantName: 'Home' }] });
});

it('makes a token for a day and one device, unless it is said otherwise', async () => {
  const made = await make({});
  expect(made).toMatchObject({ tenant: 'home', site: 'home', maxUses: 1, uses: 0 });
  expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBeLessThanOrEqual(24 * HOUR_MS);
  expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBeGreaterThan(23.9 * HOUR_MS);
});

it('lets as many devices in as it says, and counts them', async () => {
  const { id, token } = await make({ maxUses: 2, hours: 1 });
  expect([await enrol(token), await enrol(token), await enrol(token)]).toEqual([200, 200, 'token_used']);
  const list = JSON.parse((await call('GET', '/enroll-tokens')).text) as { items: { id: string }[] };
  expect(list.items.find((known) => known.id === id)).toMatchObject({ uses: 2, maxUses: 2 });
});

it('shows the secret once: neither it nor its hash is told again', async () => {
  const { token } = await make({});
  const { text } = await call('GET', '/enroll-tokens');
  expect([text.includes(token), text.includes(hashOf(token)), text.includes('ft_')]).toEqual([false, false, false]);
});

it('lets nobody in by a token that was taken away', async () => {
  const { id, token } = await make({});
  expect((await call('DELETE', `/enroll-tokens/${id}`)).status).toBe(204);
  expect(await enrol(token)).toBe('token_unknown');
  expect((await call('DELETE', `/enroll-tokens/${id}`)).status).toBe(404);
});
