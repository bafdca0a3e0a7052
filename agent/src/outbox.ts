// The spool as the link sees it: alerts as text, batches with the names of their series.
import { ByteReader } from '@fettle/shared/wire/bytes';
import { THINNED_STEP_MS, TIME_MAX_MS } from '@fettle/shared/wire/limits';

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
  renew: (lane, what) => spool.renew(lane, what),
  setAside: (lane, epoch, seq) => spool.setAside(lane, epoch, seq),
});

const decoder = new TextDecoder();

const textOf = (record: SpoolRecord): Outgoing =>
  record.kind === 'gap' ? record : { kind: 'text', seq: record.seq, body: decoder.decode(record.payload) };

const batchOf = (record: SpoolRecord, seriesOf: SeriesOf): Outgoing => {
  if (record.kind === 'gap') return record;
  const { setKey, block } = openBatchPayload(record.payload);
  const series = seriesOf(setKey);
  const { seq } = record;
  const from = record.kind === 'thinned' ? record.from : seq;
  if (!series)
    return { kind: 'gap', seq, from, count: seq - from + 1, at: startOf(record, block), reason: 'unknown_set' };
  return record.kind === 'thinned'
    ? { kind: 'thinned', seq, from, setKey, series, block }
    : { kind: 'batch', seq, setKey, series, block };
};

/** A block begins with the time of its first reading, one that was thinned with the number of its first step. */
const startOf = ({ kind }: SpoolRecord, block: Uint8Array): number => {
  const stepMs = kind === 'thinned' ? THINNED_STEP_MS : 1;
  return stepMs * new ByteReader(block).varint(TIME_MAX_MS / stepMs, 't0');
};
