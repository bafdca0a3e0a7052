// The spool as the link sees it: alerts as text, batches with the names of their series.
import { ByteReader } from '@fettle/shared/wire/bytes';
import { TIME_MAX_MS } from '@fettle/shared/wire/limits';

import type { Outbox, Outgoing } from './link/outbox.ts';
import { openBatchPayload } from './spool/batcher.ts';
import type { SeriesOf } from './spool/series-sets.ts';
import type { Spool, SpoolRecord } from './spool/spool.ts';

export const outboxOf = (spool: Spool, seriesOf: SeriesOf): Outbox => ({
  lane: (lane) => spool.counts(lane),
  read: async (lane, afterSeq, max) => {
    const records = await spool.read(lane, afterSeq, max);
    return records.map((record) => (lane === 'alerts' ? textOf(record) : batchOf(record, seriesOf)));
  },
  ack: (lane, epoch, seq) => spool.ack(lane, epoch, seq),
});

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
