// Enrolment against a server that is played over real HTTP: what is sent, and what is said when it fails.
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { enrollRequest } from '@fettle/shared/wire/enroll.schema';
import { enrollProof } from '@fettle/shared/wire/signing';
import { afterAll, describe, expect, it } from 'vitest';

import { nodeFs } from '../host/fs.ts';
import { postJsonTo } from '../host/http.ts';
import { ENROLLED, type EnrolAnswers, SERVER_ID, playEnrolment } from '../played-server.ts';
import { EnrollError, enroll } from './enroll.ts';
import { Identity } from './identity.ts';

const root = mkdtempSync(join(tmpdir(), 'fettle-enroll-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const token = `ft_${'t'.repeat(43)}`;

const setUp = async (url: string) => {
  const path = join(mkdtempSync(join(root, 'data-')), 'identity.json');
  const identity = await Identity.create(nodeFs, path);
  const device = { os: 'linux', class: 'laptop' } as const;
  const parts = { identity, serverUrl: url, token, device, hostname: 'pc', tags: ['vip'], agentVersion: '0.1.0' };
  return { identity, path, work: () => enroll({ ...parts, post: postJsonTo(url) }) };
};

const problem = (status: number, detail?: string) => ({
  enroll: { status, body: detail === undefined ? {} : { code: 'x', detail } },
});

describe('enroll', () => {
  it('asks for a challenge, proves that it has the key, and keeps which device it became', async () => {
    const server = await playEnrolment();
    const { identity, path, work } = await setUp(server.url);
    const expected = { deviceId: ENROLLED.deviceId, serverId: SERVER_ID, serverUrl: server.url, site: 'office' };
    expect(await work()).toEqual(expected);
    expect(identity.enrolled).toEqual(expected);
    expect((await Identity.read(nodeFs, path))?.enrolled).toEqual(expected);
    expect(server.requests.map((request) => request.path)).toEqual(['/api/v1/enroll/challenge', '/api/v1/enroll']);

    const request = enrollRequest.parse(server.requests[1]?.body);
    expect(request).toMatchObject({ token, hostname: 'pc', os: 'linux', class: 'laptop', agentVersion: '0.1.0' });
    const { publicKey, nonce, proof } = request;
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    const isProven = (text: string) => verify(null, Buffer.from(text), key, Buffer.from(proof, 'base64url'));
    expect(isProven(enrollProof({ serverId: SERVER_ID, nonce, publicKey }))).toBe(true);
    expect(isProven(enrollProof({ serverId: SERVER_ID, nonce: 'z'.repeat(43), publicKey }))).toBe(false);
  });

  it.each<[what: string, answers: EnrolAnswers, kind: EnrollError['kind'], words: RegExp]>([
    ['an unknown token', problem(401, 'This enrolment token is not known here.'), 'refused', /401: This .* not known/],
    ['a token that was used', problem(409, 'This token was used.'), 'refused', /answered 409: This token was used\.$/],
    ['a refusal without words', problem(403), 'refused', /answered 403$/],
    ['a refusal in strange words', { enroll: { status: 403, body: { detail: 7 } } }, 'refused', /answered 403$/],
    ['too many requests', problem(429, 'Wait.'), 'unreachable', /429: Wait\.$/],
    ['a server in trouble', problem(500), 'unreachable', /500: try again later.*log of the server/],
    ['a proxy in trouble', { challenge: { status: 502, body: '<html>' } }, 'unreachable', /502: try again later/],
    ['another program there', { challenge: { status: 404, body: 'no' } }, 'refused', /404: .*no Fettle.*server\.url/],
    [
      'a redirect',
      { challenge: { status: 301, headers: { location: 'https://elsewhere.example' } } },
      'refused',
      /301: .*Set server\.url/,
    ],
    ['a web page', { challenge: { body: '<html></html>' } }, 'unreachable', /not answer like a Fettle.*server\.url/],
    ['another challenge', { challenge: { body: { nonce: 'short', serverId: 's' } } }, 'unreachable', /not answer like/],
    ['an empty answer', { enroll: { body: '' } }, 'unreachable', /no enrolment.*same version/],
    ['another answer', { enroll: { body: { deviceId: 'me' } } }, 'unreachable', /no enrolment/],
    ['an answer without end', { enroll: { body: 'x'.repeat(300_000) } }, 'unreachable', /more than 262144 bytes/],
    ['a connection that is closed', { enroll: 'hang up' }, 'unreachable', /cannot be reached: socket hang up/],
  ])('%s: says so, and the machine is not enrolled', async (_what, answers, kind, words) => {
    const server = await playEnrolment(answers);
    const { identity, path, work } = await setUp(server.url);
    const error: unknown = await work().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EnrollError);
    const { kind: saidKind, message } = error as EnrollError;
    expect(message).toMatch(words);
    expect(message).toContain(server.url);
    expect(message).not.toContain(token);
    expect(saidKind).toBe(kind);
    expect(identity.enrolled).toBeNull();
    expect((await Identity.read(nodeFs, path))?.enrolled).toBeNull();
  });

  it('nobody there: says so', async () => {
    const { work } = await setUp('http://127.0.0.1:9');
    await expect(work()).rejects.toThrow(/127\.0\.0\.1:9 cannot be reached: connect ECONNREFUSED .*check server\.url/);
  });

  it('what a server says cannot play with the terminal', async () => {
    const server = await playEnrolment(problem(403, `\u001B[2J${'x'.repeat(10_000)}`));
    const { work } = await setUp(server.url);
    const { message } = (await work().catch((thrown: unknown) => thrown)) as Error;
    expect(message).not.toContain('\u001B');
    expect(message.length).toBeLessThan(600);
  });

  it('after a failure the same key tries again', async () => {
    const answers = [{ status: 503, body: {} }, { body: ENROLLED }];
    const server = await playEnrolment({ enroll: () => Promise.resolve(answers.shift() ?? {}) });
    const { work } = await setUp(server.url);
    await expect(work()).rejects.toThrow('503');
    await work();
    const keys = server.requests.flatMap(({ body }) => {
      const parsed = enrollRequest.safeParse(body);
      return parsed.success ? [parsed.data.publicKey] : [];
    });
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });
});
