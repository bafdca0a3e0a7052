// Beyond plain loopback: the server with a certificate, the agent with the authority that signed it.
import { existsSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Certificates, makeCertificates } from '../../scripts/certificates.ts';
import { until } from '../../scripts/until.ts';
import { missing } from '../support/needs.ts';
import { Pair } from '../support/pair.ts';
import { temporaryFolder } from '../support/place.ts';

const { skip, why } = missing({ isMet: existsSync('/usr/bin/openssl'), reason: 'needs openssl' });

describe.skipIf(skip)(`TLS${why}`, () => {
  const folder = temporaryFolder();
  const pair = new Pair(folder.path);
  let files: Certificates;

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
