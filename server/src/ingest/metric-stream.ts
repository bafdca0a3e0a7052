// The binary frames of one session: the dictionary, batches into the lane, loose readings into memory.
import { ByteReader, WireError } from '@fettle/shared/wire/bytes';
import { blockOf, decodeFrame } from '@fettle/shared/wire/decode';
import { type BatchFrame, type Block, FRAME, type Frame, type ThinnedFrame } from '@fettle/shared/wire/frame';
import { SEQ_MAX, THINNED_STEP_MS } from '@fettle/shared/wire/limits';

import type { WriterEvent } from '../domain/event.ts';
import { Dictionary } from './dictionary.ts';
import type { Lane } from './lane.ts';
import type { Latest } from './latest.ts';

export type MetricStreamParts = {
  readonly device: string;
  readonly lane: Lane;
  readonly latest: Latest | undefined;
  readonly nowMs: () => number;
  readonly onReadings: () => void;
  readonly onPoison: (seq: number, message: string) => void;
  /** Outside the lanes: a set must be known to the store before the first batch of it. @returns why the session must end, or undefined */
  readonly announce: (event: WriterEvent) => string | undefined;
};

export class MetricStream {
  readonly #parts: MetricStreamParts;
  readonly #dictionary = new Dictionary();

  constructor(parts: MetricStreamParts) {
    this.#parts = parts;
  }

  /** @returns why the session must end, or undefined */
  take(bytes: Uint8Array): string | undefined {
    try {
      return this.#apply(decodeFrame(bytes, this.#dictionary.sizeOf), bytes);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return this.#passBatch(bytes, error.message);
    }
  }

  #apply(frame: Frame, bytes: Uint8Array): string | undefined {
    switch (frame.type) {
      case 'series':
        this.#dictionary.addSeries(frame);
        return undefined;
      case 'set': {
        const { hash, series } = this.#dictionary.addSet(frame);
        return this.#parts.announce({ type: 'series set', device: this.#parts.device, hash, series });
      }
      case 'batch':
        return this.#keep(frame, bytes);
      case 'thinned':
        return this.#keepThinned(frame, bytes);
      case 'now':
      case 'live':
        this.#show(frame);
        return undefined;
    }
  }

  #keep(frame: BatchFrame, bytes: Uint8Array): string | undefined {
    const { device, lane } = this.#parts;
    const { seq, t0: t0Ms } = frame;
    const misplaced = lane.place(lane.epoch, seq, seq);
    if (misplaced !== undefined) return misplaced;
    const setHash = this.#show(frame);
    // a copy: the frame lies in a larger buffer, all of which would cross to the writer with it
    const block = new Uint8Array(blockOf(bytes));
    void lane.submit(seq, { type: 'batch', device, epoch: lane.epoch, seq, t0Ms, setHash, block });
    return undefined;
  }

  /** It is of long ago: what is shown of now stays. */
  #keepThinned({ from, seq, setId, t0: t0Ms, count }: ThinnedFrame, bytes: Uint8Array): string | undefined {
    const { device, lane } = this.#parts;
    const misplaced = lane.place(lane.epoch, from, seq);
    if (misplaced !== undefined) return misplaced;
    const { hash: setHash } = this.#dictionary.set(setId);
    const place = { device, epoch: lane.epoch, from, seq, t0Ms, endMs: t0Ms + count * THINNED_STEP_MS };
    void lane.submit(seq, { type: 'thinned', ...place, setHash, block: new Uint8Array(blockOf(bytes)) });
    return undefined;
  }

  #show(block: Block): string {
    const { latest, nowMs, onReadings } = this.#parts;
    const set = this.#dictionary.set(block.setId);
    latest?.note(set, block, nowMs());
    onReadings();
    return set.hash;
  }

  /** An unreadable batch whose place can be read is passed over; anything else unreadable ends the session. */
  #passBatch(bytes: Uint8Array, problem: string): string | undefined {
    const { device, lane, onPoison } = this.#parts;
    const place = placeIn(bytes);
    if (place === undefined) return problem;
    const { from, seq } = place;
    const misplaced = lane.place(lane.epoch, from, seq);
    if (misplaced !== undefined) return misplaced;
    onPoison(seq, problem);
    void lane.submit(seq, { type: 'pass batch', device, epoch: lane.epoch, from, seq });
    return undefined;
  }
}

/** The records of the lane that a frame is or stands for, where that much can be read. */
const placeIn = (bytes: Uint8Array): { readonly from: number; readonly seq: number } | undefined => {
  try {
    const input = new ByteReader(bytes);
    const type = input.byte();
    if (type !== FRAME.batch && type !== FRAME.thinned) return undefined;
    const seq = input.varint(SEQ_MAX, 'seq');
    if (seq === 0) return undefined; // there is none: acknowledged, it would be a message that nobody reads
    return { from: type === FRAME.batch ? seq : seq - input.varint(seq - 1, 'its range'), seq };
  } catch {
    return undefined;
  }
};
