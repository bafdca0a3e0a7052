// Certificates that openssl makes, in the forms in which they lie on machines.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { NOTHING_DECLARED } from '../../config/config.ts';
import { readCertificate } from '../../host/certificate.ts';
import { childHostAt } from '../fixture.ts';
import { certificates } from './certificates.ts';
import { certificatesIn } from './pem.parse.ts';

const DAY_S = 86_400;
const { skip, why } = missing(needs.openssl);

describe.skipIf(skip)(`certificates${why}`, () => {
  const made = mkdtempSync(join(tmpdir(), 'fettle-made-'));
  afterAll(() => rmSync(made, { recursive: true, force: true }));
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(made, 'machine-'));
    mkdirSync(join(root, 'etc'));
  });

  const openssl = (args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe', cwd: made });
  const make = (name: string, subject: string, days: number) =>
    openssl(
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
        .split(' ')
        .concat(['-subj', subject, '-days', String(days), '-keyout', `${name}.key`, '-out', `${name}.pem`]),
    );
  const text = (name: string) => readFileSync(join(made, name), 'utf8');
  beforeAll(() => {
    make('web', '/CN=web.example', 30);
    make('mail', '/O=Example/CN=mail.example', 90);
    make('nameless', '/O=Example Trust', 365);
    openssl(['x509', '-in', 'web.pem', '-outform', 'der', '-out', 'web.der']);
  });

  const read = async (files: readonly string[], changes = {}) => {
    const host = childHostAt(root, { declared: { ...NOTHING_DECLARED, 'certificates.files': [...files] }, ...changes });
    const { samples, partial = [] } = await certificates().collect(host, {
      monoMs: 0,
      signal: new AbortController().signal,
    });
    const days = samples.map(({ attributes, value }) => [
      attributes['fettle.certificate.name'],
      Math.round(value / DAY_S),
    ]);
    return { days: Object.fromEntries(days) as Record<string, number>, partial: partial.map(({ detail }) => detail) };
  };
  const put = (path: string, content: string | Buffer) => writeFileSync(join(root, path), content);

  it('in PEM and in DER, by common name and file', async () => {
    put('etc/a.pem', text('mail.pem'));
    put('etc/b.bin', readFileSync(join(made, 'web.der')));
    expect(await read(['/etc/a.pem', '/etc/b.bin'])).toEqual({
      days: { 'mail.example (/etc/a.pem)': 90, 'web.example (/etc/b.bin)': 30 },
      partial: [],
    });
  });

  it('a file of several, with a key between them that goes nowhere', async () => {
    put('etc/chain.pem', `${text('web.pem')}${text('web.key')}${text('mail.pem')}${text('nameless.pem')}`);
    const found = await read(['/etc/chain.pem']);
    expect(Object.keys(found.days)).toEqual(
      ['web.example', 'mail.example', 'Example Trust'].map((name) => `${name} (/etc/chain.pem)`),
    );
    expect(JSON.stringify(found)).not.toContain('PRIVATE');
  });

  it('a folder as certbot lays it out: links, and each certificate once', async () => {
    mkdirSync(join(root, 'etc/live/web.example'), { recursive: true });
    put('etc/stored', text('web.pem'));
    symlinkSync('../../stored', join(root, 'etc/live/web.example/cert.pem'));
    put('etc/live/web.example/fullchain.pem', `${text('web.pem')}${text('mail.pem')}`);
    put('etc/live/web.example/privkey.pem', text('web.key'));
    put('etc/live/README', 'no certificate');
    expect(await read(['/etc/live'])).toEqual({
      days: {
        'web.example (/etc/live/web.example/cert.pem)': 30,
        'mail.example (/etc/live/web.example/fullchain.pem)': 90,
      },
      partial: [],
    });
  });

  it('one that has expired is below 0', async () => {
    put('etc/a.pem', text('web.pem'));
    const later = Date.now() + 40 * DAY_S * 1000;
    expect((await read(['/etc/a.pem'], { wallMs: () => later })).days).toEqual({ 'web.example (/etc/a.pem)': -10 });
  });

  it('two of one name in one file are told apart', async () => {
    make('again', '/CN=web.example', 60);
    put('etc/a.pem', `${text('web.pem')}${text('again.pem')}`);
    const { days } = await read(['/etc/a.pem']);
    expect(Object.values(days)).toEqual([30, 60]);
    expect(Object.keys(days)[1]).toMatch(/^web\.example \(\/etc\/a\.pem\) [\da-f]{12}$/);
  });

  it('Windows line ends are read', async () => {
    put('etc/a.pem', text('web.pem').replaceAll('\n', '\r\n'));
    expect((await read(['/etc/a.pem'])).days).toEqual({ 'web.example (/etc/a.pem)': 30 });
  });

  it.each<[string, string, RegExp]>([
    ['that is not there', '/etc/none.pem', /ENOENT/],
    ['that holds none', '/etc/key.pem', /holds none in PEM or DER/],
    ['that is cut', '/etc/cut.pem', /holds none in PEM or DER/],
    ['that holds a broken one', '/etc/broken.pem', /holds one that cannot be read/],
    ['that is too large', '/etc/large.pem', /larger than/],
  ])('a declared file %s is told, and the others are read', async (_what, path, message) => {
    put('etc/a.pem', text('web.pem'));
    put('etc/key.pem', text('web.key'));
    put('etc/cut.pem', text('web.pem').slice(0, 300));
    put('etc/broken.pem', text('web.pem').replace('MII', 'AAA'));
    put('etc/large.pem', 'x'.repeat(2 ** 21));
    const { days, partial } = await read([path, '/etc/a.pem']);
    expect(Object.values(days)).toEqual([30]);
    expect(partial).toEqual([expect.stringMatching(message)]);
  });

  it('no more than 500 files are read, and it is said', async () => {
    mkdirSync(join(root, 'etc/many'));
    for (let index = 0; index < 600; index += 1) cpSync(join(made, 'web.key'), join(root, `etc/many/${index}.pem`));
    expect((await read(['/etc/many'])).partial).toEqual(['there are more than 500 files: as many are read']);
  });

  it('any bytes are a certificate or none', () => {
    const pem = Buffer.from(text('web.pem'));
    const der = readFileSync(join(made, 'web.der'));
    fc.assert(
      fc.property(fc.constantFrom(pem, der), fc.nat(600), fc.uint8Array({ maxLength: 40 }), (good, at, noise) => {
        const bytes = Buffer.concat([good.subarray(0, at), noise, good.subarray(at + noise.length)]);
        const found = certificatesIn(bytes, 10).flatMap((one) => readCertificate(one) ?? []);
        return found.every(({ expiresMs }) => Number.isFinite(expiresMs));
      }),
    );
  });
});

it('nothing declared is said with what to do', async () => {
  expect(await certificates().probe(childHostAt('/'))).toMatchObject({
    ok: false,
    reason: { detail: 'no certificate is declared', fix: expect.stringContaining('certificates.files') as string },
  });
});
