// Through a real proxy to a real server with TLS: requests and WebSockets.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { makeCertificates } from '../../../scripts/certificates.ts';
import { missing, needs } from '../../../test/support/needs.ts';
import { webSocketDial } from '../link/socket.ts';
import { playProxy } from '../played-proxy.ts';
import { playServer } from '../played-server.ts';
import { type Way, postJsonTo } from './http.ts';
import { proxyAgent } from './proxy.ts';

const { skip, why } = missing(needs.openssl);
const folder = mkdtempSync(join(tmpdir(), 'fettle-proxy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LOGIN = 'us er:p@ss:w/rd';
const WRITTEN = 'us%20er:p%40ss%3Aw%2Frd';

describe.skipIf(skip)(`through a proxy${why}`, () => {
  let tls: { readonly cert: string; readonly key: string };
  let ca = '';
  beforeAll(() => {
    const files = makeCertificates(folder);
    ca = readFileSync(files.ca, 'utf8');
    tls = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
  });

  const serve = () => playServer({ server: createServer(tls, (_request, response) => void response.end('{"ok":1}')) });
  const way = (url: string, proxy: string): Way => ({ ca, agent: proxyAgent(url, proxy, {}) });

  it('requests come to the server, with name and password however they are written', async () => {
    const [server, proxy] = [await serve(), await playProxy(LOGIN)];
    const post = postJsonTo(server.url, way(server.url, `http://${WRITTEN}@${proxy.host}`));
    expect(await post('/', {})).toEqual({ status: 200, body: { ok: 1 } });
    expect(proxy.asked).toEqual([new URL(server.url).host]);
  });

  it('a link comes to the server, too', async () => {
    const [server, proxy] = [await serve(), await playProxy(LOGIN)];
    const { promise, resolve } = Promise.withResolvers<string>();
    const dial = webSocketDial(server.url, way(server.url, `http://${WRITTEN}@${proxy.host}`));
    const socket = dial({
      onText: resolve,
      onHeard: () => undefined,
      onLost: ({ reason }) => resolve(`lost: ${reason}`),
    });
    onTestFinished(() => socket.drop());
    (await server.link()).challenge();
    expect(await promise).toMatch(/^\{"type":"challenge"/);
    expect(proxy.asked).toEqual([new URL(server.url).host]);
  });

  it('that wants another password nothing comes, and the reason has no password in it', async () => {
    const [server, proxy] = [await serve(), await playProxy(LOGIN)];
    const { promise, resolve } = Promise.withResolvers<string>();
    const dial = webSocketDial(server.url, way(server.url, `http://me:secret@${proxy.host}`));
    dial({ onText: resolve, onHeard: () => undefined, onLost: ({ reason }) => resolve(reason) });
    expect(await promise).toMatch(/407 .*\(the proxy wants another name and password: set proxy to/);
    expect(await promise).not.toContain('secret');
  });
});

describe('a proxy is used', () => {
  const server = 'https://fettle.example';
  const env = { HTTPS_PROXY: 'http://proxy.example:3128' };
  it.each<[string, boolean, Parameters<typeof proxyAgent>]>([
    ['as the setting says', true, [server, 'http://proxy.example', {}]],
    ['as the environment says', true, [server, undefined, env]],
    ['in lower case, too', true, [server, undefined, { https_proxy: 'http://proxy.example' }]],
    ['not where nobody says so', false, [server, undefined, { HTTP_PROXY: 'http://proxy.example' }]],
    ['not where the setting says none', false, [server, 'none', env]],
    ['not to this machine, by the environment', false, ['https://127.0.0.1:7373', undefined, env]],
    ['to this machine, by the setting', true, ['https://127.0.0.1:7373', 'http://proxy.example', {}]],
    ['not without TLS', false, ['http://fettle.example', undefined, env]],
  ])('%s', (_what, isUsed, words) => {
    expect(proxyAgent(...words) !== undefined).toBe(isUsed);
  });
});

it('NO_PROXY keeps the proxy of the environment out', async () => {
  const proxy = await playProxy();
  const asked = async (noProxy: string) => {
    const env = { HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: noProxy };
    const url = 'https://nobody.invalid:1';
    await postJsonTo(url, { ca: undefined, agent: proxyAgent(url, undefined, env) })('/', {}).catch(() => undefined);
    return proxy.asked.length;
  };
  expect([await asked('.invalid'), await asked('nobody.invalid'), await asked('other.example')]).toEqual([0, 0, 1]);
});
