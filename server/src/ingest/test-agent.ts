// An agent for tests: a real key, enrolled over HTTP, and a real WebSocket that keeps what the server says.
import { type KeyObject, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';

import type { Hello, Rekey } from '@fettle/shared/wire/agent-message.schema';
import { encodeBatch, encodeBlock, encodeLoose, encodeSeries, encodeSet } from '@fettle/shared/wire/encode';
import { type EnrollRequest, enrollAnswer, enrollChallenge } from '@fettle/shared/wire/enroll.schema';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';
import { PROTOCOL } from '@fettle/shared/wire/limits';
import type { RecordBody } from '@fettle/shared/wire/record.schema';
import { type ServerMessage, serverMessage } from '@fettle/shared/wire/server-message.schema';
import { enrollProof, helloProof, rekeyProof } from '@fettle/shared/wire/signing';
import { type ClientOptions, WebSocket } from 'ws';

import { SYSTEM } from '../domain/actor.ts';
import type { Outcome, WriterEvent } from '../domain/event.ts';
import { HOME } from '../domain/home.ts';
import { hashOf } from './device-key.ts';

type Server = { readonly url: string; readonly commit: (event: WriterEvent) => Promise<Outcome> };

export type TestDevice = { readonly id: string; readonly serverId: string; readonly key: KeyObject };

type Closed = { readonly code: number; readonly reason: string };

const HOUR_MS = 3_600_000;
const WAIT_MS = 8_000;

export const randomText = (bytes: number): string => randomBytes(bytes).toString('base64url');

const signed = (key: KeyObject, text: string): string => sign(null, Buffer.from(text), key).toString('base64url');

/** A token of the site "home", which is made when it is not there. */
export const enrolToken = async (
  { commit }: Server,
  { maxUses = 1, expiresMs = Date.now() + HOUR_MS }: { readonly maxUses?: number; readonly expiresMs?: number } = {},
): Promise<string> => {
  const token = `ft_${randomText(32)}`;
  await commit({ type: 'create site', actor: SYSTEM, ...HOME });
  await commit({ type: 'create enrol token', actor: SYSTEM, hash: hashOf(token), site: HOME.site, expiresMs, maxUses });
  return token;
};

export const newKey = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { key: privateKey, publicKey: x };
};

const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** A challenge, answered. @param change of the request, after it is signed */
export const askToEnrol = async (
  { url }: Pick<Server, 'url'>,
  { key, publicKey }: ReturnType<typeof newKey>,
  change: Partial<EnrollRequest>,
): Promise<Response> => {
  const { nonce, serverId } = enrollChallenge.parse(await (await post(`${url}/api/v1/enroll/challenge`, {})).json());
  const proof = signed(key, enrollProof({ serverId, nonce, publicKey }));
  const about = { hostname: 'srv-01', os: 'linux', class: 'server', agentVersion: '0.1.0' } as const;
  return post(`${url}/api/v1/enroll`, { nonce, token: '', publicKey, proof, ...about, ...change });
};

export const enrolDevice = async (server: Server, hostname = 'srv-01'): Promise<TestDevice> => {
  const pair = newKey();
  const answer = await askToEnrol(server, pair, { token: await enrolToken(server), hostname });
  const { deviceId, serverId } = enrollAnswer.parse(await answer.json());
  return { id: deviceId, serverId, key: pair.key };
};

