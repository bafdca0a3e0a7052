// An agent by somebody else: written from PROTOCOL.md alone, with nothing of ours but that page. What it does not do is judge rules.
import { type KeyObject, createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';

import { WebSocket } from 'ws';

type LaneName = 'alerts' | 'metrics';
type Message = Readonly<Record<string, unknown>>;
/** `make` gives what is sent, for a place in an epoch; `block` is what the hash of a batch is over. */
type Kept = { seq: number; make: (epoch: string, seq: number) => string | Buffer; block?: Buffer };
/** `acked`: ever, in this epoch; `durable`: by the word of this session, which a restored server takes back. */
type Lane = { epoch: string; next: number; acked: number; durable: number; sent: number; kept: Kept[] };
type Identity = { server: string; serverId: string; deviceId: string; key: KeyObject; hostname: string };

const LANES = ['alerts', 'metrics'] as const;
const ABOUT = { os: 'linux', class: 'server', agentVersion: 'second 1' };

const b64 = (bytes: number): string => randomBytes(bytes).toString('base64url');
const hashOf = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex').slice(0, 16);
const signed = (key: KeyObject, ...lines: string[]): string =>
  sign(null, Buffer.from(lines.join('\n')), key).toString('base64url');

// ---- JSON of which nothing is believed

const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null;
const read = (json: string): Message => {
  const value: unknown = JSON.parse(json);
  return isMessage(value) ? value : {};
};
const textIn = (message: Message, key: string): string => {
  const value = message[key];
  return typeof value === 'string' ? value : '';
};
const numberIn = (message: Message, key: string): number => Number(message[key]);
const partOf = (message: Message, key: string): Message | undefined => {
  const part = message[key];
  return isMessage(part) ? part : undefined;
};

// ---- numbers, names and readings as bytes

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
const zigzag = (d: number): number => (d >= 0 ? 2 * d : -2 * d - 1);
const name = (value: string): number[] => [...varint(Buffer.byteLength(value)), ...Buffer.from(value)];
/** null is a missing reading. */
const column = (readings: readonly (number | null)[]): number[] => {
  let before = 0;
  return readings.flatMap((reading) => {
    if (reading === null) return varint(3);
    const token = varint(2 * zigzag(reading - before));
    before = reading;
    return token;
  });
};
const SERIES = Buffer.from([1, 0, 2, ...name('system.cpu.utilization'), 0, ...name('system.memory.utilization'), 0]);
const SET = Buffer.from([2, 0, 2, 0, 0]);

// ---- enrolment

const post = async (url: string, body: object): Promise<Message> => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const message = read(await answer.text());
  if (!answer.ok) throw new Error(textIn(message, 'code'));
  return message;
};

/** @throws with the code of the refusal */
export const enrol = async (server: string, token: string, hostname: string): Promise<Identity> => {
  const { privateKey: key, publicKey: pair } = generateKeyPairSync('ed25519');
  const publicKey = pair.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64url');
  const asked = await post(`${server}/api/v1/enroll/challenge`, {});
  const [nonce, serverId] = [textIn(asked, 'nonce'), textIn(asked, 'serverId')];
  const proof = signed(key, 'fettle.v1 enroll', serverId, nonce, publicKey);
  const answer = await post(`${server}/api/v1/enroll`, { nonce, token, publicKey, proof, hostname, ...ABOUT });
  return { server, serverId, deviceId: textIn(answer, 'deviceId'), key, hostname };
};

// ---- the agent: what it knows, and what it does with it

const newLane = (): Lane => ({ epoch: b64(16), next: 1, acked: 0, durable: 0, sent: 0, kept: [] });

export const newAgent = (identity: Identity) => ({
  identity,
  lanes: { alerts: newLane(), metrics: newLane() },
  /** What the server had to say: places of poison, codes of refusals, sessions, and how often a lane had to begin anew. */
  seen: { poison: new Array<number>(), refused: new Array<string>(), sessions: 0, renewed: 0 },
  socket: undefined as WebSocket | undefined,
  window: 0,
  onChange: (): void => undefined,
});
export type Agent = ReturnType<typeof newAgent>;

const laneIn = (agent: Agent, message: Message): Lane | undefined => {
  const found = LANES.find((lane) => lane === message['lane']);
  return found && agent.lanes[found];
};

const hello = ({ identity, lanes }: Agent, challenge: Message): object => {
  const { deviceId, key, hostname, serverId } = identity;
  const agentNonce = b64(16);
  const epochs = [lanes.alerts.epoch, lanes.metrics.epoch];
  const proof = ['fettle.v1 hello', serverId, textIn(challenge, 'nonce'), deviceId, ...epochs, agentNonce];
  const [alerts, metrics] = LANES.map((lane) => ({ epoch: lanes[lane].epoch, next: lanes[lane].next }));
  return {
    type: 'hello',
    deviceId,
    agentNonce,
    hostname,
    ...ABOUT,
    signature: signed(key, ...proof),
    protocol: { min: 1, max: 1 },
    bootId: 'boot',
    clock: Date.now(),
    ruleSet: '',
    lanes: { alerts, metrics },
  };
};

