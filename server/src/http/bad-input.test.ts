// What people and receivers get wrong, over the API of a running server: each is answered with a sentence that says what to mend, the
// next request is served as ever, and nothing is kept. Beyond the API: notice/mail.test.ts, post.test.ts, address.test.ts (mail servers,
// receivers and name servers that misbehave), http/bulk.test.ts (ten thousand at once), rule-changes.test.ts (a rule that fires everywhere).
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

import { SYSTEM } from '../domain/actor.ts';
import { HOME } from '../domain/home.ts';
import { ownerOf, shareOwner, shareTestServer, startTestServer } from '../fixture.ts';

const LOCAL = { smtp: undefined, privateHosts: new Set(['127.0.0.1']), heartbeatUrl: undefined };
const server = shareTestServer({ notices: LOCAL });
const owner = shareOwner(server);
beforeAll(() => server().commit({ type: 'create site', actor: SYSTEM, ...HOME }));

const answer = z.looseObject({
  code: z.string().default(''),
  detail: z.string().default(''),
  id: z.string().default(''),
  isSent: z.boolean().optional(),
  answer: z.string().default(''),
  items: z.array(z.unknown()).default([]),
});
type Where = { readonly url: string; readonly headers: Readonly<Record<string, string>> };
const here = (): Where => ({ url: server().url, headers: owner() });

const call = async (method: string, path: string, sent?: object, { url, headers } = here()) => {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: sent ? { ...headers, 'content-type': 'application/json' } : headers,
    ...(sent && { body: JSON.stringify(sent) }),
  });
  const text = await response.text();
  return { status: response.status, ...answer.parse(text === '' ? {} : JSON.parse(text)) };
};

const DAY = [{ from: '09:00', to: '17:00' }];
const WEEK = [DAY, DAY, DAY, DAY, DAY, [], []];
const calendar = (change: object) => ({
  tenant: 'home',
  name: 'Office',
  zone: 'Europe/Berlin',
  week: WEEK,
  holidays: [],
  ...change,
});
const SPAN = { kind: 'once', start: '2039-12-31T00:00:00.000Z', end: '2040-01-01T00:00:00.000Z' };
const maintenance = (time: object) => ({ tenant: 'home', scope: { kind: 'tenant' }, time, reason: '' });
const WEEKLY = { kind: 'weekly', zone: 'UTC', days: [7], from: '02:00', minutes: 60, until: SPAN.end };
const rota = (change: object) => ({
  name: 'first',
  zone: 'UTC',
  start: '2026-01-01',
  people: [{ name: 'Eva', channel: 'c_none' }],
  ...change,
});
const channel = (settings: object) => ({ name: 'x', settings });
const rule = (levels: object) => ({ version: 0, document: { levels: [{ any: [levels] }] } });
const RULE = '/rules/disk.space/overrides/tenant/home?tenant=home';

type Case = readonly [what: string, method: string, path: string, sent: object, status: number, says: RegExp];
const CASES: readonly Case[] = [
  [
    'a calendar in an unknown zone',
    'POST',
    '/calendars',
    calendar({ zone: 'Mars/Base' }),
    400,
    /"Mars\/Base" is no time zone\. Name one of/,
  ],
  [
    'a calendar without hours',
    'POST',
    '/calendars',
    calendar({ week: [[], [], [], [], [], [], []] }),
    400,
    /no hours: open it on one day/,
  ],
  [
    'hours of a day that overlap',
    'POST',
    '/calendars',
    calendar({ week: [[...DAY, { from: '16:00', to: '18:00' }], ...WEEK.slice(1)] }),
    400,
    /Monday: the ranges overlap at 16:00\. Make one of them/,
  ],
  [
    'a maintenance window in an unknown zone',
    'POST',
    '/maintenance',
    maintenance({ ...WEEKLY, zone: 'Mars/Base' }),
    400,
    /time\.zone: "Mars\/Base" is no time zone; write one as/,
  ],
  [
    'a maintenance window that ends before it begins',
    'POST',
    '/maintenance',
    maintenance({ ...SPAN, start: '2040-01-02T00:00:00.000Z' }),
    400,
    /ends before it begins/,
  ],
  [
    'a rota in an unknown zone',
    'POST',
    '/rotas',
    rota({ zone: 'Mars/Base' }),
    400,
    /zone not a time zone such as Europe/,
  ],
  [
    'a rota whose people have no channel',
    'POST',
    '/rotas',
    rota({}),
    400,
    /There is no channel "c_none" that this rota could use/,
  ],
  [
    'a threshold that clears above where it fires',
    'PUT',
    RULE,
    rule({ clearAt: 0.95 }),
    422,
    /clearAt: clears at 0\.95, which is above where it fires/,
  ],
  ['a field that a rule does not have', 'PUT', RULE, rule({ fireAbove: 0.9 }), 422, /fireAbove/],
  ['an enrolment token for no site', 'POST', '/enroll-tokens', { site: "x' OR 1" }, 400, /There is no site "x' OR 1"/],
  ['an enrolment token for ever', 'POST', '/enroll-tokens', { site: 'home', hours: 10_000 }, 400, /hours.*720/],
  ['an enrolment token for nobody', 'POST', '/enroll-tokens', { site: 'home', maxUses: 0 }, 400, /maxUses.*1/],
  ['a channel to a file', 'POST', '/channels', channel({ kind: 'webhook', url: 'file:///etc/passwd' }), 400, /url/],
  [
    'a recipient with a header of its own',
    'POST',
    '/channels',
    channel({ kind: 'email', to: ['a@example.org\r\nBcc: b@example.org'] }),
    400,
    /to.*email/i,
  ],
  [
    'a token with a header of its own',
    'POST',
    '/channels',
    channel({ kind: 'ntfy', url: 'https://ntfy.sh', topic: 't', token: 'a\r\nX: y' }),
    400,
    /token/,
  ],
];

