// One enrolled device that has gone mad: it opens good sessions, and says broken things in them.
import { type KeyObject, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

import { ByteReader } from '@fettle/shared/wire/bytes';
import { encodeSeries, encodeSet } from '@fettle/shared/wire/encode';
import { FRAME } from '@fettle/shared/wire/frame';
import { SEQ_MAX } from '@fettle/shared/wire/limits';
import { ack, welcome } from '@fettle/shared/wire/server-message.schema';
import { helloProof } from '@fettle/shared/wire/signing';

import { ruleBookAt } from '../../server/src/domain/rule-book.ts';
import { type Ingest, Session } from '../../server/src/ingest/session.ts';
import { ROGUE_NAME, SERVER_ID } from './rogue-host.ts';

type LaneName = 'alerts' | 'metrics';

const NONCE = 'n'.repeat(43);
/** Below the window of the server, so that nothing ends for that. */
const ON_THE_WAY = 48;
const NUMBERS_ENOUGH = 2 ** 40;
export const ROGUE_SERIES = [
  { metric: 'system.cpu.utilization', attributes: {} },
  { metric: 'system.filesystem.utilization', attributes: { 'system.filesystem.mountpoint': '/' } },
];

const RULES = ruleBookAt({ divisor: 1 }).version;

const b64 = (bytes: number): string => randomBytes(bytes).toString('base64url');

export class Rogue {
  readonly id = `d_${b64(16)}`;
  readonly publicKey: string;
  readonly #key: KeyObject;
  readonly #acked = { alerts: 0, metrics: 0 };
  next = { alerts: 1, metrics: 1 };
  epochs = { alerts: b64(16), metrics: b64(16) };
  /** The hello that opens a session. */
  hello: object;
  #session: Session | undefined;
  #isOpen = false;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    this.publicKey = publicKey.export({ format: 'jwk' }).x ?? '';
    this.#key = privateKey;
    this.hello = this.#newHello();
  }

  /** A lane has come to where there are no numbers any more. */
  get isSpent(): boolean {
    return Math.max(this.next.alerts, this.next.metrics) > NUMBERS_ENOUGH;
  }

  renew(): void {
    this.cut();
    this.epochs = { alerts: b64(16), metrics: b64(16) };
    this.next = { alerts: 1, metrics: 1 };
    this.hello = this.#newHello();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Something may be said now, and will be looked at. */
  get isReady(): boolean {
    return this.#isOpen && this.#waits('alerts') < ON_THE_WAY && this.#waits('metrics') < ON_THE_WAY;
  }

  get isIdle(): boolean {
    return this.#session === undefined;
  }

  /** Open when the server's parts have said so. @param hello a good one, if not another is given */
  open(ingest: Ingest, hello = JSON.stringify(this.hello)): void {
    const socket = { send: (text: string) => this.#hear(text), close: () => this.#end(), ping: () => undefined };
    // said by the constructor already, and nothing to do with it
    const session = new Session(ingest, socket, NONCE);
    this.#session = session;
    session.onText(hello);
  }

  say(text: string): void {
    this.#session?.onText(text);
  }

  send(frame: Uint8Array): void {
    this.#session?.onBinary(frame);
  }

  /** A record has been taken, or passed. */
  passed(lane: LaneName, seq: number): void {
    this.next[lane] = Math.max(this.next[lane], seq + 1);
  }

  cut(): void {
    this.#session?.onClose();
    this.#end();
  }

  #newHello(): object {
    const agentNonce = b64(16);
    const epochs = { alertsEpoch: this.epochs.alerts, metricsEpoch: this.epochs.metrics };
    const claim = { serverId: SERVER_ID, nonce: NONCE, deviceId: this.id, agentNonce, ...epochs };
    const lane = (name: LaneName) => ({ epoch: this.epochs[name], next: 1 });
    return {
      type: 'hello',
      deviceId: this.id,
      signature: sign(null, Buffer.from(helloProof(claim)), this.#key).toString('base64url'),
      agentNonce,
      protocol: { min: 1, max: 1 },
      agentVersion: '1',
      bootId: 'boot',
      clock: Date.now(),
      hostname: ROGUE_NAME,
      os: 'linux',
      class: 'server',
      lanes: { alerts: lane('alerts'), metrics: lane('metrics') },
      ruleSet: RULES, // no server has to send them then, which would cost most
    };
  }

  #waits(lane: LaneName): number {
    return this.next[lane] - 1 - this.#acked[lane];
  }

  #hear(text: string): void {
    if (text.startsWith('{"type":"welcome"')) this.#begin(text);
    if (!text.startsWith('{"type":"ack"')) return;
    const { lane, seq } = ack.parse(JSON.parse(text));
    this.#acked[lane] = Math.max(this.#acked[lane], seq);
  }

  #begin(text: string): void {
    const { marks } = welcome.parse(JSON.parse(text));
    for (const lane of ['alerts', 'metrics'] as const) {
      const mark = marks[lane];
      this.#acked[lane] = mark?.epoch === this.epochs[lane] ? mark.seq : 0;
      this.next[lane] = this.#acked[lane] + 1;
    }
    this.#isOpen = true;
    this.send(encodeSeries({ firstId: 0, series: ROGUE_SERIES }));
    this.send(encodeSet({ setId: 0, seriesIds: [0, 1] }));
  }

  #end(): void {
    this.#session = undefined;
    this.#isOpen = false;
  }
}

/** The place that a frame of the metrics lane claims. */
export const claimedSeq = (frame: Uint8Array): number | undefined => {
  if (frame[0] !== FRAME.batch && frame[0] !== FRAME.thinned) return undefined;
  try {
    return new ByteReader(frame, 1).varint(SEQ_MAX, 'seq');
  } catch {
    return undefined;
  }
};
