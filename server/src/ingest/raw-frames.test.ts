// Below the protocol: upgrades and frames that no WebSocket library would send. Each ends its own connection, and nothing else.
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { shareTestServer } from '../fixture.ts';
import { TestAgent, enrolDevice, randomText } from './test-agent.ts';
import { type Headers, upgradeRequest } from './upgrade-request.ts';

/** @param method and headers as of upgradeRequest. @param behind sent in the same breath */
const rawUpgrade = async (url: string, headers: Headers = {}, method = 'GET', behind: Uint8Array = Buffer.alloc(0)) => {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  const raw = new RawAgent(socket);
  socket.write(Buffer.concat([Buffer.from(upgradeRequest(socket, headers, method)), behind]));
  await expect.poll(() => raw.heard.toString('latin1') !== '' || raw.hasEnded).toBe(true);
  return raw;
};

class RawAgent {
  readonly socket: Socket;
  hasEnded = false;
  #heard: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (data: Buffer) => (this.#heard = Buffer.concat([this.#heard, data])));
    socket.on('close', () => (this.hasEnded = true));
  }

  get heard(): Buffer {
    return this.#heard;
  }

  get status(): number {
    return Number(this.#heard.toString('latin1').split(' ')[1]);
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The code of the close frame that came last, 0 for none. */
  get closeCode(): number {
    const at = this.#heard.lastIndexOf(0x88);
    return at < 0 ? 0 : this.#heard.readUInt16BE(at + 2);
  }
}

/** A frame of a client, with a mask of zeros so that it can be read. @param first FIN, RSV and opcode; @param length as it claims to be */
const rawFrame = (first: number, payload: Buffer | string, length?: number): Buffer => {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const told = length ?? bytes.length;
  const head =
    told < 126
      ? [first, 0x80 | told]
      : told < 2 ** 16
        ? [first, 0x80 | 126, told >> 8, told & 0xff]
        : [first, 0x80 | 127, ...Buffer.from(BigInt.asUintN(64, BigInt(told)).toString(16).padStart(16, '0'), 'hex')];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), bytes]);
};

const server = shareTestServer();
const TEXT = 0x81;
const BINARY = 0x82;
const PING = 0x89;
const FIN_MISSING = 0x7f;

/** A good agent beside all of them: after each test it is acknowledged within a second. */
let good: TestAgent;
const lanes = { alerts: { epoch: randomText(16), next: 1 }, metrics: { epoch: randomText(16), next: 1 } };
let seq = 0;
beforeAll(async () => {
  good = await TestAgent.connect(server().url, await enrolDevice(server()), { lanes });
});
const goodIsServed = async () => {
  seq += 1;
  good.record(lanes.alerts.epoch, seq, { kind: 'suspended', at: 1, forMs: 1 });
  await good.acked('alerts', seq, 1_000);
};

