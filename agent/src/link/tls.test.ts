// The link over TLS: with the right authority it opens, and where it does not, its words say what to do.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { missing } from '../../../test/support/needs.ts';
import { playServer } from '../played-server.ts';
import { webSocketDial } from './socket.ts';

const OPENSSL = '/usr/bin/openssl';
const { skip, why } = missing({ isMet: existsSync(OPENSSL), reason: 'needs openssl' });

const folder = mkdtempSync(join(tmpdir(), 'fettle-tls-'));
const at = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(at(name), 'utf8');
const openssl = (...args: readonly string[]) => execFileSync(OPENSSL, args, { stdio: 'ignore' });
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

const makeAuthority = (name: string) =>
  openssl(
    'req',
    '-x509',
    ...NEW_KEY,
    '-keyout',
    at(`${name}.key`),
    '-out',
    at(name),
    '-days',
    '1',
    '-subj',
    '/CN=Test',
  );

/** Signed by the authority `ours`. @param days that it is valid from now on */
const makeCertificate = (name: string, host: string, days: string) => {
  const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=${host}`];
  openssl('req', ...NEW_KEY, '-keyout', at(`${name}.key`), '-out', at('request'), ...subject);
  const signer = ['-CA', at('ours'), '-CAkey', at('ours.key'), '-CAcreateserial', '-copy_extensions', 'copy'];
  openssl('x509', '-req', '-in', at('request'), ...signer, '-days', days, '-out', at(name));
};

describe.skipIf(skip)(`a link over TLS${why}`, () => {
  beforeAll(() => {
    makeAuthority('ours');
    makeAuthority('theirs');
    makeCertificate('good', 'IP:127.0.0.1', '1');
    makeCertificate('other-host', 'DNS:fettle.example', '1');
    makeCertificate('expired', 'IP:127.0.0.1', '-1');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const serve = (certificate: string) =>
    playServer({ server: createServer({ cert: read(certificate), key: read(`${certificate}.key`) }) });

  /** What the first dial comes to: the first text, or why it was lost. */
  const dial = (url: string, ca: string | undefined): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = webSocketDial(url, { ca, agent: undefined })({
      onText: (text) => resolve(`heard ${text}`),
      onHeard: () => undefined,
      onLost: ({ reason }) => resolve(`lost: ${reason}`),
    });
    onTestFinished(() => socket.drop());
    return promise;
  };

  it('opens with the authority that signed the certificate', async () => {
    const server = await serve('good');
    const outcome = dial(server.url, read('ours'));
    (await server.link()).challenge();
    expect(await outcome).toMatch(/^heard \{"type":"challenge"/);
  });

  it.each([
    [
      'with no authority set',
      'good',
      undefined,
      /^lost: unable to verify the first certificate \(.*server\.ca_file\)$/,
    ],
    [
      'with another authority',
      'good',
      'theirs',
      /^lost: unable to verify the first certificate \(.*server\.ca_file\)$/,
    ],
    ['of another host', 'other-host', 'ours', /^lost: .*127\.0\.0\.1 is not in the cert's list.*\(.*server\.url.*\)$/],
    ['with an expired certificate', 'expired', 'ours', /^lost: certificate has expired \(renew .*clock.*\)$/],
  ])('does not open %s, and says what to do', async (_what, certificate, authority, words) => {
    const server = await serve(certificate);
    expect(await dial(server.url, authority === undefined ? undefined : read(authority))).toMatch(words);
    expect(server.links).toEqual([]);
  });

  it('does not open at a port without TLS, and says so', async () => {
    const server = await playServer({ server: createPlainServer() });
    expect(await dial(server.url.replace('http:', 'https:'), undefined)).toMatch(
      /^lost: write EPROTO \(.*no TLS.*server\.url\)$/,
    );
  });
});