/** A connection as an agent opens it; says nothing by itself. */
export class TestAgent {
  readonly socket: WebSocket;
  readonly heard: ServerMessage[] = [];
  readonly #looks = new Set<() => void>();
  #closed: Closed | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.heard.push(serverMessage.parse(JSON.parse(data.toString('utf8'))));
      this.#look();
    });
    socket.on('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString('utf8') };
      this.#look();
    });
    socket.on('error', () => undefined); // ends it, which shows
  }

  /** Open, with the challenge on its way. @throws when the server turns it away */
  static async dial(url: string, options: ClientOptions = {}, protocol = PROTOCOL): Promise<TestAgent> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/agent`, protocol === '' ? [] : [protocol], options);
    const agent = new TestAgent(socket);
    await once(socket, 'open');
    return agent;
  }

  /** Welcomed. @param change of the hello */
  static async connect(url: string, device: TestDevice, change: Partial<Hello> = {}): Promise<TestAgent> {
    const agent = await TestAgent.dial(url);
    agent.say(await agent.hello(device, change));
    await agent.hears('welcome');
    return agent;
  }

  /** A correct answer to the challenge. @param change made before it is signed */
  async hello(device: TestDevice, change: Partial<Hello> = {}): Promise<Hello> {
    const { nonce, serverId } = await this.hears('challenge');
    const hello: Hello = {
      type: 'hello',
      deviceId: device.id,
      signature: '',
      agentNonce: randomText(16),
      protocol: { min: 1, max: 1 },
      agentVersion: '0.1.0',
      bootId: 'boot-1',
      clock: Date.now(),
      hostname: 'srv-01',
      os: 'linux',
      class: 'server',
      lanes: { alerts: { epoch: randomText(16), next: 1 }, metrics: { epoch: randomText(16), next: 1 } },
      ruleSet: '',
      ...change,
    };
    const { deviceId, agentNonce, lanes } = hello;
    const epochs = { alertsEpoch: lanes.alerts.epoch, metricsEpoch: lanes.metrics.epoch };
    return {
      ...hello,
      signature: signed(device.key, helloProof({ serverId, nonce, deviceId, agentNonce, ...epochs })),
    };
  }

  /** What a copy asks for. @param change made after it is signed */
  async rekey(device: TestDevice, own: ReturnType<typeof newKey>, change: Partial<Rekey> = {}): Promise<Rekey> {
    const { nonce, serverId } = await this.hears('challenge');
    const { publicKey } = own;
    const text = rekeyProof({ serverId, nonce, deviceId: device.id, publicKey });
    const proven = {
      deviceId: device.id,
      publicKey,
      signature: signed(device.key, text),
      proof: signed(own.key, text),
    };
    const about = { agentVersion: '0.1.0', hostname: 'copy', os: 'linux', class: 'server' } as const;
    return { type: 'rekey', ...proven, ...about, ...change };
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  record(epoch: string, seq: number, body: RecordBody, lane: 'alerts' | 'metrics' = 'alerts'): void {
    this.say({ type: 'record', lane, epoch, seq, body });
  }

  /** As the first set of this session. */
  announce(series: readonly SeriesDefinition[]): void {
    this.socket.send(encodeSeries({ firstId: 0, series }));
    this.socket.send(encodeSet({ setId: 0, seriesIds: series.map((_, id) => id) }));
  }

  batch(seq: number, t0: number, columns: readonly (readonly number[])[]): void {
    this.socket.send(encodeBatch(seq, 0, encodeBlock({ t0, stepMs: 10_000, count: columns[0]?.length ?? 0 }, columns)));
  }

  now(t0: number, values: readonly number[]): void {
    const columns = values.map((value) => [value]);
    this.socket.send(encodeLoose('now', 0, encodeBlock({ t0, stepMs: 1_000, count: 1 }, columns)));
  }

  /** The first message of a type, from among those that `is` holds for. @throws when it does not come in time */
  async hears<T extends ServerMessage['type']>(
    type: T,
    is: (message: ServerMessage & { readonly type: T }) => boolean = () => true,
    withinMs = WAIT_MS,
  ): Promise<ServerMessage & { readonly type: T }> {
    const isIt = (message: ServerMessage): message is ServerMessage & { readonly type: T } => message.type === type;
    const find = () => this.heard.filter(isIt).find(is);
    await this.#until(`a ${type}`, () => find() !== undefined, withinMs);
    const found = find();
    if (!found) throw new Error('unreachable');
    return found;
  }

  async acked(lane: 'alerts' | 'metrics', seq: number, withinMs = WAIT_MS): Promise<void> {
    await this.hears('ack', (ack) => ack.lane === lane && ack.seq >= seq, withinMs);
  }

  async ends(): Promise<Closed> {
    await this.#until('the end', () => this.#closed !== undefined);
    return this.#closed ?? { code: 0, reason: '' };
  }

  /** Everything sent so far has been read: is the connection still open? */
  async isStillThere(): Promise<boolean> {
    let isAnswered = false;
    this.socket.once('pong', () => {
      isAnswered = true;
      this.#look();
    });
    this.socket.ping();
    await this.#until('a pong', () => isAnswered || this.#closed !== undefined);
    return isAnswered && this.heard.every(({ type }) => type !== 'refuse');
  }

  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  #look(): void {
    for (const look of this.#looks) look();
  }

  async #until(what: string, isSo: () => boolean, withinMs = WAIT_MS): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const fail = (why: string) => reject(new Error(`${what}: ${why}; heard ${JSON.stringify(this.heard)}`));
    const look = (): void => {
      if (isSo()) resolve();
      else if (this.#closed) fail(`closed with ${this.#closed.code}`);
    };
    const timer = setTimeout(() => fail('not in time'), withinMs);
    this.#looks.add(look);
    look();
    await promise.finally(() => {
      clearTimeout(timer);
      this.#looks.delete(look);
    });
  }
}
