// One agent's connection: challenge, hello, welcome, then records until it ends. Who it is, the hello settles; nothing later can change it.
import { MINUTE_MS } from '@fettle/shared/time';
import type { Hello, RecordMessage } from '@fettle/shared/wire/agent-message.schema';
import { recordHash } from '@fettle/shared/wire/record-hash';
import type { Intervals, RefuseCode, ServerMessage, Welcome } from '@fettle/shared/wire/server-message.schema';

import { SYSTEM } from '../domain/actor.ts';
import type { Outcome, WriterEvent } from '../domain/event.ts';
import type { RuleBook } from '../domain/rule-book.ts';
import type { Ask } from '../store/questions.ts';
import type { Fleet } from './fleet.ts';
import { UNKNOWN_DEVICE, refusalOf } from './handshake.ts';
import { Lane, type LaneName } from './lane.ts';
import { MetricStream } from './metric-stream.ts';
import type { Pressure } from './pressure.ts';
import { type ReadText, readText } from './read-text.ts';

/** What a session needs of a WebSocket. */
export type AgentSocket = {
  readonly send: (text: string) => void;
  readonly close: (code: number, reason: string) => void;
};

/** A device's clock may be off by this much before it is counted and shown; nothing is refused for it. */
const CLOCK_TOLERANCE_MS = MINUTE_MS;

export type Counted =
  | 'records'
  | 'batches'
  | 'poison'
  | 'malformed'
  | 'unknown_messages'
  | 'refused'
  | 'unavailable'
  | 'clock_off';

/** The same for all sessions of a server. */
export type Ingest = {
  readonly serverId: string;
  readonly book: RuleBook;
  readonly fleet: Fleet;
  readonly ask: Ask;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly pressure: Pressure;
  readonly intervals: () => Intervals;
  readonly nowMs: () => number;
  readonly count: (what: Counted) => void;
  /** New readings of a device are in memory. */
  readonly onReadings: (device: string) => void;
  /** The session is the device's now; a former one is to be ended. */
  readonly onClaim: (device: string, session: Session) => void;
};

type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;

type Open = {
  readonly device: string;
  readonly lanes: Readonly<Record<LaneName, Lane>>;
  readonly stream: MetricStream;
};

/** Close codes of RFC 6455 and its registry: policy violation; service restart; try again later. */
const CLOSE = { policy: 1008, restart: 1012, tryAgain: 1013 } as const;

