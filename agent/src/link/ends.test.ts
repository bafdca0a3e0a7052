// How a link ends: refused, cut off, silent or stopped, and what it does then.
import { once } from 'node:events';

import { INTERVALS } from '@fettle/shared/wire/intervals';
import { FRAME_MAX_BYTES } from '@fettle/shared/wire/limits';
import { type RefuseCode, refuseCodes } from '@fettle/shared/wire/server-message.schema';
import { describe, expect, it } from 'vitest';

import { aLink, holds, keptKey, seqsOf, soon } from '../link-fixture.ts';
import { type PlayedLink, SERVER_ID, playServer } from '../played-server.ts';

describe('a link ends a try', () => {
  it.each(refuseCodes)('refused with %s, and says so', async (code: RefuseCode) => {
    const server = await playServer();
    const { waits, logged } = aLink(server.url);
    const session = await server.link();
    session.challenge();
    session.say({ type: 'refuse', code, message: 'Not now.', retryAfterMs: 400_000 });
    const { detail, status } = await logged('refused');
    expect(detail).toBe(`${code}: Not now.`);
    expect(status).toEqual({ state: 'waiting', lastError: `${code}: Not now.`, unreadable: 0 });
    expect(waits.at(-1)).toBe(400_000);
    await session.closed;
  });

  it('of a server that is not its own: it gets no hello', async () => {
    const server = await playServer();
    const { logged } = aLink(server.url);
    const session = await server.link();
    session.say({ type: 'challenge', nonce: 'n'.repeat(43), serverId: `s_${'z'.repeat(22)}` });
    expect(await logged('wrong server')).toMatchObject({ status: { state: 'waiting' } });
    await session.closed;
    expect(session.received).toEqual([]);
  });

  const noRoom: typeof keptKey = () => Promise.reject(new Error('ENOSPC'));
  const other = `s_${'z'.repeat(22)}`;
  it.each([
    { what: 'that can keep no key', ownKey: noRoom, serverId: SERVER_ID, event: 'lost', detail: /: ENOSPC$/ },
    { what: 'of another server', ownKey: keptKey, serverId: other, event: 'wrong server', detail: /enrolled at/ },
  ])('of a copy $what: it asks for nothing', async ({ ownKey, serverId, event, detail }) => {
    const server = await playServer();
    const { logs, pass } = aLink(server.url, 0, 0, ownKey);
    for (const waitMs of [60_000, 61_000]) {
      const session = await server.link();
      session.challenge();
      session.say({ type: 'refuse', code: 'clone', message: 'a copy' });
      await session.closed;
      pass(waitMs);
    }
    const session = await server.link();
    session.say({ type: 'challenge', nonce: 'n'.repeat(43), serverId });
    await session.closed;
    expect(session.received).toEqual([]);
    expect(logs.at(-1)).toMatchObject({ event, status: { state: 'waiting' } });
    expect(logs.at(-1)?.detail).toMatch(detail);
  });

  it.each(['challenge', 'welcome'] as const)('without a %s within 15 s', async (missing) => {
    const server = await playServer();
    const { logs, pass } = aLink(server.url);
    const session = await server.link();
    if (missing === 'welcome') {
      session.challenge();
      await session.take();
    }
    pass(14_999);
    expect(logs).toEqual([]);
    pass(1);
    expect(logs).toMatchObject([{ detail: 'the server gave no answer in time', status: { state: 'waiting' } }]);
    await session.closed;
    pass(0);
    await (await server.link()).admit();
  });

  it.each<[what: string, end: (link: PlayedLink) => void, reason: RegExp]>([
    ['a restart', ({ socket }) => socket.close(1012), /^closed with 1012$/],
    ['a close with words', ({ socket }) => socket.close(1013, 'full up'), /^full up$/],
    ['a message that is too large', ({ socket }) => socket.send('x'.repeat(4 * FRAME_MAX_BYTES + 1)), /payload size/],
    ['text that is not UTF-8', ({ socket }) => socket.send(Buffer.from([0xff]), { binary: false }), /UTF-8/],
  ])('after %s, and comes back', async (_what, end, reason) => {
    const server = await playServer();
    const { link, logged, pass } = aLink(server.url, 1);
    const session = await server.link();
    await session.admit();
    await holds(session, [1]);
    end(session);
    expect((await logged('lost')).detail).toMatch(reason);
    pass(0);
    const next = await server.link();
    await next.admit();
    await holds(next, [1]);
    expect(link.status.state).toBe('open');
  });

  it('that hears nothing for 40 s, pings and messages counting as words', async () => {
    const server = await playServer();
    const { link, logs, logged, pass } = aLink(server.url);
    const session = await server.link();
    await session.admit();
    await logged('open');
    for (const word of ['ping', 'ping', 'message', 'ping']) {
      pass(39_999);
      if (word === 'message') session.say({ type: 'unheard of' });
      else session.socket.ping();
      if (word === 'message') await logged('unreadable message');
      else await once(session.socket, 'pong');
    }
    pass(39_999);
    expect(link.status.state).toBe('open');
    pass(1);
    expect(logs.at(-1)).toMatchObject({ event: 'lost', detail: 'nothing heard for 40 s' });
    await session.closed;
  });

  it.each([
    ['7', 7_000],
    ['1e12', 3_600_000],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 0],
    ['-5', 0],
    ['', 0],
  ])('answered 503 with Retry-After %s: waits so long', async (header, expected) => {
    const server = await playServer({
      verifyClient: (_info, done) => done(false, 503, 'Busy', { 'Retry-After': header }),
    });
    const { waits, logged } = aLink(server.url);
    expect((await logged('lost')).detail).toBe('the server answered 503');
    expect(waits.at(-1)).toBe(expected);
  });

  it('where nobody listens, and says what to look at', async () => {
    const { logged } = aLink('http://127.0.0.1:9');
    expect((await logged('lost')).detail).toMatch(/ECONNREFUSED 127\.0\.0\.1:9 \(check server\.url/);
  });
});

