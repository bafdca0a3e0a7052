// Readings of several beats become one batch: a column per series, a row per beat, missing readings where there was none.
import type { Attributes } from '@fettle/shared/metric/sample';
import { ByteReader, ByteWriter } from '@fettle/shared/wire/bytes';
import { encodeBlock } from '@fettle/shared/wire/encode';
import { CELLS_MAX, SERIES_MAX, SET_SERIES_MAX, STEPS_MAX } from '@fettle/shared/wire/limits';

import type { SeriesSets } from './series-sets.ts';
import { PAYLOAD_MAX_BYTES } from './spool.ts';

export type BatchReading = {
  readonly key: string;
  readonly metric: string;
  readonly attributes: Attributes;
  readonly integer: number;
};

/** A row each `fast`, a batch each `batch`. */
export type Rhythm = { readonly fast: number; readonly batch: number };

type Row = ReadonlyMap<string, BatchReading>;

/** The number of a set, before the block. */
const BLOCK_MAX_BYTES = PAYLOAD_MAX_BYTES - 8;

export class Batcher {
  readonly #sets: SeriesSets;
  readonly #stepMs: number;
  readonly #stepsPerBatch: number;
  #t0 = 0;
  #rows: Row[] = [];
  #dropped = 0;

  constructor(sets: SeriesSets, { fast, batch }: Rhythm) {
    this.#sets = sets;
    this.#stepMs = fast;
    // no frame can have more rows, whatever rhythm the server asks for
    this.#stepsPerBatch = Math.min(STEPS_MAX, Math.max(1, Math.round(batch / fast)));
  }

  /** Readings left out because a device may not have that many series. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param atMs nominal wall time of the beat, a multiple of the step. @returns the batches that this completes, as payloads of the spool */
  add(atMs: number, readings: readonly BatchReading[]): readonly Uint8Array[] {
    const index = (atMs - this.#t0) / this.#stepMs;
    const fits =
      this.#rows.length > 0 && Number.isInteger(index) && index >= this.#rows.length && index < this.#stepsPerBatch;
    const finished = fits || this.#rows.length === 0 ? [] : this.flush();
    if (this.#rows.length === 0) this.#t0 = atMs;
    else while (this.#rows.length < index) this.#rows.push(new Map());
    this.#rows.push(new Map(readings.slice(0, SERIES_MAX).map((reading) => [reading.key, reading])));
    this.#dropped += Math.max(0, readings.length - SERIES_MAX);
    return this.#rows.length >= this.#stepsPerBatch ? [...finished, ...this.flush()] : finished;
  }

  /** What has been gathered so far. */
  flush(): readonly Uint8Array[] {
    const rows = this.#rows;
    this.#rows = [];
    const series = new Map<string, BatchReading>();
    for (const row of rows) {
      for (const [key, reading] of row) {
        if (series.size < SERIES_MAX || series.has(key)) series.set(key, reading);
        else this.#dropped += 1;
      }
    }
    const keys = [...series.keys()].toSorted();
    const perBatch = Math.min(SET_SERIES_MAX, Math.floor(CELLS_MAX / Math.max(1, rows.length)));
    const payloads: Uint8Array[] = [];
    for (let from = 0; from < keys.length; from += perBatch) {
      payloads.push(...this.#encode(keys.slice(from, from + perBatch), series, rows));
    }
    return payloads;
  }

  /** One batch, or two halves where one would not fit into a frame: wild counters take several bytes a reading. */
  #encode(keys: readonly string[], series: ReadonlyMap<string, BatchReading>, rows: readonly Row[]): Uint8Array[] {
    const columns = keys.map((key) => rows.map((row) => row.get(key)?.integer ?? Number.NaN));
    const block = encodeBlock({ t0: this.#t0, stepMs: this.#stepMs, count: rows.length }, columns);
    if (block.length > BLOCK_MAX_BYTES && keys.length > 1) {
      const half = Math.ceil(keys.length / 2);
      return [keys.slice(0, half), keys.slice(half)].flatMap((part) => this.#encode(part, series, rows));
    }
    const setKey = this.#sets.keyOf(keys, () =>
      keys.flatMap((key) => series.get(key) ?? []).map(({ metric, attributes }) => ({ metric, attributes })),
    );
    return [batchPayload(setKey, block)];
  }
}

export const batchPayload = (setKey: number, block: Uint8Array): Uint8Array => {
  const out = new ByteWriter();
  out.varint(setKey);
  out.bytes(block);
  return out.finish();
};

export const openBatchPayload = (payload: Uint8Array): { readonly setKey: number; readonly block: Uint8Array } => {
  const input = new ByteReader(payload);
  const setKey = input.varint(Number.MAX_SAFE_INTEGER, 'the set');
  return { setKey, block: payload.subarray(input.at) };
};

/** One row of readings as blocks of their own, outside the lanes. Beyond SERIES_MAX are those that the batcher leaves out too, and counts. */
export const looseOf = (
  sets: SeriesSets,
  { atMs, stepMs }: { readonly atMs: number; readonly stepMs: number },
  readings: readonly BatchReading[],
) => {
  const sorted = readings.slice(0, SERIES_MAX).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const parts = Array.from({ length: Math.ceil(sorted.length / SET_SERIES_MAX) }, (_, part) =>
    sorted.slice(part * SET_SERIES_MAX, (part + 1) * SET_SERIES_MAX),
  );
  return parts.map((part) => {
    const series = part.map(({ metric, attributes }) => ({ metric, attributes }));
    const setKey = sets.keyOf(
      part.map(({ key }) => key),
      () => series,
    );
    const columns = part.map(({ integer }) => [integer]);
    return { setKey, series, block: encodeBlock({ t0: atMs, stepMs, count: 1 }, columns) };
  });
};
