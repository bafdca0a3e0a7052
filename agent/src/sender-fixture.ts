// A sender between a real spool and a server that keeps to the protocol, without a network.
import { record } from '@fettle/shared/wire/agent-message.schema';
import { decodeFrame } from '@fettle/shared/wire/decode';
import { expect } from 'vitest';

import type { Lane, Outbox } from './link/outbox.ts';
import { Sender } from './link/sender.ts';
import { outboxOf } from './outbox.ts';
import { Batcher } from './spool/batcher.ts';
import { memorySpool } from './spool/memory.ts';
import { SeriesSets } from './spool/series-sets.ts';

export const EPOCH = 'e'.repeat(22);
export const AT = 1_763_856_000_000;
const STEP_MS = 10_000;

/** Records whose content is their number: alert 3 says 3, batch 3 has the reading 3. */
export const createOutbox = (maxBytes = 1e6) => {
  const sets = new SeriesSets();
  const spool = memorySpool({ newEpoch: () => EPOCH, maxBytes: { alerts: maxBytes, metrics: maxBytes } });
  const batcher = new Batcher(sets, { fast: STEP_MS, batch: STEP_MS });
  const outbox = outboxOf(spool, sets.seriesOf);
  const append = async (lane: Lane) => {
    const seq = spool.counts(lane).nextSeq;
    const body = JSON.stringify({ kind: 'suspended', at: AT, forMs: seq });
    if (lane === 'alerts') return spool.append(lane, Buffer.from(body), AT);
    // another list of series for every third batch
    const metric = seq % 3 === 0 ? 'system.uptime' : 'system.load';
    const [payload] = batcher.add(AT + seq * STEP_MS, [{ key: metric, metric, attributes: {}, integer: seq }]);
    return spool.append(lane, payload ?? new Uint8Array(), AT);
  };
  return { spool, outbox, append };
};

type Arrival = { readonly lane: Lane; readonly from: number; readonly seq: number; readonly content: unknown };

/** One session as the server sees it: what arrived, each in its place or the test ends. */
export const createSession = (outbox: Outbox, marks: Record<Lane, number>, window: number) => {
  const next = { alerts: marks.alerts + 1, metrics: marks.metrics + 1 };
  const sizes = new Map<number, number>();
  const arrivals: Arrival[] = [];
  const unacked = { alerts: 0, metrics: 0 };
  let isFull = false;
  let bufferedBytes = 0;
  const arrive = (arrival: Arrival) => {
    const { lane, from, seq } = arrival;
    expect([lane, from]).toEqual([lane, next[lane]]); // without a hole, and never a second time
    next[lane] = seq + 1;
    unacked[lane] += 1;
    arrivals.push(arrival);
  };
  const receive = (data: string | Uint8Array) => {
    if (typeof data === 'string') {
      const { lane, seq, body } = record.parse(JSON.parse(data));
      if (body.kind === 'suspended') return arrive({ lane, seq, from: seq, content: body.forMs });
      if (body.kind === 'gap') return arrive({ lane, seq, from: body.from, content: body });
      throw new Error(`nobody has appended this: ${data}`);
    }
    const frame = decodeFrame(data, (setId) => sizes.get(setId));
    if (frame.type === 'set') sizes.set(frame.setId, frame.seriesIds.length);
    if (frame.type === 'batch')
      arrive({ lane: 'metrics', from: frame.seq, seq: frame.seq, content: frame.values[0]?.[0] });
    if (frame.type === 'thinned')
      arrive({ lane: 'metrics', from: frame.from, seq: frame.seq, content: frame.columns[0]?.mean[0] });
  };
  const socket = { send: receive, bufferedBytes: () => bufferedBytes, close: () => undefined, drop: () => undefined };
  let nowMs = 0;
  const clock = { monoMs: () => nowMs };
  const sender = new Sender({ socket, outbox, window, clock, onFull: () => (isFull = true) });
  sender.begin(marks);
  const ack = (lane: Lane, seq: number) => {
    unacked[lane] = arrivals.filter((arrival) => arrival.lane === lane && arrival.seq > seq).length;
    if (outbox.ack(lane, EPOCH, seq)) sender.acked(lane, seq);
  };
  return {
    sender,
    arrivals,
    unacked,
    ack,
    isFull: () => isFull,
    last: (lane: Lane) => next[lane] - 1,
    pass: (ms: number) => (nowMs += ms),
    setBuffered: (bytes: number) => (bufferedBytes = bytes),
    order: () => arrivals.map(({ lane, seq }) => `${lane[0]}${seq}`).join(' '),
  };
};

export const NOTHING = { alerts: 0, metrics: 0 };
