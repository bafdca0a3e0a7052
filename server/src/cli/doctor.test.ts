// What a doctor finds, by real folders, ports and certificates where those are cheap.
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { DAY_MS } from '@fettle/shared/time';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';

import { freshFolder, openWriter } from '../fixture.ts';
import { main } from '../main.ts';
import { checkAddress } from './doctor/address.ts';
import { tellClock } from './doctor/clock.ts';
import { probePort, tellPort } from './doctor/port.ts';
import { readRights, tellRights } from './doctor/rights.ts';
import { tellCertificate } from './doctor/tls.ts';

const listening = async (status: number) => {
  const server = createServer((_request, response) => response.writeHead(status).end());
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
};

describe('the port', () => {
  it('is free, another program has it, or this server', async () => {
    const port = await listening(200);
    const [host, probed] = ['127.0.0.1', await probePort('127.0.0.1', port)];
    expect(tellPort({ host, port, isOurs: false, probed })).toMatchObject({ level: 'bad', message: /EADDRINUSE/ });
    expect(tellPort({ host, port, isOurs: true, probed }).level).toBe('ok');
    expect(tellPort({ host, port: 1, isOurs: false, probed: await probePort(host, 0) })).toMatchObject({ level: 'ok' });
    expect(tellPort({ host, port: 1, isOurs: true, probed: undefined }).level).toBe('note');
  });

  it('is of an address that this machine has not', async () => {
    const [host, port] = ['192.0.2.1', 7373];
    const probed = await probePort(host, port);
    expect(tellPort({ host, port, isOurs: false, probed })).toMatchObject({ level: 'bad', advice: /listen\.host/ });
  });
});

describe('the data folder', () => {
  const tell = (folder: string, uid = process.getuid?.()) => tellRights(readRights(folder), uid);
  const worst = (folder: string, uid?: number) => tell(folder, uid).find(({ level }) => level === 'bad');

  it('is well where it is closed to others and all in it belongs to one', () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'fettle.db'), '');
    expect(tell(folder).map(({ level }) => level)).toEqual(['ok', 'ok']);
  });

  it('is not there, is no folder, is open to others, or is somebody else’s', () => {
    const folder = freshFolder();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(worst(join(folder, 'none'))).toMatchObject({ message: /is not there/, advice: /init/ });
    expect(worst(file)).toMatchObject({ message: /ENOTDIR/ });
    expect(worst(folder, 4_711)).toMatchObject({ message: /belongs to user/ });
    chmodSync(folder, 0o755);
    expect(worst(folder)).toMatchObject({
      message: /every user of this machine/,
      advice: `Close it: chmod 700 ${folder}`,
    });
  });

  it.skipIf(process.getuid?.() !== 0)('has something of root in it, which the server could not write', () => {
    const folder = freshFolder();
    mkdirSync(join(folder, 'backups'));
    chownSync(folder, 65_534, 65_534);
    expect(worst(folder)).toMatchObject({ message: /backups belong to another user/, advice: /chown -R/ });
  });
});

describe('the clock', () => {
  const nowMs = Date.UTC(2026, 11, 1);
  it.each([
    ['right', undefined, nowMs, 'ok'],
    ['as late as what was written last', nowMs, nowMs, 'ok'],
    ['before what was written last', nowMs + 2 * DAY_MS, nowMs, 'bad'],
    ['of before there was a server', undefined, 0, 'bad'],
  ])('is %s', (_what, newestMs, atMs, level) => {
    expect(tellClock(newestMs, atMs).level).toBe(level);
  });
});

describe('the certificate', () => {
  const dayMs = Date.UTC(2026, 11, 1);
  const about = (change: object) => ({
    validFromDate: new Date(dayMs - DAY_MS),
    validToDate: new Date(dayMs + 90 * DAY_MS),
    checkHost: (name: string) => (name === 'fettle.example' ? name : undefined),
    checkIP: (): string | undefined => undefined,
    ...change,
  });
  it.each<[string, object, string | undefined, string]>([
    ['good', {}, 'fettle.example', 'ok'],
    ['good for a name that nobody knows', {}, undefined, 'ok'],
    ['for another name', {}, 'other.example', 'bad'],
    ['expired', { validToDate: new Date(dayMs - 1) }, undefined, 'bad'],
    ['of tomorrow', { validFromDate: new Date(dayMs + 1) }, undefined, 'bad'],
    ['about to expire', { validToDate: new Date(dayMs + 13 * DAY_MS) }, undefined, 'note'],
  ])('is %s', (_what, change, host, level) => {
    expect(tellCertificate(about(change), host, dayMs).level).toBe(level);
  });
});

describe('the address', () => {
  it('leads here, to another program, to nobody, or is none', async () => {
    const at = async (status: number) => `http://127.0.0.1:${await listening(status)}`;
    expect(await checkAddress(await at(200), true)).toMatchObject({ level: 'ok' });
    expect(await checkAddress(await at(421), true)).toMatchObject({ level: 'bad', advice: /Host header/ });
    expect(await checkAddress(await at(502), true)).toMatchObject({ level: 'bad', message: /answers 502/ });
    expect(await checkAddress('http://127.0.0.1:1', true)).toMatchObject({ level: 'bad', message: /ECONNREFUSED/ });
    expect(await checkAddress('http://127.0.0.1:1', false)).toMatchObject({ level: 'note' });
    expect(await checkAddress(undefined, true)).toMatchObject({ level: 'note' });
  });
});

const said = z.object({ ok: z.boolean(), findings: z.array(z.looseObject({ level: z.string(), what: z.string() })) });

const examine = async (...args: readonly string[]) => {
  let stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    stdout += String(chunk);
    return true;
  });
  vi.stubEnv('FETTLE_SERVER_CONFIG', '/dev/null');
  const code = await main(['doctor', '--json', ...args]);
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  const { ok, findings } = said.parse(JSON.parse(stdout));
  return { code, ok, bad: findings.filter(({ level }) => level === 'bad').map(({ what }) => what), findings };
};

describe('doctor', () => {
  it('looks at everything, and ends with 1 where a person must act', async () => {
    const { folder } = openWriter();
    const { code, bad, findings } = await examine('--data', folder, '--port', String(await listening(200)));
    const looked = findings.map(({ what }) => what);
    for (const what of [
      'settings',
      'owner of the data',
      'fettle.db, pages and indexes',
      'space on the disk',
      'backups',
      'clock',
      'address',
    ])
      expect(looked).toContain(what);
    expect([code, bad.includes('port')]).toEqual([1, true]);
  });

  it('names settings that no server starts with, and looks at the rest all the same', async () => {
    const { code, ok, bad } = await examine('--data', '/none', '--host', '0.0.0.0');
    expect([code, ok, bad.slice(0, 2)]).toEqual([1, false, ['settings', 'rights of the data folder']]);
    expect((await examine('--port', 'x')).bad).toEqual(['settings']);
  });
});
