// Both threads as the server has them, on real files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { freshFolder } from '../fixture.ts';
import { createAsker } from './asker.ts';
import type { ReaderAnswer, ReaderRequest } from './messages.ts';
import { startThreads } from './start.ts';
import { startThread } from './thread.ts';

const fail = (error: Error): never => {
  throw error;
};

const start = async (folder = freshFolder()) => {
  const threads = await startThreads({ folder, divisor: 1 }, fail, () => undefined);
  return { folder, ...threads };
};

const site = { type: 'create site', tenant: 'acme', tenantName: 'Acme', prefix: 'A', siteName: 'Office' } as const;

describe('both threads', { timeout: 30_000 }, () => {
  it('answer what was committed, and find it again after a restart', async () => {
    const first = await start();
    expect(await first.commit({ ...site, actor: SYSTEM, site: 'office' })).toEqual({ is: 'done' });
    const serverId = await first.ask('server id', SYSTEM, {});
    expect(serverId).toMatch(/^s_/);
    await first.close();
    const second = await start(first.folder);
    expect(await second.ask('server id', SYSTEM, {})).toBe(serverId);
    const token = { type: 'create enrol token', actor: SYSTEM, hash: 'h', expiresMs: 1, maxUses: 1 } as const;
    expect(await second.commit({ ...token, site: 'office' })).toMatchObject({ is: 'made' });
    await second.close();
  });

  it('answer each question with its own answer, and a bad one with what is wrong', async () => {
    const { ask, close } = await start();
    const page = { match: '', sinceMs: 0, after: { hostname: '', id: '' }, limit: 10 };
    const bad = { match: '', sinceMs: 0, after: { hostname: '' }, limit: 10 } as typeof page;
    const [devices, error, range] = await Promise.all([
      ask('devices', SYSTEM, page),
      ask('devices', SYSTEM, bad).catch((cause: unknown) => cause),
      ask('event range', SYSTEM, {}),
    ]);
    expect([devices, range]).toEqual([[], { first: 0, last: 0 }]);
    expect(error).toMatchObject({ message: /"id"/ });
    await close();
    await expect(ask('server id', SYSTEM, {})).rejects.toThrow('The reader has ended.');
  });

  it.each(['fettle.db', 'metrics.db'])(
    'say at the start that %s cannot be used, and leave nothing running',
    async (name) => {
      const folder = freshFolder();
      writeFileSync(join(folder, name), 'This is a letter, not a database. '.repeat(200));
      await expect(start(folder)).rejects.toMatchObject({
        name: 'StoreError',
        message: /no SQLite database, or damaged/,
      });
    },
  );
});

describe('a reader that ends by itself', () => {
  it('rejects every question that waits, and those after', async () => {
    const program = `
      import { parentPort } from 'node:worker_threads';
      parentPort.once('message', () => {
        parentPort.on('message', ({ id }) => { if (id === 2) process.exit(3); });
        parentPort.postMessage({ ready: true });
      });`;
    const file = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    const deaths: string[] = [];
    const thread = await startThread<ReaderRequest, ReaderAnswer>(
      file,
      { folder: '', divisor: 1 },
      ({ message }) => void deaths.push(message),
    );
    onTestFinished(() => thread.close());
    const ask = createAsker(thread);
    const asked = [ask('server id', SYSTEM, {}), ask('server id', SYSTEM, {})];
    for (const question of asked) await expect(question).rejects.toThrow('The reader has ended.');
    await expect(ask('server id', SYSTEM, {})).rejects.toThrow('The reader has ended.');
    expect(deaths).toEqual(['a thread ended with 3']);
  });
});

describe('a thread that ends before it is ready', () => {
  it.each([
    ['with its error', "throw new Error('no such thing');", 'no such thing'],
    ['with how it ended', 'process.exit(9);', 'a thread ended with 9 before it was ready'],
  ])('is refused %s', async (_name, program, message) => {
    const file = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    await expect(startThread(file, { folder: '', divisor: 1 }, fail)).rejects.toThrow(message);
  });
});
