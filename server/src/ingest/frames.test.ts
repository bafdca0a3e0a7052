// Frames that are not as PROTOCOL.md has them, and readings on their way to what the API shows as the newest.
import { connect } from 'node:net';

import { encodeSeries } from '@fettle/shared/wire/encode';
import { FRAGMENTS_MAX, FRAME_MAX_BYTES } from '@fettle/shared/wire/limits';
import { describe, expect, it } from 'vitest';

import { shareOwner, shareTestServer } from '../fixture.ts';
import { TestAgent, enrolDevice } from './test-agent.ts';

const server = shareTestServer();
const owner = shareOwner(server);

const open = async () => {
  const device = await enrolDevice(server());
  return { device: device.id, agent: await TestAgent.connect(server().url, device) };
};

/** How often the server has counted this. */
const counted = async (kind: string): Promise<number> => {
  const text = await (await fetch(`${server().url}/metrics`, { headers: owner() })).text();
  return Number(new RegExp(`^fettle_ingest_total\\{kind="${kind}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
};

const latestOf = async (device: string): Promise<unknown> =>
  (await fetch(`${server().url}/api/v1/devices/${device}/latest`, { headers: owner() })).json();

describe('a frame that ends the connection', () => {
  const tooMany = (agent: TestAgent): void => {
    for (let part = 0; part <= FRAGMENTS_MAX; part += 1) agent.socket.send('x', { fin: part === FRAGMENTS_MAX });
  };
  it.each([
    ['a text over 64 KiB', 1009, (agent: TestAgent) => agent.say('x'.repeat(FRAME_MAX_BYTES + 1))],
    ['a binary frame over 64 KiB', 1009, (agent: TestAgent) => agent.socket.send(Buffer.alloc(FRAME_MAX_BYTES + 1))],
    ['more fragments than 16', 1008, tooMany],
    ['a text that is no UTF-8', 1007, (agent: TestAgent) => agent.socket.send(Buffer.from([0xff]), { binary: false })],
    ['a text that is no JSON', 1008, (agent: TestAgent) => agent.say('{"type":')],
    ['a text that is no object', 1008, (agent: TestAgent) => agent.say('7')],
    ['an empty binary frame', 1008, (agent: TestAgent) => agent.socket.send(Buffer.alloc(0))],
    ['a frame of a type that is none', 1008, (agent: TestAgent) => agent.socket.send(Buffer.from([9, 0]))],
    [
      'series that leave numbers out',
      1008,
      (agent: TestAgent) => agent.socket.send(encodeSeries({ firstId: 1, series: [{ metric: 'a', attributes: {} }] })),
    ],
    ['a set of series nobody announced', 1008, (agent: TestAgent) => agent.socket.send(Buffer.from([2, 0, 1, 0]))],
    ['a batch with the number 0', 1008, (agent: TestAgent) => agent.socket.send(Buffer.from([3, 0, 0, 1, 1, 1]))],
    [
      'readings of a set nobody announced',
      1008,
      (agent: TestAgent) => agent.socket.send(Buffer.from([4, 3, 1, 1, 1, 0])),
    ],
  ])('%s, with code %i, and is counted', async (_name, code, send) => {
    const { device, agent } = await open();
    const before = await counted('malformed');
    send(agent);
    expect((await agent.ends()).code).toBe(code);
    expect(await counted('malformed')).toBe(before + 1);
    await expect.poll(() => server().isConnected(device)).toBe(false);
  });
});

it('a message of a type that is not known yet is counted and passed over', async () => {
  const { agent } = await open();
  const before = await counted('unknown_messages');
  agent.say({ type: 'telepathy', of: 1 });
  agent.announce([{ metric: 'system.cpu.utilization', attributes: {} }]);
  agent.batch(1, Date.now(), [[1]]);
  await agent.acked('metrics', 1);
  expect(await counted('unknown_messages')).toBe(before + 1);
});

it('a frame of 60 KiB that comes in 400 pieces, as over a link of small packets, is one frame', async () => {
  const { port, host } = new URL(server().url);
  const socket = connect(Number(port), '127.0.0.1').setNoDelay(true);
  const heard: string[] = [];
  socket.on('data', (data) => heard.push(data.toString('latin1')));
  socket.write(
    `GET /agent HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: fettle.v1\r\n\r\n`,
  );
  await expect.poll(() => heard.join('')).toContain('challenge');
  const payload = Buffer.from(`{"type":"hello","x":"${'y'.repeat(60_000)}"}`);
  // masked with zeros, so that it stays as it is
  const head = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]);
  const frame = Buffer.concat([head, payload]);
  for (let at = 0; at < frame.length; at += 150) {
    socket.write(frame.subarray(at, at + 150));
    await new Promise(setImmediate); // the server reads it as a piece of its own
  }
  await expect.poll(() => heard.join('')).toMatch(/"refuse","code":"malformed"/);
  socket.destroy();
});

describe('the newest readings', () => {
  const disk = [
    { metric: 'system.filesystem.utilization', attributes: { 'system.filesystem.mountpoint': '/' } },
    { metric: 'system.filesystem.utilization', attributes: { 'system.filesystem.mountpoint': '/home' } },
  ];

  it('are there with the first now frame, in the form that the API promises', async () => {
    const { device, agent } = await open();
    const at = Date.UTC(2026, 0, 2, 3, 4, 5);
    agent.announce(disk);
    agent.now(at, [870, 500]);
    const reading = { unit: '1', at: '2026-01-02T03:04:05.000Z' };
    await expect
      .poll(() => latestOf(device))
      .toEqual({
        'system.filesystem.utilization': [
          { attributes: { 'system.filesystem.mountpoint': '/' }, value: 0.87, ...reading },
          { attributes: { 'system.filesystem.mountpoint': '/home' }, value: 0.5, ...reading },
        ],
      });
  });

  it('are never in the future, whatever the clock of the device says, and newer ones replace them', async () => {
    const { device, agent } = await open();
    const tomorrow = Date.now() + 86_400_000;
    const shown = async () => {
      const { 'system.filesystem.utilization': found } = (await latestOf(device)) as Record<
        string,
        readonly { at: string; value: number }[]
      >;
      return found?.[0];
    };
    agent.announce(disk.slice(0, 1));
    agent.batch(1, tomorrow, [[800]]);
    await agent.acked('metrics', 1);
    expect(Date.parse((await shown())?.at ?? '')).toBeLessThanOrEqual(Date.now());
    agent.batch(2, tomorrow + 60_000, [[900]]);
    await agent.acked('metrics', 2);
    expect((await shown())?.value).toBe(0.9);
    agent.batch(3, tomorrow - 60_000, [[100]]); // of the backlog: still after now
    await agent.acked('metrics', 3);
    expect(await shown()).toBeDefined();
  });

  it('of a device whose clock is a day behind are kept and shown with its own time', async () => {
    const { device, agent } = await open();
    const yesterday = Date.now() - 86_400_000;
    agent.announce(disk.slice(0, 1));
    agent.batch(1, yesterday, [[800]]);
    await agent.acked('metrics', 1);
    expect(await latestOf(device)).toMatchObject({
      'system.filesystem.utilization': [{ value: 0.8, at: new Date(yesterday).toISOString() }],
    });
  });

  it('leave out metrics that this server does not know', async () => {
    const { device, agent } = await open();
    agent.announce([
      { metric: 'brand.new', attributes: {} },
      { metric: '__proto__', attributes: { constructor: 'x' } },
      ...disk.slice(0, 1),
    ]);
    agent.batch(1, Date.now(), [[1], [2], [800]]);
    await agent.acked('metrics', 1);
    expect(Object.keys((await latestOf(device)) as object)).toEqual(['system.filesystem.utilization']);
  });
});
