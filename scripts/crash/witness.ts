// What both sides said, read from the wire by someone who belongs to neither: what was issued, and what was acknowledged.
import { createHash } from 'node:crypto';

import { type RecordMessage, agentMessage } from '@fettle/shared/wire/agent-message.schema';
import { ByteReader } from '@fettle/shared/wire/bytes';
import { blockOf, headOf } from '@fettle/shared/wire/decode';
import { FRAME } from '@fettle/shared/wire/frame';
import { SEQ_MAX } from '@fettle/shared/wire/limits';
import { type Welcome, serverMessage } from '@fettle/shared/wire/server-message.schema';

import type { Listener } from '../fault-proxy.ts';
import { FrameReader, type Heard } from './frames.ts';

/** Of the alerts lane. */
export type Told = { readonly seq: number; readonly body: RecordMessage['body']; readonly text: string };
/** Of the metrics lane: what is the same in two batches is the same batch, whatever it is numbered. */
export type SentBatch = { readonly seq: number; readonly t0Ms: number; readonly blockHash: string };

export type Epoch = {
  readonly told: Map<number, Told>;
  readonly batches: Map<number, SentBatch>;
  /** Ranges that will never come, by their last. */
  readonly gaps: Map<number, { readonly from: number; readonly reason: string }>;
  /** The last that the server said to have. */
  acked: number;
  /** The same, and what it said in a welcome. */
  durable: number;
};

/** An agent that was killed while its link was slow is back before its former connection is at its end. */
const EXPECTED: ReadonlySet<string> = new Set(['already_connected', 'shutting_down']);

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

export class Witness {
  /** Of each lane by epoch, in the order in which they began. */
  readonly alerts = new Map<string, Epoch>();
  readonly metrics = new Map<string, Epoch>();
  /** One number with two contents. */
  readonly conflicts: string[] = [];
  readonly refusals: string[] = [];
  poisoned = 0;
  welcomes = 0;
  /** When readings last came. */
  metricMs = 0;

  /** For one connection. */
  readonly listen = (): Listener => {
    let metricsEpoch = '';
    const agent = new FrameReader((heard) => {
      if ('binary' in heard) return this.#onBinary(heard.binary, metricsEpoch);
      const message = agentMessage.safeParse(JSON.parse(heard.text));
      if (!message.success) return void this.refusals.push(`unreadable: ${heard.text.slice(0, 200)}`);
      if (message.data.type === 'hello') metricsEpoch = message.data.lanes.metrics.epoch;
      if (message.data.type === 'record') this.#onRecord(message.data, heard.text);
    });
    const server = new FrameReader((heard) => this.#onServer(heard));
    return (from, bytes) => (from === 'agent' ? agent : server).push(bytes);
  };

  #onRecord({ lane, epoch: name, seq, body }: RecordMessage, text: string): void {
    const epoch = epochOf(lane === 'alerts' ? this.alerts : this.metrics, name);
    if (body.kind === 'gap') epoch.gaps.set(seq, { from: body.from, reason: body.reason });
    const known = epoch.told.get(seq);
    if (known && known.text !== text) this.conflicts.push(`${lane} ${name} ${seq}`);
    epoch.told.set(seq, { seq, body, text });
  }

  #onBinary(frame: Buffer, name: string): void {
    const input = new ByteReader(frame);
    const type = input.byte();
    if (type === FRAME.now || type === FRAME.live) this.metricMs = performance.now();
    if (type !== FRAME.batch) return;
    this.metricMs = performance.now();
    const seq = input.varint(SEQ_MAX, 'seq');
    const block = blockOf(frame);
    const batch = { seq, t0Ms: headOf(block).t0, blockHash: hashOf(block) };
    const { batches } = epochOf(this.metrics, name);
    const known = batches.get(seq);
    if (known && known.blockHash !== batch.blockHash) this.conflicts.push(`metrics ${name} ${seq}`);
    batches.set(seq, batch);
  }

  /** The server's own word for what it had before: an acknowledgement may have been cut off. */
  #onMarks({ alerts, metrics }: Welcome['marks']): void {
    this.welcomes += 1;
    for (const [lane, mark] of [
      [this.alerts, alerts],
      [this.metrics, metrics],
    ] as const) {
      if (!mark) continue;
      const epoch = epochOf(lane, mark.epoch);
      epoch.durable = Math.max(epoch.durable, mark.seq);
    }
  }

  #onServer(heard: Heard): void {
    if (!('text' in heard)) return;
    const { data } = serverMessage.safeParse(JSON.parse(heard.text));
    if (data?.type === 'welcome') this.#onMarks(data.marks);
    if (data?.type === 'poison') this.poisoned += 1;
    if (data?.type === 'refuse' && !EXPECTED.has(data.code)) this.refusals.push(`${data.code}: ${data.message}`);
    if (data?.type !== 'ack') return;
    const epoch = epochOf(data.lane === 'alerts' ? this.alerts : this.metrics, data.epoch);
    epoch.acked = Math.max(epoch.acked, data.seq);
    epoch.durable = Math.max(epoch.durable, data.seq);
  }
}

const epochOf = (epochs: Map<string, Epoch>, name: string): Epoch => {
  const found = epochs.get(name) ?? { told: new Map(), batches: new Map(), gaps: new Map(), acked: 0, durable: 0 };
  epochs.set(name, found);
  return found;
};

/** The last of it that was sent. */
export const lastOf = ({ told, batches }: Epoch): number => Math.max(0, ...told.keys(), ...batches.keys());
