// A fortnight without a server and with little room on the disk: the agent's spool, its link's sender, a real server and its chart.
import { join } from 'node:path';

import { type Sample, quantise, seriesKey } from '@fettle/shared/metric/sample';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { serverMessage } from '@fettle/shared/wire/server-message.schema';
import { expect, it, onTestFinished } from 'vitest';

import { nodeSpoolDisk } from '../../agent/src/host/spool-disk.ts';
import { Sender } from '../../agent/src/link/sender.ts';
import { outboxOf } from '../../agent/src/outbox.ts';
import { Batcher } from '../../agent/src/spool/batcher.ts';
import { openDiskSpool } from '../../agent/src/spool/disk/disk-spool.ts';
import { hastyClock } from '../../agent/src/spool/disk/fixture.ts';
import { DISK_LIMITS } from '../../agent/src/spool/disk/limits.ts';
import { namesOf } from '../../agent/src/spool/disk/names.ts';
import { SeriesSets } from '../../agent/src/spool/series-sets.ts';
import type { Spool } from '../../agent/src/spool/spool.ts';
import { freshFolder, startTestServer } from '../../server/src/fixture.ts';
import { TestAgent, enrolDevice, randomText } from '../../server/src/ingest/test-agent.ts';
import { openMetrics } from '../../server/src/store/metrics.ts';
import { readSeries } from '../../server/src/store/series.ts';
import { temporaryFolder } from '../support/place.ts';

const CPU = 'system.cpu.utilization';
const FAST_MS = 10_000;
const HOURS = (14 * DAY_MS) / HOUR_MS;
/** A third of what a fortnight of these readings would take. */
const MAX_BYTES = 384 * 1024;

const limits = {
  ...DISK_LIMITS,
  maxBytes: MAX_BYTES,
  segmentBytes: 16 * 1024,
  free: { bytes: 0, share: 0 },
  ballastBytes: 0,
};

/** A second of each minute is busy; memory grows by the hour. */
const samplesAt = (atMs: number): readonly Sample[] => [
  { metric: CPU, attributes: {}, value: atMs % MINUTE_MS === 0 ? 0.9 : 0.2 + ((atMs / FAST_MS) % 7) / 100 },
  { metric: 'system.memory.utilization', attributes: {}, value: 0.4 + Math.floor(atMs / HOUR_MS) / 1e7 },
];
const readingsAt = (atMs: number) =>
  samplesAt(atMs).map(({ metric, attributes, value }) => {
    return { key: seriesKey(metric, attributes), metric, attributes, integer: quantise(metric, value) ?? 0 };
  });

/** The spool of an agent as each start of it opens it. */
const open = async (folder: string) => {
  const sets = new SeriesSets();
  const clock = hastyClock();
  const spool = await openDiskSpool({
    clock,
    limits,
    names: namesOf(sets),
    disk: nodeSpoolDisk(folder),
    newEpoch: () => randomText(16),
    bootId: 'boot',
    onHealth: ({ kept }) => expect(kept).toBe('disk'),
  });
  return { sets, clock, spool };
};

/** @returns the number of batches that there was no room for */
const liveFrom = async (folder: string, fromMs: number): Promise<number> => {
  const { sets, clock, spool } = await open(folder);
  const batcher = new Batcher(sets, { fast: FAST_MS, batch: MINUTE_MS });
  for (let hour = 0; hour < HOURS; hour += 1) {
    for (let atMs = fromMs + hour * HOUR_MS; atMs < fromMs + (hour + 1) * HOUR_MS; atMs += FAST_MS) {
      for (const payload of batcher.add(atMs, readingsAt(atMs))) await spool.append('metrics', payload, atMs);
    }
    clock.pass(HOUR_MS);
    await spool.read('metrics', 0, 1); // when it has done what the hour brought
  }
  await spool.close();
  return spool.counts('metrics').dropped;
};

/** Sends all that waits. */
const deliver = async (spool: Spool, sets: SeriesSets, agent: TestAgent): Promise<void> => {
  const outbox = outboxOf(spool, sets.seriesOf);
  const { socket } = agent;
  const sender = new Sender({
    socket: {
      send: (data) => socket.send(data),
      bufferedBytes: () => socket.bufferedAmount,
      close: () => undefined,
      drop: () => undefined,
    },
    outbox,
    window: 64,
    clock: { monoMs: () => performance.now() },
    onFull: () => expect.unreachable(),
  });
  sender.begin({ alerts: 0, metrics: 0 });
  socket.on('message', (data: Buffer) => {
    const message = serverMessage.parse(JSON.parse(data.toString('utf8')));
    if (message.type !== 'ack' || !outbox.ack(message.lane, message.epoch, message.seq)) return;
    sender.acked(message.lane, message.seq);
    void sender.pump();
  });
  await sender.pump();
  await agent.acked('metrics', spool.counts('metrics').nextSeq - 1, 30_000);
};

it('a fortnight offline is drawn as its ten minutes, with least and greatest, and without a hole', async () => {
  const place = temporaryFolder();
  onTestFinished(() => place.remove());
  const folder = join(place.path, 'spool');
  const fromMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 14 * DAY_MS;
  expect(await liveFrom(folder, fromMs)).toBe(0);

  const { spool, sets } = await open(folder); // it was started anew
  const { nextSeq, epoch, diskBytes } = spool.counts('metrics');
  expect(nextSeq - 1).toBe(14 * 24 * 60);
  expect(diskBytes).toBeLessThanOrEqual(MAX_BYTES);

  const data = freshFolder();
  const server = await startTestServer({ folder: data });
  const device = await enrolDevice(server);
  const lanes = { alerts: { epoch: randomText(16), next: 1 }, metrics: { epoch, next: 1 } };
  const agent = await TestAgent.connect(server.url, device, { lanes });
  await deliver(spool, sets, agent);
  await spool.close();
  await server.close();

  const metrics = openMetrics(data);
  onTestFinished(() => void metrics.db.close());
  const count = (sql: string) => metrics.db.prepare<[], { count: number }>(sql).get()?.count ?? 0;
  const thinned = count('SELECT sum(seq - from_seq + 1) AS count FROM thinned');
  expect(thinned).toBeGreaterThan(nextSeq / 2);
  expect(thinned + count('SELECT count(*) AS count FROM hot')).toBe(nextSeq - 1);
  expect(count('SELECT count(*) AS count FROM gaps')).toBe(0);
  const question = { metrics: [CPU], fromMs, toMs: fromMs + 14 * DAY_MS, points: HOURS };
  const [chart] = readSeries(metrics, device.id, question).series;
  expect(chart?.min).toEqual(Array(HOURS).fill(0.2));
  expect(chart?.max).toEqual(Array(HOURS).fill(0.9));
  expect(chart?.mean.every((mean) => mean !== null && mean > 0.3 && mean < 0.36)).toBe(true);
}, 60_000);
