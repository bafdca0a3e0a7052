// How a key becomes a device, over HTTP.
import { enrollAnswer, enrollChallenge } from '@fettle/shared/wire/enroll.schema';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { shareTestServer } from '../fixture.ts';
import { askToEnrol, enrolToken, newKey, randomText } from './test-agent.ts';

const server = shareTestServer();

const tried = async (pair: ReturnType<typeof newKey>, change: Parameters<typeof askToEnrol>[2]) => {
  const answer = await askToEnrol(server(), pair, change);
  const body = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, code: body['code'], deviceId: body['deviceId'] };
};

it('makes a device of the site of the token, once per use of it', async () => {
  const token = await enrolToken(server(), { maxUses: 2 });
  const answer = await askToEnrol(server(), newKey(), { token, hostname: 'srv-09' });
  const { deviceId, site } = enrollAnswer.parse(await answer.json());
  expect(site).toBe('home');
  expect(await server().ask('device', SYSTEM, { id: deviceId })).toMatchObject({
    hostname: 'srv-09',
    presence: 'away',
  });
  expect((await tried(newKey(), { token })).status).toBe(200);
  expect(await tried(newKey(), { token })).toMatchObject({ status: 401, code: 'token_used' });
});

it('gives the same key the same device again, though its answer was lost and the token is used up', async () => {
  const [pair, token] = [newKey(), await enrolToken(server())];
  const first = await tried(pair, { token });
  expect(await tried(pair, { token })).toEqual(first);
});

describe('refuses', () => {
  it.each([
    ['a token that nobody made', async () => ({ token: `ft_${randomText(32)}` }), 401, 'token_unknown'],
    [
      'a token whose time is over',
      async () => ({ token: await enrolToken(server(), { expiresMs: Date.now() - 1 }) }),
      401,
      'token_expired',
    ],
    [
      'a nonce that nobody gave',
      async () => ({ token: await enrolToken(server()), nonce: randomText(32) }),
      401,
      'nonce_expired',
    ],
    [
      'a proof by another key',
      async () => ({ token: await enrolToken(server()), publicKey: newKey().publicKey }),
      401,
      'bad_proof',
    ],
    [
      'a proof that is none',
      async () => ({ token: await enrolToken(server()), proof: randomText(64) }),
      401,
      'bad_proof',
    ],
    [
      'a key of small order, that anybody can sign for',
      async () => ({ token: await enrolToken(server()), publicKey: 'A'.repeat(43) }),
      401,
      'bad_proof',
    ],
    ['a token that is none', async () => ({ token: 'secret' }), 400, 'invalid_request'],
    [
      'a name with control characters',
      async () => ({ token: await enrolToken(server()), hostname: 'a\u{0}b' }),
      400,
      'invalid_request',
    ],
  ])('%s', async (_name, change, status, code) => {
    expect(await tried(newKey(), await change())).toMatchObject({ status, code });
  });

  it('a challenge that was answered before', async () => {
    const asked = await fetch(`${server().url}/api/v1/enroll/challenge`, { method: 'POST' });
    const { nonce } = enrollChallenge.parse(await asked.json());
    // the proof is for another nonce: it fails, and uses this one up
    expect(await tried(newKey(), { token: await enrolToken(server()), nonce })).toMatchObject({ code: 'bad_proof' });
    expect(await tried(newKey(), { token: await enrolToken(server()), nonce })).toMatchObject({
      code: 'nonce_expired',
    });
  });
});
