// What load balancers, metrics systems and browsers go by; and the form of every refusal.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { problem } from '@fettle/shared/api/common.schema';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { freshFolder, ownerOf, shareOwner, shareTestServer, startTestServer } from '../fixture.ts';
import { makeBackup } from '../store/copies/make-backup.ts';

const keeping = { hourly: 2, daily: 2 };

const server = shareTestServer();
const owner = shareOwner(server);

const busyFolder = freshFolder();
const busy = shareTestServer({ folder: busyFolder });
let asked: Promise<Response>;
let other: Database.Database;

beforeAll(async () => {
  other = new Database(join(busyFolder, 'fettle.db'));
  other.exec('BEGIN IMMEDIATE');
  asked = fetch(`${busy().url}/readyz`); // the writer waits for the other program while the other tests run
});

const ask = (path: string, init: RequestInit = {}) => fetch(`${server().url}${path}`, init);

describe('health', () => {
  it('the process runs; the databases can be written', async () => {
    expect(await (await ask('/healthz')).json()).toEqual({ status: 'ok' });
    expect(await (await ask('/readyz')).json()).toEqual({ status: 'ready' });
  });

  it('metrics: what came from agents, who is connected, what waits, and the process', async () => {
    const answer = await ask('/metrics', { headers: owner() });
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    const lines = await answer.text();
    for (const name of ['fettle_agents_connected 0', 'fettle_devices 0', 'fettle_viewers 0', 'fettle_writer_waiting 0'])
      expect(lines).toContain(`\n${name}\n`);
    for (const name of ['fettle_ingest_total', 'process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds'])
      expect(lines).toContain(`# TYPE ${name} `);
  });
});

it.each(['/healthz', '/api/openapi.json', '/nothing', '/api/v1/devices'])(
  '%s comes with the headers that keep a browser safe',
  async (path) => {
    const { headers } = await ask(path);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'self';.*frame-ancestors 'none'/);
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('strict-transport-security')).toBeNull(); // plain HTTP, of loopback only
  },
);

describe("the server's own health", () => {
  const health = z.object({ problems: z.array(z.string()), damage: z.array(z.string()), backup: z.unknown() });

  it('is told the owner: nothing is wrong, and no backup was made yet', async () => {
    expect(await (await ask('/api/v1/server/health', { headers: owner() })).json()).toEqual({
      problems: [],
      damage: [],
      backup: null,
    });
  });

  it('names the last backup, also one of a server before it, and what is wrong with it; everybody hears that something is', async () => {
    const [folder, backups] = [freshFolder(), freshFolder()];
    const first = await startTestServer({ folder });
    await makeBackup({ from: folder, to: backups, kind: 'daily', keeping, nowMs: Date.now() }, () => undefined);
    await first.close();
    const start = () => startTestServer({ folder, backups: { folder: backups, ...keeping } });
    const read = async ({ url, ...server }: Awaited<ReturnType<typeof start>>) => {
      const headers = await ownerOf(server);
      const ready: unknown = await (await fetch(`${url}/readyz`)).json();
      return { ready, ...health.parse(await (await fetch(`${url}/api/v1/server/health`, { headers })).json()) };
    };
    const second = await start();
    expect(await read(second)).toMatchObject({
      ready: { status: 'ready' },
      problems: [],
      backup: { kind: 'daily', problems: [] },
    });
    await second.close();
    const [made = ''] = readdirSync(backups);
    const manifest = join(backups, made, 'backup.json');
    writeFileSync(
      manifest,
      readFileSync(manifest, 'utf8').replace('"problems": []', '"problems": ["fettle.db: damaged"]'),
    );
    expect(await read(await start())).toMatchObject({
      ready: { status: 'ready', problems: ['backup_failed'] },
      problems: ['backup_failed'],
      backup: { problems: ['fettle.db: damaged'] },
    });
  }, 20_000);
});