describe('an upgrade', () => {
  it.each([
    ['without a key', { 'Sec-WebSocket-Key': undefined }, 400],
    ['with a key of 15 bytes', { 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAA' }, 400],
    ['with a key of 10 KiB', { 'Sec-WebSocket-Key': 'A'.repeat(10_240) }, 400],
    ['of version 12', { 'Sec-WebSocket-Version': '12' }, 400],
    ['without a version', { 'Sec-WebSocket-Version': undefined }, 400],
    ['without a subprotocol', { 'Sec-WebSocket-Protocol': undefined }, 400],
    ['with a subprotocol that is none', { 'Sec-WebSocket-Protocol': 'fettle.v1,,@' }, 400],
    ['of the origin null', { Origin: 'null' }, 403],
    ['with an empty origin', { Origin: '' }, 403],
  ])('%s is turned away', async (_what, headers, status) => {
    expect((await rawUpgrade(server().url, headers)).status).toBe(status);
    await goodIsServed();
  });

  it.each([
    ['by POST', 'POST'],
    ['by PUT', 'PUT'],
  ])('%s is turned away', async (_what, method) => {
    expect((await rawUpgrade(server().url, {}, method)).status).toBe(405);
  });

  it.each([
    ['a cookie, of which nothing is read', { Cookie: 'fettle=stolen; __Host-fettle=stolen' }],
    ['an extension that is broken', { 'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=99,;' }],
    ['an extension that is good, and is not used', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }],
  ])('with %s is let in', async (_what, headers) => {
    const raw = await rawUpgrade(server().url, headers);
    expect(raw.heard.toString('latin1')).toMatch(/^HTTP\/1\.1 101 (?![^]*sec-websocket-extensions)/i);
  });

  it('with a hello behind it, before there was a challenge, gets no session', async () => {
    const raw = await rawUpgrade(server().url, {}, 'GET', rawFrame(TEXT, '{"type":"hello"}'));
    await expect.poll(() => raw.heard.toString('latin1')).toMatch(/101 [^]*"refuse","code":"malformed"/);
    await goodIsServed();
  });

  it('that hundreds leave half done holds up nobody', async () => {
    const half = await Promise.all(
      Array.from({ length: 300 }, () => rawUpgrade(server().url, { 'Sec-WebSocket-Key': 'x' })),
    );
    for (const raw of half) raw.write(Buffer.from('GET /agent HTTP/1.1\r\nHost: '));
    await goodIsServed();
  });
});

describe('a frame', () => {
  const unmasked = (payload: string) => Buffer.concat([Buffer.of(TEXT, payload.length), Buffer.from(payload)]);
  it.each<[what: string, code: number, frames: readonly Buffer[]]>([
    ['without a mask', 1002, [unmasked('{}')]],
    ...[0x40, 0x20, 0x10].map((bit): [string, number, Buffer[]] => [
      `with the reserved bit ${bit}`,
      1002,
      [rawFrame(TEXT | bit, '{}')],
    ]),
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, number, Buffer[]] => [
      `of the opcode ${opcode}`,
      1002,
      [rawFrame(0x80 | opcode, '')],
    ]),
    ['of control with 126 bytes', 1002, [rawFrame(PING, 'x'.repeat(126))]],
    ['of control in fragments', 1002, [rawFrame(PING & FIN_MISSING, 'x')]],
    ['that goes on with nothing', 1002, [rawFrame(0x80, 'x')]],
    ['that begins anew in the middle', 1002, [rawFrame(TEXT & FIN_MISSING, 'x'), rawFrame(TEXT, 'x')]],
    [
      'of a single byte seventeen times',
      1008,
      [rawFrame(TEXT & FIN_MISSING, 'x'), ...Array.from({ length: 16 }, () => rawFrame(0, 'x'))],
    ],
    ['that claims 2^63 bytes', 1009, [rawFrame(TEXT, '', 2 ** 63)]],
    ['that claims 65,537 bytes', 1009, [rawFrame(BINARY, '', 65_537)]],
    [
      'of a character cut in two, the second half missing',
      1007,
      [rawFrame(TEXT & FIN_MISSING, Buffer.of(0xc3)), rawFrame(0x80, 'x')],
    ],
    ['of close with one byte', 1002, [rawFrame(0x88, 'x')]],
    ...[99, 1_005, 1_006, 5_000].map((code): [string, number, Buffer[]] => [
      `of close with the code ${code}`,
      1002,
      [rawFrame(0x88, Buffer.of(code >> 8, code & 0xff))],
    ]),
    ['of close with a reason that is no UTF-8', 1007, [rawFrame(0x88, Buffer.of(3, 232, 0xff))]],
  ])('%s ends its connection with %i', async (_what, code, frames) => {
    const raw = await rawUpgrade(server().url);
    for (const frame of frames) raw.write(frame);
    await expect.poll(() => raw.closeCode).toBe(code);
    await goodIsServed();
  });

  it('of a character over two fragments is read as one', async () => {
    const raw = await rawUpgrade(server().url);
    raw.write(rawFrame(TEXT & FIN_MISSING, Buffer.from([...Buffer.from('{"type":"'), 0xc3])));
    raw.write(rawFrame(0x80, Buffer.from([0xa9, ...Buffer.from('"}')])));
    await expect.poll(() => raw.heard.toString('latin1')).toMatch(/"refuse","code":"malformed"/);
  });

  it('that says it is longer than it is waits for the rest, and its connection for no more than 5 s', async () => {
    const raw = await rawUpgrade(server().url);
    raw.write(rawFrame(TEXT, '{"type":', 1_000));
    await goodIsServed();
    await expect.poll(() => raw.heard.toString('latin1'), { timeout: 9_000 }).toContain('No hello within 5 s.');
  }, 12_000);

  it('of ping, thousands of them and no answer read, ends its connection or is served, and holds up nobody', async () => {
    const raw = await rawUpgrade(server().url);
    raw.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 1_000 }, () => rawFrame(PING, 'x'.repeat(125))));
    for (let round = 0; round < 40 && !raw.hasEnded; round += 1) {
      raw.write(pings);
      await goodIsServed();
    }
  });
});

describe('a hello', () => {
  it('for another device, in the session of one, ends it, and the other is not there', async () => {
    const [mine, other] = [await enrolDevice(server()), await enrolDevice(server(), 'srv-02')];
    const agent = await TestAgent.connect(server().url, mine);
    agent.say(await agent.hello(other));
    expect((await agent.hears('refuse')).code).toBe('malformed');
    expect((await server().ask('device', SYSTEM, { id: other.id }))?.presence).toBe('away');
  });

  it('in a binary frame is none', async () => {
    const agent = await TestAgent.dial(server().url);
    agent.socket.send(Buffer.from(JSON.stringify(await agent.hello(await enrolDevice(server())))));
    expect((await agent.hears('refuse')).code).toBe('malformed');
  });

  it('with a name of 60,000 characters is malformed', async () => {
    const agent = await TestAgent.dial(server().url);
    agent.say({ ...(await agent.hello(await enrolDevice(server()))), hostname: 'x'.repeat(60_000) });
    expect((await agent.hears('refuse')).message).toMatch(/^hostname: /);
  });

  it('of an agent that speaks later versions too is welcomed', async () => {
    const agent = await TestAgent.connect(server().url, await enrolDevice(server()), { protocol: { min: 1, max: 9 } });
    expect(agent.isOpen).toBe(true);
  });
});
