// Looks at real things on loopback: ping, ports, sites with certificates that openssl made.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type RequestListener, createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { checkHost } from '../../host/check-host.ts';
import { systemClock } from '../../host/clock.ts';
import { childHostAt, installProgram } from '../fixture.ts';
import type { CheckLine } from './check-line.schema.ts';
import { checkLine } from './check-line.schema.ts';
import { type DeclaredCheck, checksOf } from './check.ts';
import { createLook } from './look.ts';

const root = mkdtempSync(join(tmpdir(), 'fettle-look-'));
afterAll(() => rmSync(root, { recursive: true }));

const look = async (declared: Omit<DeclaredCheck, 'name'>, at = ''): Promise<CheckLine> => {
  const [check] = checksOf([{ name: 'target', timeout: 2, ...declared }]);
  if (!check) throw new Error('one was declared');
  return checkLine.parse(await createLook(checkHost(childHostAt(at)), systemClock)(check));
};

const valuesOf = ({ samples }: CheckLine) =>
  Object.fromEntries(samples.map(({ metric, value }) => [metric.replace('fettle.check.', ''), value]));

const open: Server[] = [];
afterAll(() => {
  for (const server of open) server.close();
});

const portOf = async (server: Server): Promise<number> => {
  open.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it listens nowhere');
  return address.port;
};

/** Nobody listens there any more. */
const closedPort = async (): Promise<number> => {
  const server = createServer();
  const port = await portOf(server);
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
};

describe('by ping', () => {
  const { skip, why } = missing(needs.ping);
  const ping = { kind: 'icmp', host: '127.0.0.1' } as const;

  it.skipIf(skip).concurrent(`this machine answers itself${why}`, { timeout: 15_000 }, async () => {
    const line = await look(ping);
    expect(line).toMatchObject({ verdict: 'passed', cost: { children: 1 } });
    expect(line.samples[0]?.attributes).toEqual({ 'fettle.check.name': 'target/ping' });
    expect(valuesOf(line)).toMatchObject({ state: 1, loss: 0 });
    expect(valuesOf(line)['latency']).toBeLessThan(0.1);
  });

  it.skipIf(skip).concurrent(
    `a name that nobody knows is a failure of the target${why}`,
    { timeout: 15_000 },
    async () => {
      const line = await look({ ...ping, host: 'nowhere.invalid' });
      expect(line).toMatchObject({
        verdict: 'failed',
        reason: { detail: expect.stringContaining('nowhere.invalid') as string },
      });
      expect(valuesOf(line)).toEqual({ state: 0, loss: 1 });
    },
  );

  it.concurrent.each<[what: string, script: string | undefined, verdict: CheckLine['verdict'], detail: string]>([
    ['is not installed: nothing is known of the target', undefined, 'unknown', 'ping is not installed'],
    [
      'may not be used',
      "echo 'ping: socktype: SOCK_RAW: Operation not permitted' >&2; exit 2",
      'unknown',
      'Operation not permitted',
    ],
    ['says nothing', 'exit 1', 'failed', 'ping said nothing'],
    ['says it in UTF-16', "printf '3\\0 \\0p\\0a\\0'; exit 0", 'failed', 'ping said nothing'],
    ['writes 20 MiB', 'head -c 20971520 /dev/zero', 'failed', 'wrote more than'],
    ['hangs', 'sleep 30', 'failed', 'did not end within'],
  ])('that %s', { timeout: 15_000 }, async (_what, script, verdict, detail) => {
    const at = mkdtempSync(join(root, 'ping-'));
    if (script !== undefined) installProgram(at, 'usr/bin/ping', script);
    const line = await look({ ...ping, timeout: 1 }, at);
    expect(line).toMatchObject({ verdict, reason: { detail: expect.stringContaining(detail) as string } });
    if (verdict === 'unknown') expect(line.samples).toEqual([]);
  });
});

describe('by TCP', () => {
  it('an open port passes, with the time that it took', async () => {
    const port = await portOf(createServer((socket) => socket.destroy()));
    const line = await look({ kind: 'tcp', host: '127.0.0.1', port });
    expect(line).toMatchObject({ verdict: 'passed', facts: [{ value: `127.0.0.1 port ${port}` }] });
    expect(line.samples[0]?.attributes).toEqual({ 'fettle.check.name': `target/tcp ${port}` });
    expect(valuesOf(line)['latency']).toBeLessThan(1);
  });

  it.each([
    ['127.0.0.1', 'the connection was refused'],
    ['nowhere.invalid', 'the name'],
  ])('a closed one at %s fails: %s', async (host, detail) => {
    const line = await look({ kind: 'tcp', host, port: await closedPort() });
    expect(line).toMatchObject({ verdict: 'failed', reason: { detail: expect.stringContaining(detail) as string } });
    expect(valuesOf(line)).toEqual({ state: 0 });
  });
});

