// Beyond plain loopback: the server with a certificate, the agent with the authority that signed it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { missing } from '../support/needs.ts';
import { Pair } from '../support/pair.ts';
import { temporaryFolder } from '../support/place.ts';
import { until } from '../support/until.ts';

const { skip, why } = missing({ isMet: existsSync('/usr/bin/openssl'), reason: 'needs openssl' });

/** An authority, and a certificate for 127.0.0.1 signed by it. */
const makeCertificates = (folder: string) => {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '1',
    '-subj',
    '/CN=Test authority',
  );
  openssl(
    'req',
    ...key,
    '-keyout',
    at('key.pem'),
    '-out',
    at('request.pem'),
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
  );
  const signed = [
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-copy_extensions',
    'copy',
    '-days',
    '1',
  ];
  openssl('x509', '-req', '-in', at('request.pem'), ...signed, '-out', at('cert.pem'));
  return { ca: at('ca.pem'), cert: at('cert.pem'), key: at('key.pem') };
};

describe.skipIf(skip)(`TLS${why}`, () => {
  const folder = temporaryFolder();
  const pair = new Pair(folder.path);
  let files: ReturnType<typeof makeCertificates>;

  beforeAll(async () => {
    files = makeCertificates(folder.path);
    await pair.startServer('--cert-file', files.cert, '--key-file', files.key);
  });

  afterAll(async () => {
    await pair.stop();
    folder.remove();
  });

  it('an agent that does not know the authority enrols nowhere, and says why', async () => {
    const stranger = await pair.startAgent();
    await until('its message', () => /cannot be reached: .*(?:certificate|self.signed)/.test(stranger.stderr()));
    await pair.killAgent();
  });

  it('an agent with the CA file enrols and connects', async () => {
    await pair.startAgent({ FETTLE_CA_FILE: files.ca });
    await until('a status', () => pair.agentStatus()?.link.state === 'open');
    expect(new URL(pair.url).protocol).toBe('https:');
  });
});
