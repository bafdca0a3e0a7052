// One agent's connection: challenge, hello, welcome, then records until it ends. Who it is, the hello settles; nothing later can change it.

import { randomUUID } from 'node:crypto';

import { MINUTE_MS } from '@fettle/shared/time';
import type { Hello, Rekey } from '@fettle/shared/wire/agent-message.schema';
import type { RefuseCode, ServerMessage, Welcome } from '@fettle/shared/wire/server-message.schema';

import { SYSTEM } from '../domain/actor.ts';
import type { Claims } from './claims.ts';
import { Delivery } from './delivery.ts';
import { CLONE, UNKNOWN_DEVICE, refusalOf, rekeyRefusalOf } from './handshake.ts';
import type { Intake } from './intake.ts';
import { readText } from './read-text.ts';

/** What a session needs of a WebSocket. */
export type AgentSocket = {
  readonly send: (text: string) => void;
  readonly close: (code: number, reason: string) => void;
  /** Answered by `onPong` with the same mark. */
  readonly ping: (mark: string) => void;
};

/** A device's clock may be off by this much before it is counted and shown; nothing is refused for it. */
const CLOCK_TOLERANCE_MS = MINUTE_MS;

export type Ingest = Intake & {
  readonly claims: Claims<Session>;
};

type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;

const NOT_YET = 'First a hello, then nothing before the welcome.';

/** Close codes of RFC 6455 and its registry: normal; policy violation; service restart; try again later. */
const CLOSE = { normal: 1000, policy: 1008, restart: 1012, tryAgain: 1013 } as const;

export class Session {
  readonly #ingest: Ingest;
  readonly #socket: AgentSocket;
  readonly #nonce: string;
  #isGreeted = false;
  #isEnded = false;
  /** What the agent judges by. */
  #ruleSet = '';
  #device: string | undefined;
  #delivery: Delivery | undefined;
  /** Who wants to know whether the agent still answers, by the mark of the ping that asks it. */
  readonly #asking = new Map<string, (isThere: boolean) => void>();

  /** @param nonce 32 random bytes, base64url, used for nothing else */
  constructor(ingest: Ingest, socket: AgentSocket, nonce: string) {
    this.#ingest = ingest;
    this.#socket = socket;
    this.#nonce = nonce;
    this.#send({ type: 'challenge', nonce, serverId: ingest.serverId });
  }

  /** Whose session it is, once that is proven. */
  get device(): string | undefined {
    return this.#device;
  }

  get isGreeted(): boolean {
    return this.#isGreeted;
  }