/** By the table under "Marks". @returns whether the lane goes on in this session */
const adopt = (lane: Lane, mark: Message | undefined): boolean => {
  const isOurs = mark?.['epoch'] === lane.epoch;
  const seq = isOurs ? numberIn(mark, 'seq') : 0;
  const own = lane.kept.find((kept) => kept.seq === seq);
  const told = isOurs ? textIn(mark, 'hash') : '';
  const isOther = own !== undefined && told !== '' && told !== hashOf(own.block ?? own.make(lane.epoch, seq));
  if (isOurs ? seq < lane.next && !isOther : lane.acked === 0) {
    Object.assign(lane, { sent: seq, durable: seq, acked: Math.max(lane.acked, seq) });
    return true;
  }
  const again = isOurs ? lane.kept.filter((kept) => kept.seq > lane.acked) : lane.kept;
  const kept = again.map((one, index) => ({ ...one, seq: index + 1 }));
  Object.assign(lane, { ...newLane(), next: kept.length + 1, kept });
  return false;
};

/** Alerts first, no more on the way than granted, and nothing before the welcome. */
const send = ({ lanes, socket, window }: Agent): void => {
  if (window === 0) return;
  for (const lane of [lanes.alerts, lanes.metrics]) {
    for (const { seq, make } of lane.kept) {
      if (seq <= lane.sent || seq > lane.durable + window || socket?.readyState !== WebSocket.OPEN) continue;
      socket.send(make(lane.epoch, seq));
      lane.sent = seq;
    }
  }
};

const begin = (agent: Agent, welcome: Message): void => {
  const marks = partOf(welcome, 'marks') ?? {};
  const goesOn = LANES.map((lane) => adopt(agent.lanes[lane], partOf(marks, lane)));
  if (goesOn.includes(false)) {
    agent.seen.renewed += 1;
    agent.socket?.terminate();
    return;
  }
  agent.window = numberIn(welcome, 'window');
  agent.seen.sessions += 1;
  agent.socket?.send(SERIES);
  agent.socket?.send(SET);
};

const hear = (agent: Agent, message: Message): void => {
  const lane = laneIn(agent, message);
  switch (message['type']) {
    case 'challenge':
      if (message['serverId'] === agent.identity.serverId) agent.socket?.send(JSON.stringify(hello(agent, message)));
      break;
    case 'welcome':
      begin(agent, message);
      break;
    case 'refuse':
      agent.seen.refused.push(textIn(message, 'code'));
      break;
    case 'poison':
      agent.seen.poison.push(numberIn(message, 'seq'));
      break;
    case 'ack':
      if (lane && message['epoch'] === lane.epoch) {
        lane.durable = numberIn(message, 'seq');
        lane.acked = Math.max(lane.acked, lane.durable);
      }
      break;
    default: // of a later version
  }
  send(agent);
  agent.onChange();
};

/** One connection. @returns when it has ended */
export const connect = async (agent: Agent): Promise<void> => {
  const url = `${agent.identity.server.replace('http', 'ws')}/agent`;
  const socket = new WebSocket(url, 'fettle.v1', { perMessageDeflate: false });
  agent.socket = socket;
  agent.window = 0;
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) hear(agent, read(data.toString('utf8')));
  });
  socket.on('error', () => undefined); // ends it
  await once(socket, 'close');
};

/** @returns when so much is acknowledged */
export const acked = async (agent: Agent, alerts: number, metrics: number): Promise<void> => {
  while (agent.lanes.alerts.acked < alerts || agent.lanes.metrics.acked < metrics) {
    const { promise, resolve } = Promise.withResolvers<void>();
    agent.onChange = resolve;
    await promise;
  }
};

const keep = (agent: Agent, laneName: LaneName, kept: Omit<Kept, 'seq'>, seqs = 1): void => {
  const lane = agent.lanes[laneName];
  lane.next += seqs;
  lane.kept.push({ ...kept, seq: lane.next - 1 });
  send(agent);
};

const messageOf = (lane: LaneName, epoch: string, seq: number, body: object): string =>
  JSON.stringify({ type: 'record', lane, epoch, seq, body });

export const keepRecord = (agent: Agent, lane: LaneName, body: object): void =>
  keep(agent, lane, { make: (epoch, seq) => messageOf(lane, epoch, seq, body) });

/** In place of `count` records that will never come. */
export const keepGap = (agent: Agent, lane: LaneName, count: number): void => {
  const body = { kind: 'gap', at: Date.now(), count, reason: 'disk_full' };
  const make = (epoch: string, seq: number) => messageOf(lane, epoch, seq, { ...body, from: seq - count + 1 });
  keep(agent, lane, { make }, count);
};

/** @param columns of CPU and memory in thousandths, the oldest first */
export const keepBatch = (agent: Agent, t0: number, stepMs: number, columns: (number | null)[][]): void => {
  const head = [t0, stepMs, columns[0]?.length ?? 0].flatMap(varint);
  const block = Buffer.from([...head, ...columns.flatMap(column)]);
  keep(agent, 'metrics', { make: (_epoch, seq) => Buffer.from([3, ...varint(seq), 0, ...block]), block });
};
