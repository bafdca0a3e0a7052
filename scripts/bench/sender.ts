// An agent that does nothing but send: real enrolment, real handshake, real frames, as many batches as the window lets through.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

import { postJsonTo } from '@fettle/agent/host/http';
import { encodeBatch, encodeBlock, encodeSeries, encodeSet } from '@fettle/shared/wire/encode';
import { enrollAnswer, enrollChallenge } from '@fettle/shared/wire/enroll.schema';
import { PROTOCOL, PROTOCOL_VERSION } from '@fettle/shared/wire/limits';
import { type ServerMessage, serverMessage } from '@fettle/shared/wire/server-message.schema';
import { enrollProof, helloProof } from '@fettle/shared/wire/signing';
import { WebSocket } from 'ws';

import { type Trace, createTrace } from './trace.ts';

const STEP_MS = 10_000;
const STEPS = 6;

export type Sent = { batches: number; bytes: number; readonly ackMs: number[] };

export class Sender {
  readonly #key = generateKeyPairSync('ed25519');
  readonly #epochs = { alerts: nonce(16), metrics: nonce(16) };
  readonly #trace: Trace;
  readonly #sent: Sent;
  readonly #sentAt: number[] = [];
  #socket: WebSocket | undefined;
  #deviceId = '';
  #seq = 0;
  #acked = 0;
  #window = 0;
  #t0: number;
  #isSending = false;

  constructor(index: number, sent: Sent) {
    this.#trace = createTrace(index);
    this.#sent = sent;
    this.#t0 = Math.floor(Date.now() / STEP_MS) * STEP_MS - 86_400_000;
  }

  async enroll(url: string, token: string): Promise<void> {
    const post = postJsonTo(url);
    const { nonce: challenge, serverId } = enrollChallenge.parse((await post('/api/v1/enroll/challenge', {})).body);
    const publicKey = this.#key.publicKey.export({ format: 'jwk' }).x ?? '';
    const proof = this.#sign(enrollProof({ serverId, nonce: challenge, publicKey }));
    const who = { hostname: 'bench', os: 'linux', class: 'server', agentVersion: 'bench' };
    const { body } = await post('/api/v1/enroll', { nonce: challenge, token, publicKey, proof, ...who });
    this.#deviceId = enrollAnswer.parse(body).deviceId;
  }

  /** Connected and welcomed when it resolves. */
  connect(url: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = new WebSocket(`${url.replace('http', 'ws')}/agent`, PROTOCOL, { perMessageDeflate: false });
    this.#socket = socket;
    socket.on('error', reject);
    socket.on('message', (data: Buffer) =>
      this.#onMessage(serverMessage.parse(JSON.parse(data.toString('utf8'))), resolve),
    );
    socket.on('close', (_code, reason) => reject(new Error(`closed: ${reason.toString()}`)));
    return promise;
  }

  start(): void {
    this.#isSending = true;
    this.#fill();
  }

  /** Sends no more; `pending` tells when all is acknowledged. */
  stop(): void {
    this.#isSending = false;
  }

  get pending(): number {
    return this.#seq - this.#acked;
  }

  close(): void {
    this.#socket?.removeAllListeners('close').close();
  }

  #onMessage(message: ServerMessage, onWelcome: () => void): void {
    if (message.type === 'challenge') this.#hello(message);
    if (message.type === 'welcome') {
      this.#window = message.window;
      this.#announce();
      onWelcome();
    }
    if (message.type === 'ack') {
      const now = performance.now();
      for (; this.#acked < message.seq; this.#acked += 1) this.#sent.ackMs.push(now - (this.#sentAt.shift() ?? now));
      this.#fill();
    }
    if (message.type === 'refuse') throw new Error(`${message.code}: ${message.message}`);
  }

  #hello({ nonce: challenge, serverId }: ServerMessage & { type: 'challenge' }): void {
    const agentNonce = nonce(16);
    const { alerts, metrics } = this.#epochs;
    const claim = {
      serverId,
      nonce: challenge,
      deviceId: this.#deviceId,
      agentNonce,
      alertsEpoch: alerts,
      metricsEpoch: metrics,
    };
    const hello = {
      type: 'hello',
      deviceId: this.#deviceId,
      signature: this.#sign(helloProof(claim)),
      agentNonce,
      protocol: { min: PROTOCOL_VERSION, max: PROTOCOL_VERSION },
      agentVersion: 'bench',
      bootId: 'bench',
      clock: Date.now(),
      hostname: 'bench',
      os: 'linux',
      class: 'server',
      lanes: { alerts: { epoch: alerts, next: 1 }, metrics: { epoch: metrics, next: 1 } },
      ruleSet: '',
    };
    this.#socket?.send(JSON.stringify(hello));
  }

  #announce(): void {
    const { series } = this.#trace;
    for (let firstId = 0; firstId < series.length; firstId += 10) {
      this.#socket?.send(encodeSeries({ firstId, series: series.slice(firstId, firstId + 10) }));
    }
    this.#socket?.send(encodeSet({ setId: 0, seriesIds: series.map((_, index) => index) }));
  }

  #fill(): void {
    while (this.#isSending && this.pending < this.#window) {
      const block = encodeBlock({ t0: this.#t0, stepMs: STEP_MS, count: STEPS }, this.#trace.next(STEPS));
      this.#t0 += STEPS * STEP_MS;
      this.#seq += 1;
      const frame = encodeBatch(this.#seq, 0, block);
      this.#sentAt.push(performance.now());
      this.#socket?.send(frame);
      this.#sent.batches += 1;
      this.#sent.bytes += frame.length;
    }
  }

  #sign(text: string): string {
    return sign(null, Buffer.from(text), this.#key.privateKey).toString('base64url');
  }
}

const nonce = (bytes: number): string => randomBytes(bytes).toString('base64url');
