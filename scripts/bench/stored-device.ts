// A device in a real store, with readings that went through the wire's codec and the writer.
import { type Device, newDevice } from '@fettle/server/domain/device';
import type { MetricEvent } from '@fettle/server/domain/event';
import { encodeBlock } from '@fettle/shared/wire/encode';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';

const STEPS_PER_BATCH = 6;
const EPOCH = 'AAAAAAAAAAAAAAAAAAAAAA';

export const storedDevice = (id: string): Device =>
  newDevice(
    {
      id,
      tenant: 'acme',
      site: 'office',
      publicKey: `key of ${id}`,
      hostname: id,
      os: 'linux',
      class: 'server',
      presence: 'online',
    },
    0,
  );

type Recorded = {
  readonly device: string;
  readonly series: readonly SeriesDefinition[];
  readonly t0Ms: number;
  readonly stepMs: number;
  /** Of each step from t0 on the integers of all series, NaN for what is missing; undefined: no beat. */
  readonly rowAt: (step: number) => readonly number[] | undefined;
  readonly steps: number;
};

/** What the agent of a device would send: batches of a minute. */
export function* batchesOf({ device, series, t0Ms, stepMs, rowAt, steps }: Recorded): Generator<MetricEvent> {
  yield { type: 'series set', device, hash: 'set', series };
  let seq = 0;
  for (let first = 0; first < steps; first += STEPS_PER_BATCH) {
    const rows = Array.from({ length: Math.min(STEPS_PER_BATCH, steps - first) }, (_, index) => rowAt(first + index));
    if (rows.every((row) => row === undefined)) continue;
    const columns = series.map((_, column) => rows.map((row) => row?.[column] ?? Number.NaN));
    const t0 = t0Ms + first * stepMs;
    seq += 1;
    const block = encodeBlock({ t0, stepMs, count: rows.length }, columns);
    yield { type: 'batch', device, epoch: EPOCH, seq, t0Ms: t0, setHash: 'set', block };
  }
}
