// One agent's connection: challenge, hello, welcome, then records until it ends. Who it is, the hello settles; nothing later can change it.
import { MINUTE_MS } from '@fettle/shared/time';
import type { Hello } from '@fettle/shared/wire/agent-message.schema';
import type { RefuseCode, ServerMessage, Welcome } from '@fettle/shared/wire/server-message.schema';

import { SYSTEM } from '../domain/actor.ts';
import { Delivery } from './delivery.ts';
import { UNKNOWN_DEVICE, refusalOf } from './handshake.ts';
import type { Intake } from './intake.ts';
import { readText } from './read-text.ts';

/** What a session needs of a WebSocket. */
export type AgentSocket = {
  readonly send: (text: string) => void;
  readonly close: (code: number, reason: string) => void;
};

/** A device's clock may be off by this much before it is counted and shown; nothing is refused for it. */
const CLOCK_TOLERANCE_MS = MINUTE_MS;

export type Ingest = Intake & {
  /** The session is the device's now; a former one is to be ended. */
  readonly onClaim: (device: string, session: Session) => void;
};

type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;

const NOT_YET = 'First a hello, then nothing before the welcome.';

/** Close codes of RFC 6455 and its registry: policy violation; service restart; try again later. */
const CLOSE = { policy: 1008, restart: 1012, tryAgain: 1013 } as const;

export class Session {
  readonly #ingest: Ingest;
  readonly #socket: AgentSocket;
  readonly #nonce: string;
  #isGreeted = false;
  #isEnded = false;
  #device: string | undefined;
  #delivery: Delivery | undefined;

  /** @param nonce 32 random bytes, base64url, used for nothing else */
  constructor(ingest: Ingest, socket: AgentSocket, nonce: string) {
    this.#ingest = ingest;
    this.#socket = socket;
    this.#nonce = nonce;
    this.#send({ type: 'challenge', nonce, serverId: ingest.serverId });
  }

  get isGreeted(): boolean {
    return this.#isGreeted;
  }

  onText(text: string): void {
    if (this.#isEnded) return;
    const read = readText(text);
    if (this.#delivery) return this.#delivery.onText(read, text);
    if (!this.#isGreeted && read.is === 'message' && read.message.type === 'hello') void this.#greet(read.message);
    else this.refuse('malformed', read.is === 'malformed' ? read.problem : NOT_YET);
  }

  onBinary(bytes: Uint8Array): void {
    if (this.#isEnded) return;
    if (!this.#delivery) return this.refuse('malformed', NOT_YET);
    this.#delivery.onBinary(bytes);
  }

  onPong(): void {
    if (this.#delivery && this.#device !== undefined) this.#ingest.fleet.heard(this.#device, this.#ingest.nowMs());
  }

  /** Asks for readings each `everyMs` for `forMs`, because someone looks. */
  watch(everyMs: number, forMs: number): void {
    if (this.#delivery && !this.#isEnded) this.#send({ type: 'live', everyMs, forMs });
  }

  /** There is room again: what was held comes in a session after this one. */
  release(): void {
    if (this.#delivery?.isHeld) this.#stop('unavailable');
  }

  refuse(code: RefuseCode, message: string, retryAfterMs?: number): void {
    if (this.#isEnded) return;
    this.#ingest.count(code === 'malformed' ? 'malformed' : 'refused');
    this.#send({ type: 'refuse', code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
    this.#end(code === 'shutting_down' ? CLOSE.restart : CLOSE.policy, code);
  }

  /** The connection is gone. @returns the device that was connected by it */
  onClose(): string | undefined {
    this.#isEnded = true;
    return this.#device;
  }

  async #greet(hello: Hello): Promise<void> {
    this.#isGreeted = true;
    try {
      await this.#admit(hello);
    } catch {
      this.#stop('unavailable'); // nothing can be read
    }
  }

  async #admit(hello: Hello): Promise<void> {
    const { ask, commit, nowMs, serverId } = this.#ingest;
    const { deviceId, hostname, os, class: deviceClass, agentVersion, bootId } = hello;
    const known = await ask('device', SYSTEM, { id: deviceId });
    const refusal = refusalOf(hello, known, { nonce: this.#nonce, serverId });
    if (refusal) return this.refuse(...refusal);
    if (this.#isEnded) return;
    this.#claim(hello);
    const clockOffsetMs = hello.clock - nowMs();
    if (Math.abs(clockOffsetMs) > CLOCK_TOLERANCE_MS) this.#ingest.count('clock_off');
    const told = { hostname, os, class: deviceClass, agentVersion, bootId, clockOffsetMs };
    // behind everything that an earlier session of this device has sent, so that the marks are the last word
    const outcome = await commit({ type: 'hello', device: deviceId, ...told });
    if (outcome.is === 'unavailable') return this.#stop('unavailable');
    if (outcome.is === 'refused') return this.refuse(...UNKNOWN_DEVICE);
    this.#begin(hello, await ask('device marks', SYSTEM, { id: deviceId }));
  }

  /** From here on an earlier session of this device is at its end, and a look at the fleet finds it there. */
  #claim({ deviceId, class: deviceClass }: Hello): void {
    const { fleet, nowMs, onClaim } = this.#ingest;
    this.#device = deviceId;
    fleet.connected(deviceId, deviceClass, nowMs());
    onClaim(deviceId, this);
  }

  #begin(hello: Hello, marks: Welcome['marks']): void {
    if (this.#isEnded) return;
    const { book, intervals, nowMs, pressure } = this.#ingest;
    const { window } = pressure;
    this.#delivery = new Delivery(hello, marks, this.#ingest, {
      send: (message) => {
        if (!this.#isEnded) this.#send(message);
      },
      refuse: (message) => this.refuse('malformed', message),
      stop: (why) => this.#stop(why),
    });
    const { version, rules } = book;
    this.#send({
      type: 'welcome',
      session: this.#nonce.slice(0, 12),
      clock: nowMs(),
      marks,
      window,
      intervals: intervals(),
      ...(hello.ruleSet === version ? {} : { ruleSet: { version, rules } }),
    });
  }

  #stop(why: 'unknown_device' | 'unavailable'): void {
    if (why === 'unknown_device') return this.refuse(...UNKNOWN_DEVICE);
    this.#ingest.count('unavailable');
    this.#end(CLOSE.tryAgain, 'nothing can be written at the moment');
  }

  #send(message: ReadonlyDeep<ServerMessage>): void {
    this.#socket.send(JSON.stringify(message));
  }

  #end(code: number, reason: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#socket.close(code, reason);
  }
}
