// The spool's records as the link sends them: alerts as text, batches with the names of their series.
import { ByteReader } from '@fettle/shared/wire/bytes';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';
import { TIME_MAX_MS } from '@fettle/shared/wire/limits';

import { openBatchPayload } from './batcher.ts';
import type { SeriesOf } from './series-sets.ts';
import type { GapReason, Lane, Spool, SpoolRecord } from './spool.ts';

export type Outgoing =
  | { readonly kind: 'text'; readonly seq: number; readonly body: string }
  | {
      readonly kind: 'batch';
      readonly seq: number;
      readonly setKey: number;
      readonly series: readonly SeriesDefinition[];
      readonly block: Uint8Array;
    }
  | {
      readonly kind: 'gap';
      readonly seq: number;
      readonly from: number;
      readonly count: number;
      readonly at: number;
      readonly reason: GapReason;
    };

export const readOutgoing = async (
  spool: Spool,
  seriesOf: SeriesOf,
  lane: Lane,
  range: { readonly afterSeq: number; readonly max: number },
): Promise<readonly Outgoing[]> => {
  const records = await spool.read(lane, range.afterSeq, range.max);
  return records.map((record) => (lane === 'alerts' ? textOf(record) : batchOf(record, seriesOf)));
};

const decoder = new TextDecoder();

const textOf = (record: SpoolRecord): Outgoing =>
  record.kind === 'gap' ? record : { kind: 'text', seq: record.seq, body: decoder.decode(record.payload) };

/** A block begins with the time of its first reading. */
const startOf = (block: Uint8Array): number => new ByteReader(block).varint(TIME_MAX_MS, 't0');

const batchOf = (record: SpoolRecord, seriesOf: SeriesOf): Outgoing => {
  if (record.kind === 'gap') return record;
  const { setKey, block } = openBatchPayload(record.payload);
  const series = seriesOf(setKey);
  const { seq } = record;
  return series
    ? { kind: 'batch', seq, setKey, series, block }
    : { kind: 'gap', seq, from: seq, count: 1, at: startOf(block), reason: 'unknown_set' };
};
