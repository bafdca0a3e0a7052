// Channels, routes, rotas and notices through the API of a whole server, with a receiver that is really sent to.
import { createHmac } from 'node:crypto';
import { type IncomingHttpHeaders, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

import { SYSTEM } from '../domain/actor.ts';
import { shareOwner, shareTestServer } from '../fixture.ts';

const server = shareTestServer({
  pace: { divisor: 1_000, leastMs: 20 },
  notices: { smtp: undefined, privateHosts: new Set(['127.0.0.1']), heartbeatUrl: undefined },
});
const owner = shareOwner(server);

const body = z.looseObject({
  id: z.string().default(''),
  external: z.unknown().optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
  token: z.string().default(''),
  items: z
    .array(z.looseObject({ id: z.string(), state: z.string().optional(), delivery: z.string().nullish() }))
    .default([]),
});

const call = async (
  method: string,
  path: string,
  sent?: unknown,
  headers: Readonly<Record<string, string>> = owner(),
) => {
  const response = await fetch(`${server().url}/api/v1${path}`, {
    method,
    headers: sent === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
  });
  const text = await response.text();
  return { status: response.status, text, ...body.parse(text === '' ? {} : JSON.parse(text)) };
};

type Hit = { readonly headers: IncomingHttpHeaders; readonly text: string };

/** A receiver, and what it got. */
const receive = async (answer: () => number = () => 200) => {
  const hits: Hit[] = [];
  const waiting: (() => void)[] = [];
  const receiver = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => void parts.push(part));
    request.on('end', () => {
      hits.push({ headers: request.headers, text: Buffer.concat(parts).toString('utf8') });
      response.writeHead(answer()).end('thanks');
      for (const tell of waiting.splice(0)) tell();
    });
  });
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void receiver.close());
  const { port } = receiver.address() as AddressInfo;
  const until = async (is: (hits: readonly Hit[]) => boolean) => {
    while (!is(hits)) await new Promise<void>((resolve) => void waiting.push(resolve));
  };
  return { hits, until, url: `http://127.0.0.1:${port}/hook/top-secret-path` };
};

const SECRET = 'a secret of thirty-two characters';
const hook = (url: string) => ({ name: 'hook', settings: { kind: 'webhook', url, secret: SECRET } });

beforeAll(() =>
  server().commit({
    type: 'create site',
    actor: SYSTEM,
    tenant: 'acme',
    tenantName: 'Acme',
    prefix: 'ACME',
    site: 'office',
    siteName: 'Office',
  }),
);

const ingestToken = async () => (await call('POST', '/ingest-tokens', { name: 'prometheus', site: 'office' })).token;

const told = (status: string, severity = 'critical', fingerprint = 'f1') => ({
  version: '4',
  status,
  alerts: [
    {
      status,
      labels: { alertname: 'HighLatency', severity, team: 'db' },
      annotations: { summary: 'Latency is high', description: 'For 5 minutes.' },
      startsAt: '2026-11-23T12:00:00Z',
      endsAt: status === 'resolved' ? '2026-11-23T12:10:00Z' : '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus.example/graph',
      fingerprint,
    },
  ],
});