export class Session {
  readonly #ingest: Ingest;
  readonly #socket: AgentSocket;
  readonly #nonce: string;
  #isGreeted = false;
  #isEnded = false;
  #isAckDue = false;
  #device: string | undefined;
  #open: Open | undefined;

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
    if (this.#open) return this.#onOpenText(read, this.#open, text);
    if (!this.#isGreeted && read.is === 'message' && read.message.type === 'hello') void this.#greet(read.message);
    else
      this.refuse(
        'malformed',
        read.is === 'malformed' ? read.problem : 'First a hello, then nothing before the welcome.',
      );
  }

  onBinary(bytes: Uint8Array): void {
    if (this.#isEnded) return;
    if (!this.#open) return this.refuse('malformed', 'First a hello, then nothing before the welcome.');
    this.#ingest.fleet.heard(this.#open.device, this.#ingest.nowMs());
    this.#ingest.count('batches');
    const problem = this.#open.stream.take(bytes);
    if (problem !== undefined) this.refuse('malformed', problem);
  }

  onPong(): void {
    if (this.#open) this.#ingest.fleet.heard(this.#open.device, this.#ingest.nowMs());
  }

  /** Asks for readings each `everyMs` for `forMs`, because someone looks. */
  watch(everyMs: number, forMs: number): void {
    if (this.#open && !this.#isEnded) this.#send({ type: 'live', everyMs, forMs });
  }

  /** There is room again: what was held comes in a session after this one. */
  release(): void {
    if (this.#open?.lanes.metrics.isHeld) this.#stop('unavailable');
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

  #onOpenText(read: ReadText, open: Open, text: string): void {
    this.#ingest.fleet.heard(open.device, this.#ingest.nowMs());
    if (read.is === 'unknown') return this.#ingest.count('unknown_messages');
    if (read.is === 'malformed') return this.refuse('malformed', read.problem);
    if (read.is === 'poison') return this.#passRecord(read, open);
    const { message } = read;
    if (message.type === 'record') return this.#onRecord(message, open, text);
    if (message.type === 'bye') return this.#ingest.fleet.goodbye(open.device, message.reason);
    return this.refuse('malformed', 'A second hello.');
  }

  #onRecord({ lane: name, epoch, seq, body }: RecordMessage, open: Open, text: string): void {
    if (name === 'metrics' && body.kind !== 'gap') {
      const problem = `A ${body.kind} does not belong into the metrics lane.`;
      return this.#passRecord({ is: 'poison', lane: name, epoch, seq, problem }, open);
    }
    const { device } = open;
    const lane = open.lanes[name];
    const misplaced = lane.place(epoch, body.kind === 'gap' ? body.from : seq, seq);
    if (misplaced !== undefined) return this.refuse('malformed', misplaced);
    this.#ingest.count('records');
    const hash = recordHash(text);
    if (name === 'metrics' && body.kind === 'gap') {
      const { from, count, reason, at: atMs } = body;
      void lane.submit(seq, { type: 'metric gap', device, epoch, from, seq, hash, count, reason, atMs }, text.length);
    } else {
      void lane.submit(seq, { type: 'record', device, epoch, seq, hash, body }, text.length);
    }
  }

  #passRecord({ lane: name, epoch, seq, problem }: ReadText & { is: 'poison' }, { device, lanes }: Open): void {
    const misplaced = lanes[name].place(epoch, seq, seq);
    if (misplaced !== undefined) return this.refuse('malformed', misplaced);
    this.#poison(name, seq, problem);
    void lanes[name].submit(seq, { type: name === 'alerts' ? 'pass record' : 'pass batch', device, epoch, seq });
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
    const { book, fleet, intervals, nowMs, onReadings, pressure } = this.#ingest;
    const device = hello.deviceId;
    const { window } = pressure;
    const lane = (name: LaneName): Lane => this.#lane(name, hello.lanes[name].epoch, marks[name], window);
    const lanes = { alerts: lane('alerts'), metrics: lane('metrics') };
    const stream = new MetricStream({
      device,
      lane: lanes.metrics,
      latest: fleet.get(device)?.latest,
      nowMs,
      onReadings: () => onReadings(device),
      onPoison: (seq, problem) => this.#poison('metrics', seq, problem),
      announce: (event) => void this.#ingest.commit(event),
    });
    this.#open = { device, lanes, stream };
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

  #lane(name: LaneName, epoch: string, mark: Welcome['marks'][LaneName], window: number): Lane {
    const { commit, pressure } = this.#ingest;
    return new Lane({
      name,
      epoch,
      durable: mark?.epoch === epoch ? mark.seq : 0,
      window,
      commit,
      pressure,
      onDurable: () => this.#ackSoon(),
      onPoison: (lane, seq, message) => this.#poison(lane, seq, message),
      onEnd: (why) => this.#stop(why),
    });
  }

  /** One acknowledgement per lane for all that one group of the writer has made durable. */
  #ackSoon(): void {
    if (this.#isAckDue) return;
    this.#isAckDue = true;
    setImmediate(() => {
      this.#isAckDue = false;
      for (const lane of Object.values(this.#open?.lanes ?? {})) {
        const seq = lane.takeAck();
        if (seq !== undefined && !this.#isEnded) this.#send({ type: 'ack', lane: lane.name, epoch: lane.epoch, seq });
      }
    });
  }

  #poison(lane: LaneName, seq: number, message: string): void {
    this.#ingest.count('poison');
    const epoch = this.#open?.lanes[lane].epoch ?? '';
    if (!this.#isEnded) this.#send({ type: 'poison', lane, epoch, seq, message: message.slice(0, 500) });
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
