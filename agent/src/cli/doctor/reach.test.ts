// The way to a server, with real servers on the loopback: which step fails, and what is said of it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type RequestListener, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, type Server, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import type { Finding } from './finding.ts';
import { reachServer } from './reach.ts';

const STRAIGHT = { ca: undefined, agent: undefined };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const listen = async (server: Server): Promise<number> => {
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const healthy =
  (aheadMs = 0): RequestListener =>
  (_request, response) => {
    response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString());
    response.end('{"status":"ok"}');
  };
const levels = (findings: readonly Finding[]) => findings.map(({ level, about }) => `${level} ${about}`);
const last = (findings: readonly Finding[]): Finding | undefined => findings.at(-1);

describe('without TLS', () => {
  it('all well, but for the missing encryption', async () => {
    const port = await listen(createServer(healthy()));
    expect(levels(await reachServer(`http://localhost:${port}`, STRAIGHT))).toEqual([
      'ok server name',
      'ok server connection',
      'warn server TLS',
      'ok server answer',
      'ok clock',
    ]);
  });

  it.each<[what: string, aheadS: number, level: string, text: RegExp]>([
    ['an hour ahead', -3_600, 'fail', /3\d{3} s ahead of the server/],
    ['an hour behind', 3_600, 'fail', /3\d{3} s behind the server/],
    ['half a minute behind', 30, 'warn', /\d\d s behind the server/],
  ])('this clock is %s', async (_what, aheadS, level, text) => {
    const port = await listen(createServer(healthy(aheadS * 1_000)));
    const clock = last(await reachServer(`http://127.0.0.1:${port}`, STRAIGHT));
    expect(clock).toMatchObject({ level, about: 'clock', text: expect.stringMatching(text) as string });
  });

  it.each<[what: string, answer: RequestListener]>([
    ['another program', (_request, response) => void response.end('<html>It works!</html>')],
    ['a proxy that is alone', (_request, response) => void response.writeHead(502).end('"ok"')],
    ['a redirection', (_request, response) => void response.writeHead(301, { location: '/' }).end()],
    ['an answer without end', (_request, response) => void response.end('x'.repeat(100_000))],
  ])('%s is no Fettle server', async (_what, answer) => {
    const port = await listen(createServer(answer));
    const found = last(await reachServer(`http://127.0.0.1:${port}`, STRAIGHT));
    expect(found).toMatchObject({
      level: 'fail',
      about: 'server answer',
      fix: expect.stringContaining('server.url') as string,
    });
  });

  it('a port where nobody listens', async () => {
    const port = await listen(createTcpServer());
    servers.pop()?.close();
    const found = last(await reachServer(`http://127.0.0.1:${port}`, STRAIGHT));
    expect(found).toMatchObject({ level: 'fail', about: 'server connection' });
    expect(found?.text).toContain('ECONNREFUSED');
  });

  it('a name that nobody has', async () => {
    const found = await reachServer('https://nobody.invalid', STRAIGHT);
    expect(levels(found)).toEqual(['fail server name']);
  });
});

const { skip, why } = missing(needs.openssl);
describe.skipIf(skip)(`with TLS${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-reach-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  beforeAll(() => {
    const how = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost'.split(' ');
    const where = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', 'key.pem', '-out', 'cert.pem'];
    execFileSync('openssl', [...how, ...where], { cwd: folder, stdio: 'pipe' });
  });
  const start = () => listen(createTlsServer({ key: read('key.pem'), cert: read('cert.pem') }, healthy()));

  it('all well, with the authority that is set', async () => {
    const found = await reachServer(`https://localhost:${await start()}`, { ...STRAIGHT, ca: read('cert.pem') });
    expect(levels(found)).toEqual(
      ['server name', 'server connection', 'server TLS', 'server answer', 'clock'].map((about) => `ok ${about}`),
    );
  });

  it.each<[what: string, host: string, isTrusted: boolean, text: RegExp]>([
    ['an authority that nobody trusts', 'localhost', false, /server\.ca_file/],
    ['a certificate for another name', '127.0.0.1', true, /certificate for this one/],
  ])('%s', async (_what, host, isTrusted, text) => {
    const found = last(
      await reachServer(`https://${host}:${await start()}`, {
        ...STRAIGHT,
        ca: isTrusted ? read('cert.pem') : undefined,
      }),
    );
    expect(found).toMatchObject({ level: 'fail', about: 'server TLS', text: expect.stringMatching(text) as string });
  });

  it('a server that speaks none', async () => {
    const port = await listen(createServer(healthy()));
    const found = last(await reachServer(`https://localhost:${port}`, STRAIGHT));
    expect(found).toMatchObject({ level: 'fail', about: 'server TLS' });
  });
});
