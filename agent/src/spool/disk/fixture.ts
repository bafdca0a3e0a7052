// What tests of the spool on the disk share.
import type { Cancel, Clock, Rng } from '@fettle/shared/time';

import type { Lane, Spool, SpoolRecord } from '../spool.ts';
import { type DiskSpoolOptions, openDiskSpool } from './disk-spool.ts';
import type { Head } from './head.ts';
import type { SpoolHealth } from './keeper.ts';
import { LaneFiles } from './lane-files.ts';
import { DiskLane } from './lane.ts';
import { DISK_LIMITS, type DiskLimits } from './limits.ts';
import { SimDisk } from './sim-disk.ts';

export const AT = 1_763_856_000_000;

/** A wait below a second is over in the next turn; a longer one when so much time was made to pass. */
export const hastyClock = (): Clock & { readonly pass: (ms: number) => void } => {
  let nowMs = 0;
  const waiting = new Set<{ readonly atMs: number; readonly run: () => void }>();
  const after = (delayMs: number, run: () => void): Cancel => {
    if (delayMs < 1_000) {
      const turn = setImmediate(run);
      return () => clearImmediate(turn);
    }
    const wait = { atMs: nowMs + delayMs, run };
    waiting.add(wait);
    return () => waiting.delete(wait);
  };
  const pass = (ms: number): void => {
    nowMs += ms;
    for (const wait of [...waiting].filter(({ atMs }) => atMs <= nowMs)) {
      waiting.delete(wait);
      wait.run();
    }
  };
  return { wallMs: () => AT + nowMs, monoMs: () => nowMs, after, pass };
};

/** Marsaglia's xorshift of 32 bits (2003): the same numbers for the same seed. */
export const seeded = (seed: number): Rng => {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
};

/** Small, so that a few records fill it, and nothing else needs room. */
export const SMALL: DiskLimits = {
  ...DISK_LIMITS,
  segmentBytes: 450,
  ackedAlerts: { maxBytes: 2_000, maxAgeMs: DISK_LIMITS.ackedAlerts.maxAgeMs },
  free: { bytes: 0, share: 0 },
  ballastBytes: 0,
};

let epochs = 0;
const newEpoch = () => `epoch-${(epochs += 1)}`;

export const openSmall = (options: Pick<DiskSpoolOptions, 'disk' | 'clock'> & Partial<DiskSpoolOptions>) =>
  openDiskSpool({
    newEpoch,
    bootId: 'boot',
    limits: SMALL,
    onHealth: () => undefined,
    ...options,
  });

/** What a record of this number holds. */
export const payloadOf = (id: number, length = 100): Uint8Array => new Uint8Array(length).fill(id);
export const appendAll = async (spool: Spool, lane: Lane, ids: readonly number[]): Promise<void> => {
  for (const id of ids) await spool.append(lane, payloadOf(id), AT);
};
export const said = (record: SpoolRecord): string =>
  record.kind === 'gap' ? `${record.from}-${record.seq} ${record.reason}` : `${record.seq}=${record.payload[0]}`;

/** What is not acknowledged, as it is said. */
export const unacked = async (spool: Spool, lane: Lane): Promise<readonly string[]> =>
  (await spool.read(lane, spool.counts(lane).acked, 100)).map(said);
/** What a lane has after this, acknowledged or not. */
export const allAfter = async (spool: Spool, lane: Lane = 'alerts', after = 0): Promise<readonly string[]> =>
  (await spool.read(lane, after, 100)).map(said);
export const openHasty = (disk: SimDisk): Promise<Spool> => openSmall({ disk, clock: hastyClock() });

/** A spool on a disk of its own, and what happens to both. */
export const aSpool = async (limits: Partial<DiskLimits> = {}) => {
  const disk = new SimDisk({ rng: seeded(3) });
  const clock = hastyClock();
  const health: SpoolHealth[] = [];
  const open = (on: SimDisk) =>
    openSmall({ disk: on, clock, limits: { ...SMALL, ...limits }, onHealth: (one) => health.push(one) });
  const spool = await open(disk);
  const append = async (lane: Lane, from: number, to: number) => {
    for (let id = from; id <= to; id += 1) await spool.append(lane, payloadOf(id), AT);
  };
  /** What was begun is done. */
  const pass = async (ms: number) => {
    clock.pass(ms);
    await spool.setAside('alerts', '', 0);
    await spool.setAside('alerts', '', 0);
  };
  /** All that waits in memory is on the disk. */
  const spill = async (from: number, to: number) => {
    await append('metrics', from, to);
    await pass(10_000);
  };
  return { disk, spool, append, pass, spill, health, open, reopened: (on = disk.reboot('lost')) => open(on) };
};