describe('a channel', () => {
  it('is made, changed, listed and removed, and its secrets never come back', async () => {
    const { url } = await receive();
    const made = await call('POST', '/channels', hook(url));
    expect(made).toMatchObject({ status: 200, kind: 'webhook', isSigned: true, target: new URL(url).origin });
    const change = { name: 'other', isEnabled: true, perHour: 5 };
    const changed = await call('PUT', `/channels/${made.id}`, change);
    expect(changed).toMatchObject({ status: 200, name: 'other', perHour: 5, isSigned: true });
    const listed = await call('GET', '/channels');
    for (const { text } of [made, changed, listed]) {
      expect(text).not.toContain('top-secret-path');
      expect(text).not.toContain(SECRET);
    }
    expect(await call('DELETE', `/channels/${made.id}`)).toMatchObject({ status: 204 });
    expect(await call('GET', '/channels')).toMatchObject({ items: [] });
  });

  it('is tried, and the answer of the receiver is shown; the signature holds', async () => {
    const { url, hits } = await receive();
    const { id } = await call('POST', '/channels', hook(url));
    expect(await call('POST', `/channels/${id}/test`)).toMatchObject({ isSent: true, answer: '200 thanks' });
    const [{ headers, text } = { headers: {}, text: '' }] = hits;
    const stamp = String(headers['fettle-timestamp']);
    const expected = createHmac('sha256', SECRET).update(`${stamp}.${text}`).digest('hex');
    expect(headers['fettle-signature']).toBe(`v1=${expected}`);
    expect(Math.abs(Number(stamp) * 1000 - Date.now())).toBeLessThan(60_000);
    expect(JSON.parse(text)).toMatchObject({ version: '4', status: 'firing', alerts: [{ status: 'firing' }] });
    await call('DELETE', `/channels/${id}`);
  });

  it('to the inside is refused when it is tried, and says what to do', async () => {
    const { id } = await call('POST', '/channels', hook('http://169.254.169.254/latest/meta-data'));
    const answer = /inside a private network .* notices\.private_hosts/;
    expect(await call('POST', `/channels/${id}/test`)).toMatchObject({ isSent: false, answer });
    await call('DELETE', `/channels/${id}`);
  });

  it('by mail without a mail server says what is missing', async () => {
    const { id } = await call('POST', '/channels', {
      name: 'mail',
      settings: { kind: 'email', to: ['a@example.org'] },
    });
    expect(await call('POST', `/channels/${id}/test`)).toMatchObject({ isSent: false, answer: /set smtp\.host/ });
    await call('DELETE', `/channels/${id}`);
  });

  it.each([
    ['no address', { kind: 'webhook', url: 'hook.example' }],
    ['another protocol', { kind: 'webhook', url: 'file:///etc/passwd' }],
    ['a password in the address', { kind: 'webhook', url: 'https://a:b@hook.example/' }],
    ['a short secret', { kind: 'webhook', url: 'https://hook.example/', secret: 'short' }],
    ['a token that would be two headers', { kind: 'ntfy', url: 'https://ntfy.sh', topic: 't', token: 'a\r\nX: y' }],
    ['a mail address that would be two', { kind: 'email', to: ['a@example.org\r\nBcc: b@example.org'] }],
    ['an unknown kind', { kind: 'pigeon' }],
  ])('with %s is refused', async (_name, settings) => {
    expect(await call('POST', '/channels', { name: 'x', settings })).toMatchObject({
      status: 400,
      code: 'invalid_request',
    });
  });

  it('in use is not removed, and a route to nowhere is not made', async () => {
    const { url } = await receive();
    const channel = await call('POST', '/channels', hook(url));
    const route = await call('POST', '/notice-routes', { name: 'all', to: [{ channel: channel.id }] });
    expect(route.status).toBe(200);
    expect(await call('DELETE', `/channels/${channel.id}`)).toMatchObject({
      status: 409,
      code: 'setting_used',
      detail: /"all"/,
    });
    const nowhere = { name: 'x', to: [{ rota: 'o_none' }] };
    expect(await call('POST', '/notice-routes', nowhere)).toMatchObject({ status: 400, code: 'setting_unknown' });
    expect(await call('DELETE', `/notice-routes/${route.id}`)).toMatchObject({ status: 204 });
    expect(await call('DELETE', `/channels/${channel.id}`)).toMatchObject({ status: 204 });
  });

  it('is for those who are signed in, as are routes, rotas, notices and tokens', async () => {
    for (const path of ['/channels', '/notice-routes', '/rotas', '/notices', '/ingest-tokens'])
      expect((await call('GET', path, undefined, {})).status, path).toBe(401);
  });
});