describe('a refusal', () => {
  const json = { 'content-type': 'application/json' };
  const post = (body: string, headers: Readonly<Record<string, string>> = json): RequestInit => ({
    method: 'POST',
    headers,
    body,
  });
  it.each<[string, string, RequestInit, readonly [number, string]]>([
    ['a path that is none', '/api/v1/nothing', {}, [404, 'not_found']],
    ['a method that is none of this path', '/healthz', { method: 'POST' }, [404, 'not_found']],
    ['a path that is no text', '/api/v1/devices/%zz', {}, [400, 'invalid_request']],
    ['a file that is none', '/robots.txt', {}, [404, 'not_found']],
    ['a way out of the folder', '/..%2f..%2fetc%2fpasswd', {}, [404, 'not_found']],
    ['a body over 64 KiB', '/api/v1/session', post(JSON.stringify({ token: 'x'.repeat(70_000) })), [413, 'too_large']],
    [
      'a body of another type',
      '/api/v1/session',
      post('<a/>', { 'content-type': 'text/xml' }),
      [415, 'unsupported_media_type'],
    ],
    [
      'a form, as a foreign page can send it',
      '/api/v1/session',
      post('token=1', { 'content-type': 'application/x-www-form-urlencoded' }),
      [415, 'unsupported_media_type'],
    ],
    ['a body that is no JSON', '/api/v1/session', post('{'), [400, 'invalid_json']],
    ['an empty body', '/api/v1/session', post(''), [400, 'invalid_json']],
    ['a body that would change prototypes', '/api/v1/session', post('{"__proto__":{"a":1}}'), [400, 'invalid_json']],
    ['a body with a field too many', '/api/v1/enroll/challenge', post('{"a":1}'), [400, 'invalid_request']],
  ])('of %s is a problem with a stable code', async (_name, path, init, [status, code]) => {
    const answer = await ask(path, init);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(problem.parse(await answer.json())).toMatchObject({ status, code });
    expect(answer.status).toBe(status);
  });

  it('of what is no HTTP ends the connection', async () => {
    const socket = connect(server().port, '127.0.0.1');
    socket.write('\u{16}\u{3}\u{1} hello\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe.skipIf(!existsSync('/usr/bin/openssl') && process.env['FETTLE_CI'] !== '1')(
  'with a certificate [needs openssl]',
  () => {
    it('serves TLS, tells browsers to stay with it, and refuses TLS 1.1', async () => {
      const place = freshFolder();
      const [certFile, keyFile] = [join(place, 'cert.pem'), join(place, 'key.pem')];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1'];
      const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
      execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', keyFile, '-out', certFile], {
        stdio: 'ignore',
      });
      const own = await startTestServer({ tls: { certFile, keyFile } });
      expect(own.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
      const agent = new Agent({ ca: readFileSync(certFile) });
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      get(`${own.url}/healthz`, { agent }, ({ statusCode, headers }) =>
        resolve([statusCode, headers['strict-transport-security']]),
      ).on('error', reject);
      expect(await promise).toEqual([200, 'max-age=31536000; includeSubDomains']);
      const old = get(`${own.url}/healthz`, {
        agent: new Agent({ ca: readFileSync(certFile), maxVersion: 'TLSv1.1' }),
      });
      await expect(new Promise((_resolve, fail) => old.on('error', fail))).rejects.toThrow();
      await expect(fetch(own.url.replace('https', 'http'))).rejects.toThrow();
      agent.destroy();
    });
  },
);

it('is alive but not ready while another program holds the database, and recovers by itself', async () => {
  expect((await fetch(`${busy().url}/healthz`)).status).toBe(200);
  const answer = await asked;
  expect(answer.status).toBe(503);
  expect(problem.parse(await answer.json()).code).toBe('not_ready');
  other.exec('ROLLBACK');
  other.close();
  expect((await fetch(`${busy().url}/readyz`)).status).toBe(200);
}, 15_000);