/** A lane of its own on a disk, without the spool around it. @param head what the last segment said at the start */
export const laneOn = (
  disk: SimDisk,
  lane: Lane,
  { clock = hastyClock(), head, last = 0 }: { clock?: Clock; head?: Head; last?: number } = {},
): DiskLane => {
  const parts = { disk, lane, clock, bootId: 'boot', segmentBytes: SMALL.segmentBytes, names: undefined };
  const files = new LaneFiles(parts, { segments: [], head, last, serial: 0 });
  const isExact = lane === 'alerts';
  return new DiskLane({ files, head, newEpoch, isExact, memoryBytes: 2_000, setAside: 0, nowMs: AT });
};

/** Records with these numbers are written, in segments of three. */
export const write = async (lane: DiskLane, from: number, to: number, atMs = AT): Promise<void> => {
  for (let id = from; id <= to; id += 1) {
    lane.append(payloadOf(id), { atMs, monoMs: 0 });
    await lane.files.write(lane.queue.records, lane.state);
    lane.queue.forget(lane.files.last);
  }
};

/** Alerts 1 to 12 in segments of three. */
export const filled = async () => {
  const disk = new SimDisk({ rng: seeded(7) });
  const spool = await openHasty(disk);
  await appendAll(spool, 'alerts', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const { epoch } = spool.counts('alerts');
  await spool.close();
  const segments = disk.paths.filter((path) => path.startsWith('alerts/'));
  return { disk, epoch, segments };
};
/** What reading them all says. */
export const EVERY = ['1=1', '2=2', '3=3', '4=4', '5=5', '6=6', '7=7', '8=8', '9=9', '10=10', '11=11', '12=12'];

/** What a harmed segment may still give. */
const FIRST = 'alerts/000000000001-000000000000001.seg';
const stillClock: Clock = { wallMs: () => 0, monoMs: () => 0, after: (delayMs, run) => stopped(delayMs, run) };
const stopped = (delayMs: number, run: () => void) => {
  if (delayMs === 0) run();
  return () => undefined;
};

export type Payload = (index: number) => Uint8Array;

const spoolOn = (disk: SimDisk) =>
  openDiskSpool({
    disk,
    clock: stillClock,
    newEpoch: () => 'e'.repeat(22),
    bootId: 'boot',
    limits: { ...DISK_LIMITS, groupMs: 0, free: { bytes: 0, share: 0 }, ballastBytes: 0 },
    onHealth: () => undefined,
  });

/** @returns the bytes of a segment with records 1 to `count` */
export const segmentWith = async (count: number, payload: Payload): Promise<Uint8Array> => {
  const disk = new SimDisk({ rng: () => 0 });
  const spool = await spoolOn(disk);
  await Promise.all(Array.from({ length: count }, (_, index) => spool.append('alerts', payload(index + 1), 0)));
  await spool.close();
  return disk.contentOf(FIRST) ?? new Uint8Array();
};

export type Salvaged = {
  readonly records: readonly SpoolRecord[];
  readonly nextSeq: number;
  /** Which of the records are not as they were written, holes among them. */
  readonly wrong: readonly string[];
};

/** A start that finds these bytes as its only segment. @param payload what record 1, 2, 3 … was */
export const salvage = async (bytes: Uint8Array, payload: Payload): Promise<Salvaged> => {
  const disk = new SimDisk({ rng: () => 0 });
  disk.plant(FIRST, bytes);
  const spool = await spoolOn(disk);
  const { nextSeq } = spool.counts('alerts');
  const records: SpoolRecord[] = [];
  for (let last = 0; ; last = records.at(-1)?.seq ?? last) {
    const some = await spool.read('alerts', last, 1_000);
    if (some.length === 0) break;
    records.push(...some);
  }
  await spool.close();
  return { records, nextSeq, wrong: wrongOf(records, nextSeq, payload) };
};

const wrongOf = (records: readonly SpoolRecord[], nextSeq: number, payload: Payload): readonly string[] => {
  const wrong: string[] = [];
  let next = 1;
  for (const record of records) {
    const from = 'from' in record ? record.from : record.seq;
    if (from !== next) wrong.push(`hole before ${from}`);
    if (record.kind === 'data' && !isEqual(record.payload, payload(record.seq))) wrong.push(`content of ${record.seq}`);
    next = record.seq + 1;
  }
  return next === nextSeq ? wrong : [...wrong, `hole before ${nextSeq}`];
};

const isEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