describe('a rota', () => {
  it('says who is on call, can be changed, and goes round in no circle', async () => {
    const { url } = await receive();
    const channel = await call('POST', '/channels', hook(url));
    const rota = {
      name: 'first',
      zone: 'Europe/Berlin',
      start: '2026-01-01',
      people: [{ name: 'Eva', channel: channel.id }],
    };
    const first = await call('POST', '/rotas', rota);
    expect(first).toMatchObject({ status: 200, onCall: 'Eva' });
    const second = await call('POST', '/rotas', {
      ...rota,
      name: 'second',
      escalation: { afterMinutes: 5, to: first.id },
    });
    expect(second.status).toBe(200);
    const circle = { ...rota, escalation: { afterMinutes: 5, to: second.id } };
    expect(await call('PUT', `/rotas/${first.id}`, circle)).toMatchObject({ status: 400, code: 'escalation_circle' });
    expect(await call('PUT', '/rotas/o_none', rota)).toMatchObject({ status: 404 });
    expect(await call('POST', '/rotas', { ...rota, zone: 'Mars/Base' })).toMatchObject({ status: 400 });
    for (const path of [`/rotas/${second.id}`, `/rotas/${first.id}`, `/channels/${channel.id}`])
      expect((await call('DELETE', path)).status).toBe(204);
  });
});