describe('stop', () => {
  it('says goodbye with the reason, then closes properly', async () => {
    const server = await playServer();
    const { link, timers } = aLink(server.url);
    const session = await server.link();
    await session.admit();
    await soon(() => expect(link.status.state).toBe('open'));
    link.stop('reboot');
    expect(timers.size).toBe(0); // nothing keeps the process
    expect(await session.take()).toEqual({ type: 'bye', reason: 'reboot' });
    expect(await session.closed).toBe(1000);
    expect(link.status.state).toBe('stopped');
  });

  it('sends first what flush waits for', async () => {
    const server = await playServer();
    const { link, append } = aLink(server.url);
    const session = await server.link();
    await session.admit();
    await soon(() => expect(link.status.state).toBe('open'));
    append(3);
    link.wake();
    append(20);
    await link.flush();
    link.stop('stop');
    await session.closed;
    expect(seqsOf(session)).toEqual(Array.from({ length: 23 }, (_, index) => index + 1));
    expect(session.received.at(-1)).toEqual({ type: 'bye', reason: 'stop' });
  });

  it.each(['before the challenge', 'before the welcome'] as const)('%s ends the try without a word', async (when) => {
    const server = await playServer();
    const { link, logs } = aLink(server.url);
    const session = await server.link();
    if (when === 'before the welcome') {
      session.challenge();
      await session.take();
    }
    link.stop('stop');
    await session.closed;
    expect(session.received).toHaveLength(when === 'before the welcome' ? 1 : 0);
    expect([logs, link.status.state]).toEqual([[], 'stopped']);
  });

  it('is safe where nothing was started, and a second time', async () => {
    const server = await playServer();
    const { link, waits } = aLink(server.url);
    link.stop('stop');
    link.stop('stop');
    link.start();
    expect([link.status.state, waits.length, server.links.length]).toEqual(['stopped', 1, 0]);
  });
});

it('waits as the server’s rhythm says', async () => {
  const server = await playServer();
  const { waits, logged } = aLink(server.url, 0, 0.5);
  const session = await server.link();
  await session.admit({ intervals: { ...INTERVALS, reconnectSpread: 8_000 } });
  await logged('open');
  session.socket.terminate();
  await logged('lost');
  expect(waits.at(-1)).toBe(4_000);
});
