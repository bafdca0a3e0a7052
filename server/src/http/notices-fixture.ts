// A server that may send to loopback, and somebody who receives there.
import { type IncomingHttpHeaders, createServer } from 'node:http';

import { beforeAll, onTestFinished } from 'vitest';
import { z } from 'zod';

import { SYSTEM } from '../domain/actor.ts';
import { shareOwner, shareTestServer } from '../fixture.ts';
import { portOf } from './port.ts';

export const server = shareTestServer({
  pace: { divisor: 1_000, leastMs: 20 },
  notices: { smtp: undefined, privateHosts: new Set(['127.0.0.1']), heartbeatUrl: undefined },
});
export const owner = shareOwner(server);

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

export const call = async (
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
export const receive = async (answer: () => number = () => 200) => {
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
  const until = async (is: (hits: readonly Hit[]) => boolean) => {
    while (!is(hits)) await new Promise<void>((resolve) => void waiting.push(resolve));
  };
  return { hits, until, url: `http://127.0.0.1:${portOf(receiver)}/hook/top-secret-path` };
};

export const SECRET = 'a secret of thirty-two characters';
export const hook = (url: string) => ({ name: 'hook', settings: { kind: 'webhook', url, secret: SECRET } });

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

export const ingestToken = async () =>
  (await call('POST', '/ingest-tokens', { name: 'prometheus', site: 'office' })).token;

export const told = (status: string, severity = 'critical', fingerprint = 'f1') => ({
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
