// What an agent delivers once it is welcome: records into its lanes, frames into its stream, and what of it is durable back.
import type { Hello, RecordMessage } from '@fettle/shared/wire/agent-message.schema';
import { SETS_MAX } from '@fettle/shared/wire/limits';
import { recordHash } from '@fettle/shared/wire/record-hash';
import type { ServerMessage, Welcome } from '@fettle/shared/wire/server-message.schema';

import type { WriterEvent } from '../domain/event.ts';
import { lastIn } from '../domain/place.ts';
import type { Intake } from './intake.ts';
import { Lane, type LaneName } from './lane.ts';
import { MetricStream } from './metric-stream.ts';
import type { ReadText } from './read-text.ts';

/** To the agent, as long as its session lasts. */
export type Outward = {
  readonly send: (message: ServerMessage) => void;
  /** What came is not as the protocol has it: the session ends. */
  readonly refuse: (message: string) => void;
  /** The session cannot go on, through no fault of the agent. */
  readonly stop: (why: 'unknown_device' | 'unavailable') => void;
};

export class Delivery {
  readonly #device: string;
  readonly #intake: Intake;
  readonly #outward: Outward;
  readonly #lanes: Readonly<Record<LaneName, Lane>>;
  readonly #stream: MetricStream;
  #isAckDue = false;
  #setsOnTheWay = 0;

  /** @param marks how far the device's records are durable */
  constructor(hello: Hello, marks: Welcome['marks'], intake: Intake, outward: Outward) {
    this.#device = hello.deviceId;
    this.#intake = intake;
    this.#outward = outward;
    const { fleet, nowMs, onReadings, pressure } = intake;
    const { window } = pressure;
    const lane = (name: LaneName): Lane => this.#lane(name, hello.lanes[name].epoch, marks[name], window);
    this.#lanes = { alerts: lane('alerts'), metrics: lane('metrics') };
    this.#stream = new MetricStream({
      device: this.#device,
      lane: this.#lanes.metrics,
      latest: fleet.get(this.#device)?.latest,
      nowMs,
      onReadings: () => onReadings(this.#device),
      onPoison: (seq, problem) => this.#poison('metrics', seq, problem),
      announce: (event) => this.#announce(event),
    });
  }

  /** Readings came that are not taken while the disk is full. */
  get isHeld(): boolean {
    return this.#lanes.metrics.isHeld;
  }

  onText(read: ReadText, text: string): void {
    const { fleet, nowMs, count } = this.#intake;
    fleet.heard(this.#device, nowMs());
    if (read.is === 'unknown') return count('unknown_messages');
    if (read.is === 'malformed') return this.#outward.refuse(read.problem);
    if (read.is === 'poison') return this.#passRecord(read);
    const { message } = read;
    if (message.type === 'record') return this.#onRecord(message, text);
    if (message.type === 'bye') return fleet.goodbye(this.#device, message.reason);
    return this.#outward.refuse('A second hello, or a rekey after one.');
  }

  onBinary(bytes: Uint8Array): void {
    const { fleet, nowMs, count } = this.#intake;
    fleet.heard(this.#device, nowMs());
    count('batches');
    const problem = this.#stream.take(bytes);
    if (problem !== undefined) this.#outward.refuse(problem);
  }

  #onRecord({ lane: name, epoch, seq, body }: RecordMessage, text: string): void {
    if (name === 'metrics' && body.kind !== 'gap') {
      const problem = `A ${body.kind} does not belong into the metrics lane.`;
      return this.#passRecord({ is: 'poison', lane: name, epoch, seq, problem });
    }
    const device = this.#device;
    const lane = this.#lanes[name];
    const misplaced = lane.place(epoch, body.kind === 'gap' ? body.from : seq, seq);
    if (misplaced !== undefined) return this.#outward.refuse(misplaced);
    this.#intake.count('records');
    const hash = recordHash(text);
    if (name === 'metrics' && body.kind === 'gap') {
      const { from, count, reason, at: atMs } = body;
      void lane.submit(seq, { type: 'metric gap', device, epoch, from, seq, hash, count, reason, atMs }, text.length);
    } else {
      void lane.submit(seq, { type: 'record', device, epoch, seq, hash, body }, text.length);
    }
  }

  /** Sets stand in no lane, whose window would hold them. @returns why the session must end, or undefined */
  #announce(event: WriterEvent): string | undefined {
    if (this.#setsOnTheWay >= SETS_MAX) return 'Too many sets are on the way.';
    this.#setsOnTheWay += 1;
    void this.#intake.commit(event).then(() => (this.#setsOnTheWay -= 1));
    return undefined;
  }

  #passRecord({ lane: name, epoch, seq, problem }: ReadText & { is: 'poison' }): void {
    const misplaced = this.#lanes[name].place(epoch, seq, seq);
    if (misplaced !== undefined) return this.#outward.refuse(misplaced);
    this.#poison(name, seq, problem);
    const type = name === 'alerts' ? 'pass record' : 'pass batch';
    void this.#lanes[name].submit(seq, { type, device: this.#device, epoch, seq });
  }

  #lane(name: LaneName, epoch: string, mark: Welcome['marks'][LaneName], window: number): Lane {
    const { commit, pressure } = this.#intake;
    return new Lane({
      name,
      epoch,
      durable: lastIn(mark ?? undefined, epoch),
      window,
      commit,
      pressure,
      onDurable: () => this.#ackSoon(),
      onPoison: (lane, seq, message) => this.#poison(lane, seq, message),
      onEnd: (why) => this.#outward.stop(why),
    });
  }

  /** One acknowledgement per lane for all that one group of the writer has made durable. */
  #ackSoon(): void {
    if (this.#isAckDue) return;
    this.#isAckDue = true;
    setImmediate(() => {
      this.#isAckDue = false;
      for (const lane of Object.values(this.#lanes)) {
        const seq = lane.takeAck();
        if (seq !== undefined) this.#outward.send({ type: 'ack', lane: lane.name, epoch: lane.epoch, seq });
      }
    });
  }

  #poison(lane: LaneName, seq: number, message: string): void {
    this.#intake.count('poison');
    const { epoch } = this.#lanes[lane];
    this.#outward.send({ type: 'poison', lane, epoch, seq, message: message.slice(0, 500) });
  }
}