describe('the API refuses', () => {
  it.each(CASES)('%s, and says so', async (_what, ...[method, path, sent, status, says]) => {
    const list = path === RULE ? '/rules/overrides' : path;
    const before = await call('GET', list);
    const refused = await call(method, path, sent);
    expect(refused.detail).toMatch(says);
    expect(refused.code).not.toBe('');
    expect(refused.status).toBe(status);
    expect((await call('GET', list)).items).toEqual(before.items);
  });

  it('an escalation that goes round in a circle, with the way that it goes', async () => {
    const { id: channelId } = await call(
      'POST',
      '/channels',
      channel({ kind: 'webhook', url: 'https://hook.example/' }),
    );
    const people = [{ name: 'Eva', channel: channelId }];
    const first = await call('POST', '/rotas', rota({ people }));
    const second = await call(
      'POST',
      '/rotas',
      rota({ name: 'second', people, escalation: { afterMinutes: 5, to: first.id } }),
    );
    const circle = rota({ people, escalation: { afterMinutes: 5, to: second.id } });
    expect(await call('PUT', `/rotas/${first.id}`, circle)).toMatchObject({
      status: 400,
      code: 'escalation_circle',
      detail: /goes round in a circle: .*first.*second.*Let the last one end it/,
    });
  });

  it('no maintenance windows that overlap: both hold', async () => {
    const both = [
      await call('POST', '/maintenance', maintenance(SPAN)),
      await call('POST', '/maintenance', maintenance({ ...SPAN, start: '2039-12-30T12:00:00.000Z' })),
    ];
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
  });
});

/** @returns the port of a receiver that does this */
const receive = async (listener: RequestListener): Promise<number> => {
  const receiver = createServer(listener);
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    receiver.closeAllConnections();
    receiver.close();
  });
  return (receiver.address() as AddressInfo).port;
};

/** What the one who sets a channel up is told when they try it. */
const tried = async (settings: object, where = here()) => {
  const { id } = await call('POST', '/channels', channel(settings), where);
  const { isSent, answer: said } = await call('POST', `/channels/${id}/test`, {}, where);
  await call('DELETE', `/channels/${id}`, undefined, where);
  expect((await call('GET', '/server', undefined, where)).status).toBe(200);
  return { isSent, said };
};

describe('a channel that is tried says what is wrong:', () => {
  it.each([
    ['http://10.0.0.1/hook', '10.0.0.1'],
    ['http://[::1]/hook', '::1'],
    ['http://2130706434/hook', '127.0.0.2'],
  ])('%s is within a private network', async (url, host) => {
    const { isSent, said } = await tried({ kind: 'webhook', url });
    expect([isSent, said]).toEqual([false, expect.stringContaining(`${host} is inside a private network`)]);
    expect(said).toContain('The administrator can allow it: notices.private_hosts');
  });

  it('a name that leads to this machine when the message is sent', async () => {
    let asked = 0;
    const port = await receive((_request, response) => response.end(String((asked += 1))));
    const { isSent, said } = await tried({ kind: 'webhook', url: `http://localhost:${port}/` });
    expect([isSent, asked]).toEqual([false, 0]);
    expect(said).toContain('localhost is inside a private network');
  });

  it('an answer that leads elsewhere', async () => {
    const port = await receive((_request, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    );
    expect(await tried({ kind: 'webhook', url: `http://127.0.0.1:${port}/` })).toEqual({
      isSent: false,
      said: '302: redirects are not followed. Name the address that it leads to.',
    });
  });

  it('nothing, where the answer of ten megabytes was a good one: a little of it is shown', async () => {
    const port = await receive((_request, response) => response.end('x'.repeat(10_000_000)));
    const { isSent, said } = await tried({ kind: 'webhook', url: `http://127.0.0.1:${port}/` });
    expect([isSent, said.length <= 300]).toEqual([true, true]);
  });

  it.each<readonly [what: string, options: SMTPServerOptions, says: RegExp]>([
    [
      'a mail server that does not know the password',
      {
        authOptional: false,
        allowInsecureAuth: true,
        onAuth: (_auth, _session, done) => done(Object.assign(new Error('wrong password'), { responseCode: 535 })),
      },
      /535 .*wrong password/,
    ],
    [
      'a mail server that does not know the mailbox',
      { onRcptTo: (_to, _session, done) => done(Object.assign(new Error('no such mailbox'), { responseCode: 550 })) },
      /550 .*no such mailbox/,
    ],
  ])('%s', async (_what, options, says) => {
    const mails = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], logger: false, ...options });
    mails.on('error', () => undefined);
    await new Promise<void>((resolve) => void mails.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => mails.close(() => resolve())));
    const { port } = mails.server.address() as AddressInfo;
    const login = { user: 'fettle', password: 'x' };
    const smtp = {
      host: '127.0.0.1',
      port,
      security: 'none',
      from: 'fettle@example.org',
      login: options.onAuth && login,
    } as const;
    const own = await startTestServer({ notices: { ...LOCAL, smtp } });
    const { isSent, said } = await tried(
      { kind: 'email', to: ['ops@example.org'] },
      { url: own.url, headers: await ownerOf(own) },
    );
    expect(isSent).toBe(false);
    expect(said).toMatch(says);
  });
});