  onText(text: string): void {
    if (this.#isEnded) return;
    const read = readText(text);
    if (this.#delivery) return this.#delivery.onText(read, text);
    const message = read.is === 'message' && !this.#isGreeted ? read.message : undefined;
    if (message?.type === 'hello') void this.#greet(() => this.#admit(message));
    else if (message?.type === 'rekey') void this.#greet(() => this.#rekey(message));
    else this.refuse('malformed', read.is === 'malformed' ? read.problem : NOT_YET);
  }

  onBinary(bytes: Uint8Array): void {
    if (this.#isEnded) return;
    if (!this.#delivery) return this.refuse('malformed', NOT_YET);
    this.#delivery.onBinary(bytes);
  }

  /** @param mark of the ping: an answer to an earlier one may have been on its way when its agent died */
  onPong(mark: string): void {
    this.#asking.get(mark)?.(true);
    this.#asking.delete(mark);
    if (this.#delivery && this.#device !== undefined) this.#ingest.fleet.heard(this.#device, this.#ingest.nowMs());
  }

  /** Does its agent answer? False as soon as it is gone, and nothing while it is silent. */
  answers(): Promise<boolean> {
    if (this.#isEnded) return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const mark = randomUUID();
    this.#asking.set(mark, resolve);
    this.#socket.ping(mark);
    return promise;
  }

  /** Asks for readings each `everyMs` for `forMs`, because someone looks. */
  watch(everyMs: number, forMs: number): void {
    if (this.#delivery && !this.#isEnded) this.#send({ type: 'live', everyMs, forMs });
  }

  /** The rules have changed: perhaps for this device. @returns whether anything was sent */
  tellRules(): boolean {
    if (!this.#delivery || this.#isEnded || this.#device === undefined) return false;
    const { version, rules } = this.#ingest.bookFor(this.#device);
    if (version === this.#ruleSet) return false;
    this.#ruleSet = version;
    this.#send({ type: 'rules', ruleSet: { version, rules } });
    return true;
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
    for (const tell of this.#asking.values()) tell(false);
    return this.#device;
  }

  async #greet(decide: () => Promise<void>): Promise<void> {
    this.#isGreeted = true;
    try {
      await decide();
    } catch {
      this.#stop('unavailable'); // nothing can be read
    }
  }

  async #admit(hello: Hello): Promise<void> {
    const { ask, claims, commit, fleet, intervals, nowMs, serverId } = this.#ingest;
    const { deviceId, hostname, os, class: deviceClass, agentVersion, bootId, run } = hello;
    const known = await ask('device', SYSTEM, { id: deviceId });
    const refusal = refusalOf(hello, known, { nonce: this.#nonce, serverId });
    if (refusal) return this.refuse(...refusal);
    if (known && !fleet.get(deviceId)) fleet.add(known, new Set()); // nobody could tell of it when it came
    // to come again in a minute, at this server's pace: longer than a dead connection stands
    if (await claims.isTaken(deviceId)) return this.refuse(...CLONE, intervals().minute);
    if (this.#isEnded) return;
    const left = fleet.leaveOf(deviceId);
    this.#claim(hello);
    const clockOffsetMs = hello.clock - nowMs();
    if (Math.abs(clockOffsetMs) > CLOCK_TOLERANCE_MS) this.#ingest.count('clock_off');
    const told = { hostname, os, class: deviceClass, agentVersion, bootId, clockOffsetMs };
    const before = { ...(run && { run }), ...(left && { left }) };
    // behind everything that an earlier session of this device has sent, so that the marks are the last word
    const outcome = await commit({ type: 'hello', device: deviceId, ...told, ...before });
    if (outcome.is === 'unavailable') return this.#stop('unavailable');
    if (outcome.is === 'refused') return this.refuse(...UNKNOWN_DEVICE);
    this.#begin(hello, await ask('device marks', SYSTEM, { id: deviceId }));
  }

  async #rekey(rekey: Rekey): Promise<void> {
    const { ask, commit, serverId } = this.#ingest;
    const { deviceId, publicKey, hostname, os, class: deviceClass, agentVersion } = rekey;
    const original = await ask('device', SYSTEM, { id: deviceId });
    const refusal = rekeyRefusalOf(rekey, original, { nonce: this.#nonce, serverId });
    if (refusal) return this.refuse(...refusal);
    const machine = { publicKey, hostname, os, class: deviceClass, agentVersion };
    const outcome = await commit({ type: 'rekey', original: deviceId, ...machine });
    if (outcome.is === 'refused') return this.refuse('clone', outcome.message);
    if (outcome.is !== 'enrolled') return this.#stop('unavailable');
    this.#ingest.count('clones');
    this.#send({ type: 'rekeyed', deviceId: outcome.deviceId, site: outcome.site });
    this.#end(CLOSE.normal, 'this machine is another device now');
  }

  /** From here on an earlier session of this device is at its end, and a look at the fleet finds it there. */
  #claim({ deviceId, class: deviceClass }: Hello): void {
    const { claims, fleet, nowMs } = this.#ingest;
    this.#device = deviceId;
    fleet.connected(deviceId, deviceClass, nowMs());
    claims.claim(deviceId, this);
  }

  #begin(hello: Hello, marks: Welcome['marks']): void {
    if (this.#isEnded) return;
    const { bookFor, intervals, nowMs, pressure } = this.#ingest;
    const { window } = pressure;
    this.#delivery = new Delivery(hello, marks, this.#ingest, {
      send: (message) => this.#send(message),
      refuse: (message) => this.refuse('malformed', message),
      stop: (why) => this.#stop(why),
    });
    const { version, rules } = bookFor(hello.deviceId);
    this.#ruleSet = version;
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
    if (!this.#isEnded) this.#socket.send(JSON.stringify(message));
  }

  #end(code: number, reason: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#socket.close(code, reason);
  }
}
