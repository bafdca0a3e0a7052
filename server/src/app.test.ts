// The whole server where one of its parts fails: it goes on, or it ends and leaves nothing running.
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import pino from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { SYSTEM } from './domain/actor.ts';
import { aDataFolder, aDevice, openStores, startTestServer } from './fixture.ts';
import { enrolToken, newKey } from './ingest/test-agent.ts';
import { hashOf } from './people/secrets.ts';

const PAGE_BYTES = 4_096;

/** The last page of a kind that a table has is none any more. */
const spoil = (path: string, table: string, kind: 'internal' | 'leaf'): void => {
  const db = new Database(path, { readonly: true });
  const pages = db
    .prepare<[string, string], number>('SELECT pageno FROM dbstat WHERE name = ? AND pagetype = ? ORDER BY pageno')
    .pluck()
    .all(table, kind);
  db.close();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(64, 0x55), 0, 64, ((pages.at(-1) ?? 0) - 1) * PAGE_BYTES);
  closeSync(file);
};

const logged = () => {
  const lines: string[] = [];
  const log = pino({ level: 'error' }, { write: (line) => void lines.push(line) });
  return { log, said: () => lines.join('') };
};

describe('a server that cannot read a page', { timeout: 30_000 }, () => {
  it('of its readings starts, and says so', async () => {
    const { folder, metrics, close } = openStores();
    metrics.db.transaction(() => {
      for (let n = 0; n < 1_000; n += 1) metrics.addKey(`d_${n}`);
    })();
    close();
    spoil(join(folder, 'metrics.db'), 'device_keys', 'leaf');
    const { log, said } = logged();
    const server = await startTestServer({ folder, log });
    await expect.poll(said).toMatch(/orphan readings.*a question was not answered/);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it('of its devices says of a change that it is done, because it is', async () => {
    const folder = aDataFolder();
    const { fettle, close } = openStores(folder);
    fettle.db.transaction(() => {
      for (let n = 2; n < 500; n += 1) fettle.devices.put(aDevice({ id: `d_${n}`, publicKey: `key-${n}` }));
    })();
    close();
    const { log, said } = logged();
    const server = await startTestServer({ folder, log });
    const enrol = async () => {
      const tokenHash = hashOf(await enrolToken(server));
      const about = { hostname: 'new', os: 'linux', class: 'server', agentVersion: '0.1.0' } as const;
      return server.commit({ type: 'enrol', tokenHash, publicKey: newKey().publicKey, ...about });
    };
    await enrol(); // from here on the writer remembers the page, and the reader does not
    spoil(join(folder, 'fettle.db'), 'devices', 'internal');
    await expect(enrol()).resolves.toMatchObject({ is: 'enrolled' });
    expect(said()).toContain('the fleet has not heard of a change');
    await expect(server.ask('device', SYSTEM, { id: 'd_2' })).rejects.toThrow('malformed');
  });
});

it('a start that fails leaves no timer', { timeout: 30_000 }, async () => {
  const [begun, ended] = [vi.spyOn(globalThis, 'setInterval'), vi.spyOn(globalThis, 'clearInterval')];
  onTestFinished(() => void vi.restoreAllMocks());
  const tls = { certFile: '/nowhere', keyFile: '/nowhere' };
  await expect(startTestServer({ tls })).rejects.toThrow('ENOENT');
  const left = begun.mock.results.filter(({ value }) => !ended.mock.calls.some(([timer]) => timer === value));
  expect(left).toEqual([]);
});