describe('by HTTP', () => {
  const answer: RequestListener = (request, response) => {
    if (request.url === '/silent') return;
    if (request.url === '/cut') return void request.socket.destroy();
    response.statusCode = Number(request.url?.slice(1) ?? 200) || 200;
    response.end(`<h1>Welcome</h1>${'.'.repeat(300_000)}THE END`);
  };
  let url = '';

  beforeAll(async () => {
    url = `http://127.0.0.1:${await portOf(createHttpServer(answer))}`;
  });

  it.each<[what: string, path: string, change: Partial<DeclaredCheck>, problem: string | undefined]>([
    ['any good status passes', '/204', {}, undefined],
    ['a redirect passes, and is not followed', '/301', {}, undefined],
    ['a bad status fails', '/503', {}, 'the status is 503'],
    ['the declared status passes, whatever it is', '/401', { status: 401 }, undefined],
    ['another than the declared one fails', '/200', { status: 401 }, 'the status is 200'],
    ['the text is there', '/200', { text: 'Welcome' }, undefined],
    ['the text is not there', '/200', { text: 'Goodbye' }, 'the page lacks the text'],
    ['a text behind the first 256 KiB is not found', '/200', { text: 'THE END' }, 'the page lacks the text'],
    ['no answer', '/silent', { timeout: 1 }, 'no answer within 1 s'],
    ['a connection that is cut', '/cut', {}, 'the connection was cut'],
  ])('%s', async (_what, path, change, problem) => {
    const line = await look({ kind: 'http', url: `${url}${path}`, ...change });
    expect(line.verdict).toBe(problem === undefined ? 'passed' : 'failed');
    expect(line.reason?.detail ?? '').toContain(problem ?? '');
    expect(valuesOf(line)['status']).toBe(/^\/\d/.test(path) ? Number(path.slice(1)) : undefined);
  });

  it('is called by its address without what may be a secret', async () => {
    const line = await look({ kind: 'http', url: `${url}/200?token=hush#x` });
    expect(line.samples[0]?.attributes).toEqual({ 'fettle.check.name': `target/${url}/200` });
    expect(JSON.stringify(line)).not.toContain('hush');
  });

  it('speaks no TLS with who speaks none', async () => {
    expect(await look({ kind: 'http', url: url.replace('http', 'https') })).toMatchObject({ verdict: 'failed' });
  });
});

const { skip: noOpenssl, why: whyNot } = missing(needs.openssl);

describe.skipIf(noOpenssl)(`the certificate of a site${whyNot}`, () => {
  const DAY_S = 86_400;
  const openssl = (cwd: string, ...args: readonly string[]): void =>
    void execFileSync('openssl', args, { stdio: 'pipe', cwd });

  /** Signed by itself. */
  const certify = (name: string, days: number) => {
    const folder = join(root, name);
    mkdirSync(folder);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'key.pem'];
    openssl(folder, 'req', ...key, '-subj', `/CN=${name}`, '-out', 'request.pem');
    openssl(
      folder,
      'x509',
      '-req',
      '-in',
      'request.pem',
      '-signkey',
      'key.pem',
      '-days',
      String(days),
      '-out',
      'cert.pem',
    );
    return { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };
  };

  it.each([
    ['ends in five days', 5],
    ['ends at once', 0],
  ])('that %s is read, although nobody vouches for it', async (what, days) => {
    const issuer = what.replaceAll(' ', '-');
    const server = createHttpsServer(certify(issuer, days), (_request, response) => void response.end('hello'));
    const line = await look({ kind: 'http', url: `https://127.0.0.1:${await portOf(server)}/` });
    expect(line.verdict).toBe('passed');
    const left = valuesOf(line)['certificate.remaining'] ?? Number.NaN;
    expect(left).toBeLessThanOrEqual(days * DAY_S);
    expect(left).toBeGreaterThan(days * DAY_S - 120);
    expect(line.facts).toContainEqual({ label: 'Certificate by', value: issuer });
    expect(line.facts.find(({ label }) => label === 'Certificate is trusted')?.value).toMatch(/^no: /);
  });
});
