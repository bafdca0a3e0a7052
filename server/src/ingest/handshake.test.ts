// Who gets a session: the hello is checked over a real connection, against a device that was enrolled over HTTP.
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

import { beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { SYSTEM } from '../domain/actor.ts';
import { shareTestServer, startTestServer } from '../fixture.ts';
import { TestAgent, type TestDevice, enrolDevice, newKey, randomText } from './test-agent.ts';
import { upgradeRequest } from './upgrade-request.ts';

const server = shareTestServer();

// waits while the other tests run
let silent: Promise<{ readonly agent: TestAgent; readonly openedMs: number }>;
beforeAll(() => {
  const openedMs = performance.now();
  silent = TestAgent.dial(server().url).then((agent) => ({ agent, openedMs }));
});

const lanes = () => ({
  alerts: { epoch: randomText(16), next: 1 },
  metrics: { epoch: randomText(16), next: 1 },
});

/** What is said to a hello that is not to be, and how the connection ends. */
const refusalOf = async (device: TestDevice, spoil: (hello: Record<string, unknown>) => unknown) => {
  const agent = await TestAgent.dial(server().url);
  const hello = await agent.hello(device);
  agent.say(spoil({ ...hello }));
  const { code, message } = await agent.hears('refuse');
  return { code, message, closed: await agent.ends() };
};

describe('a good hello', () => {
  it('is welcomed with marks, window, rhythm and rules, and the device is online', async () => {
    const device = await enrolDevice(server());
    const agent = await TestAgent.connect(server().url, device, { hostname: 'srv-07', lanes: lanes() });
    const welcome = await agent.hears('welcome');
    expect(welcome).toMatchObject({ marks: { alerts: null, metrics: null }, window: 64 });
    expect(welcome.intervals).toMatchObject({ fast: 10_000, batch: 60_000, reconnectSpread: 1_000 });
    expect(welcome.ruleSet?.rules.length).toBeGreaterThan(5);
    expect(Math.abs(welcome.clock - Date.now())).toBeLessThan(5_000);
    const known = await server().ask('device', SYSTEM, { id: device.id });
    expect(known).toMatchObject({ hostname: 'srv-07', presence: 'online', agentVersion: '0.1.0', bootId: 'boot-1' });
    expect(server().isConnected(device.id)).toBe(true);
  });

  it('brings no rules to an agent that has them', async () => {
    const device = await enrolDevice(server());
    const before = await TestAgent.connect(server().url, device);
    const first = await before.hears('welcome');
    before.socket.terminate();
    const agent = await TestAgent.connect(server().url, device, { ruleSet: first.ruleSet?.version ?? '' });
    expect(await agent.hears('welcome')).not.toHaveProperty('ruleSet');
  });

  it('has a challenge of its own each time', async () => {
    const agents = await Promise.all([1, 2, 3].map(() => TestAgent.dial(server().url)));
    const nonces = await Promise.all(agents.map(async (agent) => (await agent.hears('challenge')).nonce));
    expect(new Set(nonces).size).toBe(3);
  });

  it('says how far the clock of the device is off', async () => {
    const device = await enrolDevice(server());
    await TestAgent.connect(server().url, device, { clock: Date.now() - 86_400_000 });
    const { clockOffsetMs } = (await server().ask('device', SYSTEM, { id: device.id })) ?? { clockOffsetMs: 0 };
    expect(Math.abs(clockOffsetMs + 86_400_000)).toBeLessThan(5_000);
  });
});

describe('a hello that is refused', () => {
  it.each([
    ['is signed by another key', 'bad_signature', (device: TestDevice) => ({ ...device, key: newKey().key })],
    [
      'is of a device nobody knows',
      'unknown_device',
      (device: TestDevice) => ({ ...device, id: `d_${randomText(16)}` }),
    ],
  ])('%s', async (_name, code, other) => {
    const refused = await refusalOf(other(await enrolDevice(server())), (hello) => hello);
    expect(refused).toMatchObject({ code, closed: { code: 1008, reason: code } });
    expect(refused.message).toMatch(/[Ee]nrol it anew/);
  });

  it.each([
    ['speaks only an older protocol', 'protocol_too_new', { protocol: { min: 2, max: 3 } }],
    ['has signed for another epoch', 'bad_signature', { lanes: lanes() }],
    ['has signed for another nonce of its own', 'bad_signature', { agentNonce: randomText(16) }],
    ['has a signature that is none', 'bad_signature', { signature: randomText(64) }],
    ['has a field too many', 'malformed', { admin: true }],
    ['has a device id that is none', 'malformed', { deviceId: '../../etc' }],
    ['has a clock that is none', 'malformed', { clock: 'now' }],
    ['is no hello', 'malformed', { type: 'bye', reason: 'stop' }],
    ['is of a type that nobody knows', 'malformed', { type: 'dance' }],
  ])('%s', async (_name, code, change) => {
    const device = await enrolDevice(server());
    const refused = await refusalOf(device, (hello) => ({ ...hello, ...change }));
    expect(refused).toMatchObject({ code, closed: { code: 1008, reason: code } });
    expect(server().isConnected(device.id)).toBe(false);
  });

  it('is of something that has no agent, and that another one looks after', async () => {
    const device = await enrolDevice(server());
    const told = { kind: 'start', at: 1, bootId: '', uptimeMs: 1, agentVersion: '1', lastEnd: 'unknown' } as const;
    const body = { ...told, targets: ['switch 1'] };
    await server().commit({ type: 'record', device: device.id, epoch: randomText(16), seq: 1, body });
    const devices = await server().ask('all devices', SYSTEM, {});
    const target = devices.find(({ watchedBy }) => watchedBy === device.id);
    expect(target).toMatchObject({ hostname: 'switch 1', presence: 'unknown' });
    const refused = await refusalOf({ ...device, id: target?.id ?? '' }, (hello) => hello);
    expect(refused.code).toBe('unknown_device');
    expect(server().isConnected(target?.id ?? '')).toBe(false);
  });

  it('was recorded on another connection', async () => {
    const device = await enrolDevice(server());
    const first = await TestAgent.dial(server().url);
    const heard = await first.hello(device);
    const replay = await refusalOf(device, () => heard);
    expect(replay.code).toBe('bad_signature');
  });

  it('is the second one', async () => {
    const device = await enrolDevice(server());
    const agent = await TestAgent.connect(server().url, device);
    agent.say(await agent.hello(device));
    expect(await agent.hears('refuse')).toMatchObject({
      code: 'malformed',
      message: 'A second hello, or a rekey after one.',
    });
  });

  it('has a record right behind it, before the welcome', async () => {
    const device = await enrolDevice(server());
    const agent = await TestAgent.dial(server().url);
    const hello = await agent.hello(device);
    agent.say(hello);
    agent.record(hello.lanes.alerts.epoch, 1, { kind: 'suspended', at: Date.now(), forMs: 1 });
    expect((await agent.hears('refuse')).code).toBe('malformed');
    expect(agent.heard.map(({ type }) => type)).not.toContain('welcome');
    await expect.poll(() => server().isConnected(device.id)).toBe(false);
  });

  it.each([
    ['a record', JSON.stringify({ type: 'record' })],
    ['a text that is no JSON', '{'],
    ['a binary frame', Buffer.from([1, 2, 3])],
  ])('has %s in its place', async (_name, frame) => {
    const agent = await TestAgent.dial(server().url);
    agent.socket.send(frame);
    expect((await agent.hears('refuse')).code).toBe('malformed');
    expect((await agent.ends()).code).toBe(1008);
  });
});

describe('a device that was removed', () => {
  it('loses its live session at once, and gets no other', async () => {
    const own = await startTestServer();
    const device = await enrolDevice(own);
    const agent = await TestAgent.connect(own.url, device);
    await own.commit({ type: 'remove devices', actor: SYSTEM, tenant: 'home' });
    expect((await agent.hears('refuse')).code).toBe('revoked');
    expect((await agent.ends()).code).toBe(1008);
    const again = await TestAgent.dial(own.url);
    again.say(await again.hello(device));
    expect((await again.hears('refuse')).code).toBe('unknown_device');
  });
});

describe('an upgrade that is turned away', () => {
  /** Of a client that never closes by itself. */
  const dial = async (url: string) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  const ask = async (socket: Socket, headers: Readonly<Record<string, string>>): Promise<string> => {
    const answered = once(socket, 'data');
    socket.write(upgradeRequest(socket, headers));
    return String((await answered)[0]);
  };
  const answerTo = async (url: string, headers: Readonly<Record<string, string>>) => {
    const socket = await dial(url);
    return { text: await ask(socket, headers), socket };
  };

  it.each([
    ['of a browser', { Origin: 'https://evil.example' }, '403 Forbidden'],
    ['of a page of ours, all the same', { Origin: 'http://127.0.0.1' }, '403 Forbidden'],
    ['for another subprotocol', { 'Sec-WebSocket-Protocol': 'fettle.v9' }, '400 Bad Request'],
    ['under another name', { Host: 'rebound.example' }, '421 Misdirected Request'],
    ['with a key that is none', { 'Sec-WebSocket-Key': 'x' }, '400 Bad Request'],
  ])('%s', async (_name, headers, status) => {
    const { text, socket } = await answerTo(server().url, headers);
    expect(text).toContain(`HTTP/1.1 ${status}`);
    socket.destroy();
  });

  it('chooses our subprotocol among several', async () => {
    const { text, socket } = await answerTo(server().url, { 'Sec-WebSocket-Protocol': 'fettle.v9, fettle.v1' });
    expect(text).toMatch(/^HTTP\/1\.1 101 [^]*sec-websocket-protocol: fettle\.v1\r\n/i);
    socket.destroy();
  });

  it('does not hold up a stop, although the other side leaves it half open', async () => {
    const own = await startTestServer();
    const { socket } = await answerTo(own.url, { Origin: 'https://evil.example' });
    const startedMs = performance.now();
    await own.close();
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    socket.destroy();
  });

  it('asks a fleet that comes all at once to wait: 503 with Retry-After', async () => {
    const own = await startTestServer();
    const sockets = await Promise.all(Array.from({ length: 900 }, () => dial(own.url)));
    const answers = await Promise.all(sockets.map((socket) => ask(socket, { 'Sec-WebSocket-Key': 'x' })));
    for (const socket of sockets) socket.destroy();
    const waits = answers.filter((text) => text.startsWith('HTTP/1.1 503 '));
    expect(waits.length).toBeGreaterThan(0);
    expect(waits.length).toBeLessThanOrEqual(400);
    expect(waits[0]).toMatch(/Retry-After: [1-9]\d*\r\n/);
  });
});

it('an address that comes too often is asked to wait, and the others are not', async () => {
  const url = 'https://fettle.example';
  const own = await startTestServer({ isBehindProxy: true, publicUrl: url });
  const statusFrom = async (address: string): Promise<number | undefined> => {
    const headers = { 'X-Forwarded-For': `10.0.0.1, ${address}`, Host: 'fettle.example' };
    const socket = new WebSocket(`ws://127.0.0.1:${own.port}/agent`, 'fettle.v1', { headers });
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    socket.on('open', () => resolve(101));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    socket.on('error', () => undefined);
    return promise.finally(() => socket.terminate());
  };
  const mad = await Promise.all(Array.from({ length: 350 }, () => statusFrom('198.51.100.1')));
  expect(mad.filter((status) => status === 503).length).toBeGreaterThan(0);
  expect(mad.filter((status) => status === 101).length).toBeGreaterThanOrEqual(200);
  expect(await statusFrom('198.51.100.2')).toBe(101);
});

it('a connection without a hello ends after 5 s', async () => {
  const { agent, openedMs } = await silent;
  const { code, message } = await agent.hears('refuse');
  expect({ code, message }).toEqual({ code: 'malformed', message: 'No hello within 5 s.' });
  expect(performance.now() - openedMs).toBeGreaterThan(4_900);
  expect((await agent.ends()).code).toBe(1008);
}, 10_000);