describe('what another system tells', { timeout: 30_000 }, () => {
  it('needs a token of its own kind', async () => {
    const send = (authorization: string) => call('POST', '/ingest/alertmanager', told('firing'), { authorization });
    expect(await send('')).toMatchObject({ status: 401, code: 'ingest_token_unknown' });
    expect(await send(owner().authorization)).toMatchObject({ status: 401, code: 'ingest_token_unknown' });
    const token = await ingestToken();
    const { items } = await call('GET', '/ingest-tokens');
    await call('DELETE', `/ingest-tokens/${items.at(-1)?.id}`);
    expect(await send(`Bearer ${token}`)).toMatchObject({ status: 401 });
  });

  it('is an alert with a ticket, told on by a webhook in the same form, told over when it is over, and listed', async () => {
    const { url, hits, until } = await receive();
    const channel = await call('POST', '/channels', hook(url));
    const route = { name: 'db', tags: ['team=db'], kinds: ['alert'], to: [{ channel: channel.id }] };
    const { id: routeId } = await call('POST', '/notice-routes', route);
    const headers = { authorization: `Bearer ${await ingestToken()}` };
    const tell = (status: string) => call('POST', '/ingest/alertmanager', told(status), headers);
    for (let times = 0; times < 3; times += 1) expect(await tell('firing')).toMatchObject({ status: 200, alerts: 1 });
    const alerts = await call('GET', '/alerts?state=open');
    expect(alerts.items).toMatchObject([
      { rule: 'external.HighLatency', instance: 'f1', severity: 'critical', deviceName: 'external', tenant: 'acme' },
    ]);
    expect((await call('GET', '/tickets')).items).toMatchObject([{ subject: 'Latency is high f1 on external' }]);
    await until(({ length }) => length === 1);
    await tell('resolved');
    await until(({ length }) => length === 2);
    expect(hits.map(({ text }) => JSON.parse(text) as unknown)).toMatchObject([
      {
        status: 'firing',
        alerts: [
          { labels: { team: 'db', alertname: 'external.HighLatency' }, annotations: { summary: 'Latency is high' } },
        ],
      },
      { status: 'resolved', alerts: [{ status: 'resolved' }] },
    ]);
    const keys = hits.map(({ headers: { 'idempotency-key': key } }) => key);
    expect(new Set(keys).size).toBe(2);
    const notices = await call('GET', `/notices?subject=${alerts.items[0]?.id}`);
    expect(notices.items.map(({ kind }) => kind)).toEqual(['alert.resolved', 'alert.fired']);
    for (const path of [`/notice-routes/${routeId}`, `/channels/${channel.id}`]) await call('DELETE', path);
  });

  it('again and again, together or late is taken once: an alert, its end, and what it said with links that are safe', async () => {
    const headers = { authorization: `Bearer ${await ingestToken()}` };
    const tell = (...alerts: readonly object[]) =>
      call('POST', '/ingest/alertmanager', { version: '4', status: 'firing', alerts }, headers);
    const [firing] = told('firing', 'warning', 'r1').alerts;
    const [resolved] = told('resolved', 'warning', 'r1').alerts;
    const [unknown] = told('resolved', 'warning', 'r2').alerts;
    const evil = { ...told('firing', 'warning', 'r3').alerts[0], generatorURL: 'javascript:alert(1)' };
    const annotations = { runbook_url: 'https://wiki.example/latency' };
    if (!firing || !resolved || !unknown) throw new Error('one each');
    const mine = async () => {
      const { items } = await call('GET', '/alerts?rule=external.HighLatency');
      return items.filter(({ instance }) => /^r\d$/.test(String(instance)));
    };
    await tell({ ...firing, annotations }, firing);
    await tell(firing, unknown);
    const one = { instance: 'r1', occurrences: 1 };
    expect(await mine()).toMatchObject([{ ...one, state: 'open', title: 'HighLatency' }]);
    for (let times = 0; times < 3; times += 1) await tell(resolved);
    expect(await mine()).toMatchObject([{ ...one, state: 'resolved', title: 'Latency is high' }]);
    await tell(evil);
    const found = await mine();
    const external = await Promise.all(found.map(async ({ id }) => (await call('GET', `/alerts/${id}`)).external));
    const labels = { alertname: 'HighLatency', severity: 'warning', team: 'db' };
    expect(external.find((one) => JSON.stringify(one).includes('wiki'))).toBeUndefined(); // the last word counts
    expect(external).toContainEqual({
      labels,
      annotations: firing.annotations,
      generatorUrl: 'http://prometheus.example/graph',
      runbookUrl: null,
    });
    expect(external).toContainEqual(expect.objectContaining({ labels, generatorUrl: null }));
  });

  it('that nobody takes is a dead letter, which can be sent again', async () => {
    let status = 400;
    const { url, hits, until } = await receive(() => status);
    const channel = await call('POST', '/channels', hook(url));
    await call('POST', '/notice-routes', { name: 'all', kinds: ['alert'], to: [{ channel: channel.id }] });
    const headers = { authorization: `Bearer ${await ingestToken()}` };
    await call('POST', '/ingest/alertmanager', told('firing', 'warning', 'f2'), headers);
    await until(({ length }) => length === 1);
    const dead = async (): Promise<string> => {
      const { items } = await call('GET', '/notices?state=dead');
      return items[0]?.delivery ?? (await dead());
    };
    const delivery = await dead();
    const metrics = async () => (await fetch(`${server().url}/metrics`, { headers: owner() })).text();
    expect(await call('GET', '/server/health')).toMatchObject({ problems: ['notice_dead'] });
    expect(await metrics()).toMatch(/^fettle_notices_dead 1$/m);
    expect(await metrics()).toMatch(/^fettle_notice_attempts_total\{result="failed"\} [1-9]/m);
    status = 200;
    expect((await call('POST', `/notices/${delivery}/resend`)).status).toBe(204);
    await until(({ length }) => length === 2);
    expect(hits[1]?.headers['idempotency-key']).toBe(hits[0]?.headers['idempotency-key']);
    expect(await call('GET', '/server/health')).toMatchObject({ problems: [] });
    expect(await metrics()).toMatch(/^fettle_notices_dead 0$/m);
    expect((await call('POST', '/notices/m_none/resend')).status).toBe(404);
  });

  it.each([
    ['another version', { version: '3', alerts: [] }],
    ['no time', { version: '4', alerts: [{ status: 'firing', labels: {}, startsAt: 'now', fingerprint: 'f' }] }],
    [
      'labels that are no texts',
      {
        version: '4',
        alerts: [{ status: 'firing', labels: { a: 1 }, startsAt: '2026-11-23T12:00:00Z', fingerprint: 'f' }],
      },
    ],
  ])('with %s is refused', async (_name, message) => {
    const headers = { authorization: `Bearer ${await ingestToken()}` };
    expect(await call('POST', '/ingest/alertmanager', message, headers)).toMatchObject({
      status: 400,
      code: 'invalid_request',
    });
  });
});
