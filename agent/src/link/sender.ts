// Sends what the outbox holds: alerts before metrics, and no more on the way than the server's window. One per session.
import { encodeBatch, encodeLoose } from '@fettle/shared/wire/encode';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';

import { Dictionary } from './dictionary.ts';
import { Inflight } from './inflight.ts';
import type { Lane, Outbox, Outgoing } from './outbox.ts';
import type { Socket } from './socket.ts';

/** Metrics sent between two looks at the alerts lane. */
const CHUNK = 16;
/** More than this waits in the socket: the network is slow, and an alert would have to wait behind it. */
const BUFFERED_MAX_BYTES = 128 * 1024;

/** A set of series with one column each, outside the lanes. */
export type Loose = {
  readonly setKey: number;
  readonly series: readonly SeriesDefinition[];
  readonly block: Uint8Array;
};

export type SenderParts = {
  readonly socket: Socket;
  readonly outbox: Outbox;
  readonly window: number;
  readonly wallMs: () => number;
  /** Per lane the last record that the server has. */
  readonly marks: Readonly<Record<Lane, number>>;
  /** The session can number no more series: a new one must begin. */
  readonly onFull: () => void;
};

export class Sender {
  readonly #parts: SenderParts;
  readonly #dictionary = new Dictionary();
  readonly #inflight: Readonly<Record<Lane, Inflight>>;
  #pumping: Promise<void> | undefined;
  #isAskedAgain = false;
  #isEnded = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#inflight = { alerts: new Inflight(parts.marks.alerts), metrics: new Inflight(parts.marks.metrics) };
  }

  /** Sends until nothing is left or the window is full. A call while it is at work makes it look once more, and waits for that too. */
  pump(): Promise<void> {
    this.#isAskedAgain = true;
    this.#pumping ??= this.#pumpAll();
    return this.#pumping;
  }

  acked(lane: Lane, seq: number): void {
    this.#inflight[lane].acked(seq);
  }

  sendLoose(type: 'now' | 'live', { setKey, series, block }: Loose): void {
    const setId = this.#announce(setKey, series);
    if (setId !== undefined) this.#parts.socket.send(encodeLoose(type, setId, block));
  }

  end(): void {
    this.#isEnded = true;
  }

  async #pumpAll(): Promise<void> {
    try {
      while (this.#isAskedAgain) {
        this.#isAskedAgain = false;
        const isMore = [await this.#sendSome('alerts'), await this.#sendSome('metrics')];
        // after a chunk of metrics the alerts are looked at again
        if (isMore.includes(true)) this.#isAskedAgain = true;
      }
    } finally {
      this.#pumping = undefined; // in the same turn as the last look: a call after it begins anew
    }
  }

  async #sendSome(lane: Lane): Promise<boolean> {
    const { outbox, socket, window } = this.#parts;
    const inflight = this.#inflight[lane];
    const room = Math.min(CHUNK, inflight.room(window));
    if (this.#isEnded || room === 0 || socket.bufferedBytes() > BUFFERED_MAX_BYTES) return false;
    const records = await outbox.read(lane, inflight.last, room);
    for (const record of [...this.#holeBefore(records[0], inflight.last), ...records]) {
      if (this.#isEnded || !this.#sendOne(lane, record)) return false;
      inflight.sent(record.seq);
    }
    return records.length > 0;
  }

  /** A server that was restored asks for what it once acknowledged, and is not kept any more. A hole would end every session. */
  #holeBefore(first: Outgoing | undefined, last: number): readonly Outgoing[] {
    const start = first?.kind === 'gap' ? first.from : first?.seq;
    if (start === undefined || start <= last + 1) return [];
    const [from, seq, at] = [last + 1, start - 1, this.#parts.wallMs()];
    return [{ kind: 'gap', seq, from, count: seq - from + 1, at, reason: 'queue_full' }];
  }

  #sendOne(lane: Lane, record: Outgoing): boolean {
    const { socket, outbox } = this.#parts;
    if (record.kind === 'batch') {
      const setId = this.#announce(record.setKey, record.series);
      if (setId === undefined) return false;
      socket.send(encodeBatch(record.seq, setId, record.block));
      return true;
    }
    const { epoch } = outbox.lane(lane);
    const body = record.kind === 'text' ? record.body : gapBody(record);
    socket.send(`{"type":"record","lane":"${lane}","epoch":"${epoch}","seq":${record.seq},"body":${body}}`);
    return true;
  }

  #announce(setKey: number, series: readonly SeriesDefinition[]): number | undefined {
    const announcement = this.#dictionary.announce(setKey, series);
    if (!announcement) {
      this.#parts.onFull();
      return undefined;
    }
    for (const frame of announcement.frames) this.#parts.socket.send(frame);
    return announcement.setId;
  }
}

const gapBody = ({ from, count, at, reason }: Outgoing & { kind: 'gap' }): string =>
  JSON.stringify({ kind: 'gap', at, from, count, reason });
