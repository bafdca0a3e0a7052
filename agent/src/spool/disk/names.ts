// What a payload means by a number of this process only (the list of its series) must outlive the process: each segment says the
// long form once, before its first use, and whoever reads it back gets a number of the process that reads.
import { thin } from '@fettle/shared/chunk/thin';
import { seriesKey } from '@fettle/shared/metric/sample';
import { ByteReader, ByteWriter } from '@fettle/shared/wire/bytes';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';
import { ATTRIBUTES_MAX, SET_SERIES_MAX } from '@fettle/shared/wire/limits';

import { batchPayload, openBatchPayload } from '../batcher.ts';
import type { SeriesSets } from '../series-sets.ts';

export type Names = {
  /** The number that the payload carries. */
  readonly keyOf: (payload: Uint8Array) => number;
  /** @returns undefined when nobody knows it any more */
  readonly describe: (key: number) => Uint8Array | undefined;
  /** The payload with the number that its list has in this process. */
  readonly adopt: (payload: Uint8Array, description: Uint8Array) => Uint8Array;
  /** @param payloads of one key, the oldest first; @returns fewer or shorter ones, or undefined where that saves nothing */
  readonly thin: (payloads: readonly Uint8Array[], description: Uint8Array) => readonly Uint8Array[] | undefined;
};

export const namesOf = (sets: SeriesSets): Names => {
  const decode = rememberingDecoder();
  return {
    keyOf: (payload) => openBatchPayload(payload).setKey,
    describe: (key) => {
      const series = sets.seriesOf(key);
      return series && encodeSeriesList(series);
    },
    adopt: (payload, description) => {
      const { keys, series } = decode(description);
      return batchPayload(
        sets.keyOf(keys, () => series),
        openBatchPayload(payload).block,
      );
    },
    thin: (payloads, description) => {
      const [first] = payloads;
      const blocks = payloads.map((payload) => openBatchPayload(payload).block);
      if (!first) return undefined;
      const { setKey } = openBatchPayload(first);
      const thinned = thin(blocks, decode(description).series.length);
      return thinned?.map((block) => batchPayload(setKey, block));
    },
  };
};

type SeriesList = { readonly series: readonly SeriesDefinition[]; readonly keys: readonly string[] };

/** All records of a segment are of a few lists, and each list is one array of bytes there. */
const rememberingDecoder = (): ((description: Uint8Array) => SeriesList) => {
  const known = new WeakMap<Uint8Array, SeriesList>();
  return (description) => {
    const found = known.get(description);
    if (found) return found;
    const series = decodeSeriesList(description);
    const list = { series, keys: series.map(({ metric, attributes }) => seriesKey(metric, attributes)) };
    known.set(description, list);
    return list;
  };
};

const encodeSeriesList = (series: readonly SeriesDefinition[]): Uint8Array => {
  const out = new ByteWriter();
  out.varint(series.length);
  for (const { metric, attributes } of series) {
    const entries = Object.entries(attributes);
    out.text(metric);
    out.varint(entries.length);
    for (const text of entries.flat()) out.text(text);
  }
  return out.finish();
};

/** @throws WireError */
const decodeSeriesList = (description: Uint8Array): readonly SeriesDefinition[] => {
  const input = new ByteReader(description);
  return Array.from({ length: input.varint(SET_SERIES_MAX, 'the series') }, () => {
    const metric = input.text('a metric');
    const count = input.varint(ATTRIBUTES_MAX, 'the attributes');
    const entries = Array.from({ length: count }, () => [input.text('a key'), input.text('a value')] as const);
    return { metric, attributes: Object.fromEntries(entries) };
  });
};
