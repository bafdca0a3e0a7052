// Sends what the outbox holds: alerts before metrics, and no more on the way than the server's window. One per session.
import type { Clock } from '@fettle/shared/time';
import { encodeBatch, encodeLoose, encodeThinned } from '@fettle/shared/wire/encode';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';

import { Dictionary } from './dictionary.ts';
import { Inflight } from './inflight.ts';
import type { Lane, Outbox, Outgoing } from './outbox.ts';
import { Pace } from './pace.ts';
import { recordText } from './record-text.ts';
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
  readonly clock: Pick<Clock, 'monoMs'>;
  /** The session can number no more series: a new one must begin. */
  readonly onFull: () => void;
};

export class Sender {
  readonly #parts: SenderParts;
  readonly #dictionary = new Dictionary();
  readonly #pace = new Pace();
  #inflight: Readonly<Record<Lane, Inflight>> | undefined;
  #pumping: Promise<void> | undefined;
  #isAskedAgain = false;
  #isEnded = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Before it no record is sent. @param marks per lane the last record that the server has */
  begin(marks: Readonly<Record<Lane, number>>): void {
    this.#inflight = { alerts: new Inflight(marks.alerts), metrics: new Inflight(marks.metrics) };
  }

  /** Sends until nothing is left or the window is full. A call while it is at work makes it look once more, and waits for that too. */
  pump(): Promise<void> {
    this.#isAskedAgain = true;
    this.#pumping ??= this.#pumpAll();
    return this.#pumping;
  }

  acked(lane: Lane, seq: number): void {
    const inflight = this.#inflight?.[lane];
    const bytes = inflight?.acked(seq) ?? 0;
    if (lane === 'metrics') this.#pace.acked(bytes, this.#parts.clock.monoMs(), inflight?.bytes === 0);
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
    const { outbox, socket, window, clock } = this.#parts;
    const inflight = this.#inflight?.[lane];
    if (!inflight) return false;
    const room = Math.min(CHUNK, inflight.room(window));
    if (this.#isEnded || room === 0 || socket.bufferedBytes() > BUFFERED_MAX_BYTES) return false;
    const { epoch } = outbox.lane(lane); // of this session: a lane that begins anew ends it
    const records = await outbox.read(lane, inflight.last, room);
    for (const record of records) {
      const bytes = bytesOf(record);
      if (this.#isEnded || (lane === 'metrics' && !this.#pace.allows(inflight.bytes, bytes))) return false;
      if (!this.#sendOne(lane, epoch, record)) return false;
      inflight.sent({ seq: record.seq, bytes });
      if (lane === 'metrics') this.#pace.sent(clock.monoMs());
    }
    return records.length > 0;
  }

  #sendOne(lane: Lane, epoch: string, record: Outgoing): boolean {
    const { socket } = this.#parts;
    if (record.kind === 'batch' || record.kind === 'thinned') {
      const setId = this.#announce(record.setKey, record.series);
      if (setId === undefined) return false;
      const { block } = record;
      socket.send(
        record.kind === 'batch' ? encodeBatch(record.seq, setId, block) : encodeThinned(record, setId, block),
      );
      return true;
    }
    const body = record.kind === 'text' ? record.body : gapBody(record);
    socket.send(recordText(lane, epoch, record.seq, body));
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

/** About: what is said around it is little. */
const bytesOf = (record: Outgoing): number => {
  if ('block' in record) return record.block.length;
  return record.kind === 'text' ? record.body.length : 0;
};

const gapBody = ({ from, count, at, reason }: Outgoing & { kind: 'gap' }): string =>
  JSON.stringify({ kind: 'gap', at, from, count, reason });
