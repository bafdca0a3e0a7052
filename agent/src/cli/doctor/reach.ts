// Which step of the way to the server fails: its name, the connection, TLS, the answer. And what its clock says.
import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Socket, connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { connectionProblem } from '@fettle/shared/words/connection-problem';

import type { Way } from '../../host/http.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const STEP_MS = 5_000;
const SKEW_FAIL_S = 60;
const SKEW_WARN_S = 5;
/** The header counts whole seconds. */
const DATE_RESOLUTION_S = 1;

type Target = Way & { readonly url: URL; readonly host: string; readonly port: number };
type Step = {
  readonly about: string;
  readonly take: (target: Target) => Promise<readonly Finding[]>;
  readonly fix: string;
};

const steps: readonly Step[] = [
  { about: 'server name', take: resolveName, fix: 'check the name in server.url, and the DNS of this machine' },
  {
    about: 'server connection',
    take: connectPlain,
    fix: 'check the port in server.url, firewalls on the way, and that the server runs',
  },
  { about: 'server TLS', take: handshake, fix: 'see the README of the server: TLS' },
  { about: 'server answer', take: ask, fix: 'check that server.url is that of a Fettle server' },
];

/** Up to the first step that fails. Through a proxy only what answers at its end is seen. */
export const reachServer = async (address: string, way: Way): Promise<readonly Finding[]> => {
  const url = new URL(address);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const findings: Finding[] = [];
  for (const { about, take, fix } of way.agent ? steps.slice(-1) : steps) {
    try {
      findings.push(...(await take({ url, host, port, ...way })));
    } catch (error) {
      const problem = connectionProblem(error);
      const hasAdvice = problem.endsWith(')');
      return [...findings, fail(about, `${url.origin}: ${problem}`, hasAdvice ? undefined : fix)];
    }
  }
  return findings;
};

async function resolveName({ host }: Target): Promise<readonly Finding[]> {
  if (isIP(host) !== 0) return [];
  const found = await inTime(lookup(host, { all: true }));
  return [ok('server name', `${host} is ${found.map(({ address }) => address).join(', ')}`)];
}

async function connectPlain({ host, port }: Target): Promise<readonly Finding[]> {
  const startedMs = performance.now();
  await opened(connect({ host, port }), 'connect');
  return [ok('server connection', `port ${port} answers within ${Math.ceil(performance.now() - startedMs)} ms`)];
}

async function handshake({ url, host, port, ca }: Target): Promise<readonly Finding[]> {
  if (url.protocol !== 'https:')
    return [warn('server TLS', 'the way to the server is not encrypted', 'use https in server.url')];
  const servername = isIP(host) === 0 ? { servername: host } : {};
  await opened(connectTls({ host, port, ...servername, ...(ca !== undefined && { ca }) }), 'secureConnect');
  return [ok('server TLS', 'the certificate is trusted')];
}

const opened = async (socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once(event, resolve).once('error', reject);
  try {
    await inTime(promise);
  } finally {
    socket.destroy();
  }
};

async function ask({ url, ...way }: Target): Promise<readonly Finding[]> {
  const { status, date, body } = await inTime(get(new URL('/healthz', url), way));
  if (status !== 200 || !body.includes('"ok"'))
    throw new Error(`answered ${status} where a Fettle server says that it is well`);
  return [ok('server answer', 'it is well'), ...clockFindings(date)];
}

type Answer = { readonly status: number; readonly date: string; readonly body: string };
const BODY_MAX = 4_096;

const get = (url: URL, { ca, agent }: Way): Promise<Answer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send(url, { agent: agent ?? false, ...(ca !== undefined && { ca }) }, (response) => {
    let body = '';
    response.on('data', (chunk: Buffer) => {
      body += chunk.toString();
      if (body.length > BODY_MAX) request.destroy(new Error('answered more than a Fettle server does'));
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, date: response.headers.date ?? '', body }));
  });
  request.on('error', reject).end();
  return promise;
};

const clockFindings = (date: string): readonly Finding[] => {
  const offS = (Date.now() - Date.parse(date)) / 1000;
  if (!Number.isFinite(offS)) return [];
  const off = Math.max(0, Math.abs(offS) - DATE_RESOLUTION_S);
  const text = `this machine is ${Math.round(off)} s ${offS > 0 ? 'ahead of' : 'behind'} the server`;
  if (off > SKEW_FAIL_S)
    return [fail('clock', text, 'set one of the clocks right; see: fettle-agent collect --once clock')];
  return [
    off > SKEW_WARN_S ? warn('clock', text, 'see: fettle-agent collect --once clock') : ok('clock', 'as the server’s'),
  ];
};

const inTime = async <T>(work: Promise<T>): Promise<T> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${STEP_MS / 1000} s`)), STEP_MS);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
