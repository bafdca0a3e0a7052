// The console's WebSocket: who may open it, what it may say, and how each side finds out that the other is gone.
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { ownerOf, shareOwner, shareTestServer, startTestServer } from '../fixture.ts';
import { TestAgent, enrolDevice } from '../ingest/test-agent.ts';
import { hashOf, newSecret } from '../people/secrets.ts';
import { TestConsole } from './test-console.ts';

const server = shareTestServer();
const owner = shareOwner(server);
let cookie = '';
beforeAll(async () => {
  const [link, session] = [newSecret('fl'), newSecret('fs')];
  await server().commit({ type: 'create login link', actor: SYSTEM, hash: hashOf(link), expiresMs: Date.now() + 1e6 });
  await server().commit({ type: 'sign in', linkHash: hashOf(link), sessionHash: hashOf(session) });
  cookie = `fettle=${session}`;
});

describe('an upgrade', () => {
  it.each([
    ['nobody', () => ({}), 403],
    ['nobody on a page of ours', () => ({ origin: server().url }), 401],
    ['a session of no page', () => ({ cookie }), 403],
    ['a session on a foreign page', () => ({ cookie, origin: 'https://evil.example' }), 403],
    ['a token on a foreign page', () => ({ ...owner(), origin: 'https://evil.example' }), 403],
    ['a token that nobody made', () => ({ authorization: `Bearer ${newSecret('fk')}` }), 401],
    ['the owner under another name of the server', () => ({ ...owner(), host: 'rebound.example' }), 421],
  ])('by %s is refused', async (_name, headers, status) => {
    await expect(TestConsole.open(server().url, headers())).rejects.toThrow(`Unexpected server response: ${status}`);
  });

  it.each([
    ['a token', () => owner()],
    ['a session on a page of ours', () => ({ cookie, origin: server().url })],
    ['a token on a page of ours', () => ({ ...owner(), origin: server().url })],
  ])('by the owner with %s is accepted', async (_name, headers) => {
    const viewer = await TestConsole.open(server().url, headers());
    await expect.poll(() => viewer.heard[0]?.type).toBe('hello');
    viewer.socket.close();
  });

  it('to a path that is none is refused', async () => {
    const other = await TestConsole.open(`${server().url}/elsewhere`, owner()).catch(String);
    expect(other).toContain('Unexpected server response: 404');
  });
});

describe('a message', () => {
  it.each([
    ['no JSON', '{'],
    ['no watch', '{"type":"shout"}'],
    ['with a field too many', '{"type":"watch","devices":[],"detail":null,"all":true}'],
    [
      'of 201 devices',
      JSON.stringify({ type: 'watch', devices: Array.from({ length: 201 }, () => 'd'), detail: null }),
    ],
    ['of bytes', Buffer.from('{"type":"watch","devices":[],"detail":null}')],
  ])('%s ends the connection by policy', async (_name, message) => {
    const viewer = await TestConsole.open(server().url, owner());
    viewer.socket.send(message);
    await expect.poll(() => viewer.closed?.code).toBe(1008);
  });

  it('over 16 KiB ends it as too big', async () => {
    const viewer = await TestConsole.open(server().url, owner());
    viewer.socket.send('x'.repeat(17_000));
    await expect.poll(() => viewer.closed?.code).toBe(1009);
  });
});

describe('a watch', () => {
  const disk = [{ metric: 'system.filesystem.utilization', attributes: { 'system.filesystem.mountpoint': '/' } }];
  const reads = async () => {
    const device = await enrolDevice(server());
    const agent = await TestAgent.connect(server().url, device);
    agent.announce(disk);
    return { id: device.id, agent };
  };
  const fullest = (utilization: number) => ({ fullestVolume: { mountpoint: '/', utilization } });

  it('shows the newest of the listed devices at once, and what changes within a second', async () => {
    const [watched, other] = [await reads(), await reads()];
    const viewer = await TestConsole.open(server().url, owner());
    watched.agent.batch(1, Date.now(), [[500]]);
    await watched.agent.acked('metrics', 1);
    viewer.socket.send(JSON.stringify({ type: 'watch', devices: [watched.id, 'd_none'], detail: null }));
    await expect.poll(() => viewer.of('readings')).toMatchObject([{ device: watched.id, readings: fullest(0.5) }]);
    other.agent.now(Date.now(), [900]);
    watched.agent.now(Date.now(), [600]);
    await expect
      .poll(() => viewer.of('readings'), { timeout: 3_000 })
      .toMatchObject([
        { device: watched.id, readings: fullest(0.5) },
        { device: watched.id, readings: fullest(0.6) },
      ]);
    expect(viewer.of('latest')).toEqual([]);
  });

  it('of one in detail shows everything of it, and asks its agent for fast readings', async () => {
    const { id, agent } = await reads();
    const viewer = await TestConsole.open(server().url, owner());
    viewer.socket.send(JSON.stringify({ type: 'watch', devices: [], detail: id }));
    expect(await agent.hears('live')).toEqual({ type: 'live', everyMs: 1_000, forMs: 180_000 });
    agent.now(Date.now(), [700]);
    await expect
      .poll(() => viewer.of('latest').at(-1)?.latest, { timeout: 3_000 })
      .toMatchObject({ 'system.filesystem.utilization': [{ value: 0.7, unit: '1' }] });
    expect(agent.heard.filter(({ type }) => type === 'live')).toHaveLength(1);
  });

  it('replaces the one before', async () => {
    const [first, second] = [await reads(), await reads()];
    const viewer = await TestConsole.open(server().url, owner());
    viewer.socket.send(JSON.stringify({ type: 'watch', devices: [first.id], detail: null }));
    viewer.socket.send(JSON.stringify({ type: 'watch', devices: [second.id], detail: null }));
    first.agent.now(Date.now(), [100]);
    second.agent.now(Date.now(), [200]);
    await expect.poll(() => viewer.of('readings').at(-1)?.readings, { timeout: 3_000 }).toMatchObject(fullest(0.2));
    expect(viewer.of('readings').filter(({ readings }) => readings.fullestVolume?.utilization === 0.1)).toEqual([]);
  });
});

describe('a connection', () => {
  /** A server whose clock stands still until it is moved. */
  const still = async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const own = await startTestServer();
    return { url: own.url, headers: await ownerOf(own) };
  };

  it('has a heartbeat each 15 s, which a browser can see', async () => {
    const { url, headers } = await still();
    const viewer = await TestConsole.open(url, headers);
    await expect.poll(() => viewer.heard.length).toBe(1);
    vi.advanceTimersByTime(14_000);
    expect(viewer.of('heartbeat')).toEqual([]);
    vi.advanceTimersByTime(1_000);
    await expect.poll(() => viewer.of('heartbeat')).toHaveLength(1);
    vi.advanceTimersByTime(15_000);
    await expect.poll(() => viewer.of('heartbeat')).toHaveLength(2);
    expect(viewer.closed).toBeUndefined();
  });

  it('that answers no ping is cut off at the next one', async () => {
    const { url, headers } = await still();
    const gone = await TestConsole.open(url, headers, '', { autoPong: false });
    await expect.poll(() => gone.heard.length).toBe(1);
    vi.advanceTimersByTime(15_000);
    await expect.poll(() => gone.of('heartbeat')).toHaveLength(1);
    vi.advanceTimersByTime(15_000);
    await expect.poll(() => gone.closed?.code).toBe(1006);
  });

  it('ends with the server', async () => {
    const own = await startTestServer();
    const viewer = await TestConsole.open(own.url, await ownerOf(own));
    await own.close();
    await expect.poll(() => viewer.closed).toBeDefined();
  });
});
