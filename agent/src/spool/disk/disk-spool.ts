// The spool on the disk. Alerts are there before they can be read, metrics when nobody has acknowledged them for ten seconds and at the
// end. Whatever the disk does, records are taken: where it fails they are kept in memory, and that is told.
//
// Everything that touches files happens one after the other, in the order it was asked for. Nothing ticks while nothing waits.
import type { Cancel, Clock } from '@fettle/shared/time';

import type { SpoolDisk } from '../../host/spool-disk.ts';
import type { Kept } from '../kept.ts';
import { type Lane, type LaneCounts, type Renewal, type Spool, type SpoolRecord, lanes } from '../spool.ts';
import { keepRefused } from './aside.ts';
import { Keeper, type SpoolHealth } from './keeper.ts';
import { LaneFiles } from './lane-files.ts';
import { DiskLane } from './lane.ts';
import { DISK_LIMITS, type DiskLimits } from './limits.ts';
import type { Names } from './names.ts';
import { recover } from './recover.ts';
import { Room } from './room.ts';

export type DiskSpoolOptions = {
  readonly disk: SpoolDisk;
  readonly clock: Clock;
  /** 128 bits, base64url. */
  readonly newEpoch: () => string;
  readonly bootId: string;
  /** Of the metrics lane; absent where payloads mean the same in every process. */
  readonly names?: Names;
  readonly limits?: DiskLimits;
  /** Told when it changes. */
  readonly onHealth: (health: SpoolHealth) => void;
};

/** @throws as fs does, where there is no folder that can be read and written: use a spool in memory then */
export const openDiskSpool = async (options: DiskSpoolOptions): Promise<Spool> => {
  const alerts = await openLane('alerts', options);
  try {
    return new DiskSpool(options, { alerts, metrics: await openLane('metrics', options) });
  } catch (error) {
    await alerts.files.close();
    throw error;
  }
};

const openLane = async (lane: Lane, options: DiskSpoolOptions): Promise<DiskLane> => {
  const { disk, clock, bootId, names, newEpoch, limits = DISK_LIMITS } = options;
  const found = await recover({ disk, lane });
  const isExact = lane === 'alerts';
  const parts = { disk, lane, clock, bootId, segmentBytes: limits.segmentBytes, names: isExact ? undefined : names };
  const files = new LaneFiles(parts, found);
  if (isExact && found.head) await files.goOn().catch(() => undefined); // else the next one begins a segment
  const { head, setAside } = found;
  return new DiskLane({
    files,
    head,
    newEpoch,
    isExact,
    memoryBytes: limits.memoryBytes[lane],
    setAside,
    nowMs: clock.wallMs(),
  });
};

class DiskSpool implements Spool {
  readonly #clock: Clock;
  readonly #disk: SpoolDisk;
  readonly #limits: DiskLimits;
  readonly #lanes: Readonly<Record<Lane, DiskLane>>;
  readonly #room: Room;
  readonly #keeper: Keeper;
  /** The last thing asked of the files. */
  #work: Promise<unknown> = Promise.resolve();
  /** The alerts that will be synced together. */
  #group: Promise<void> | undefined;
  #cancelSpill: Cancel | undefined;
  #cancelRetry: Cancel | undefined;
  #isTrimming = false;
  #isClosed = false;

  constructor({ clock, disk, limits = DISK_LIMITS, onHealth }: DiskSpoolOptions, byLane: Record<Lane, DiskLane>) {
    this.#clock = clock;
    this.#disk = disk;
    this.#limits = limits;
    this.#lanes = byLane;
    this.#room = new Room({ disk, clock, limits, lanes: byLane });
    this.#keeper = new Keeper({ clock, limits, lanes: byLane, room: this.#room, onHealth });
  }

  async append(lane: Lane, payload: Uint8Array, atMs: number): Promise<number> {
    const to = this.#lanes[lane];
    const position = to.append(payload, { atMs, monoMs: this.#clock.monoMs() });
    if (lane === 'metrics') this.#waitForSpill();
    else await this.#syncAlerts();
    return to.seqOf(position);
  }

  async read(lane: Lane, afterSeq: number, max: number): Promise<readonly SpoolRecord[]> {
    const from = this.#lanes[lane];
    return max > 0 && from.hasAfter(afterSeq) ? this.#inTurn(() => from.read(afterSeq, max)) : [];
  }

  ack(lane: Lane, epoch: string, seq: number): boolean {
    const isOurs = this.#lanes[lane].ack(epoch, seq);
    if (isOurs) this.#trim();
    return isOurs;
  }

  renew(lane: Lane, what: Renewal): Promise<void> {
    return this.#inTurn(async () => {
      const { files } = this.#lanes[lane];
      this.#lanes[lane].renew(what);
      if (lane === 'metrics' && files.segments.count === 0) return; // the first that is spilled says it
      await files.begin(this.#lanes[lane].state).catch(() => undefined); // the next record's segment says it
    });
  }

  setAside(lane: Lane, epoch: string, seq: number): Promise<void> {
    return this.#inTurn(async () => {
      const from = this.#lanes[lane];
      if (!from.noteSetAside(epoch, seq)) return;
      const [record] = await from.read(seq - 1, 1);
      if (record?.kind !== 'data' || record.seq !== seq) return;
      await keepRefused(this.#disk, { lane, epoch, seq, payload: record.payload }).catch(() => undefined); // it is counted
    });
  }

  counts(lane: Lane): LaneCounts {
    return this.#lanes[lane].counts();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return this.#inTurn(() => Promise.resolve());
    this.#isClosed = true;
    this.#cancelSpill?.();
    this.#cancelRetry?.();
    await this.#inTurn(async () => {
      for (const lane of lanes) await this.#closeLane(lane);
    });
  }

  async #closeLane(lane: Lane): Promise<void> {
    this.#keeper.forgive(lane); // a last try
    const { queue, files, acked, state } = this.#lanes[lane];
    await this.#keep(lane, queue.records);
    if (files.segments.count > 0 && acked > files.notedAcked) await files.note(state).catch(() => undefined); // only a hint
    await files.close();
  }

  #syncAlerts(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#group) return this.#group;
    this.#group = promise;
    this.#clock.after(this.#isClosed ? 0 : this.#limits.groupMs, () => {
      const done = this.#inTurn(() => {
        this.#group = undefined; // what comes from here on is of the next group
        return this.#keep('alerts', this.#lanes.alerts.queue.records);
      });
      void done.then(resolve, resolve);
    });
    return promise;
  }

  #waitForSpill(): void {
    const [oldest] = this.#lanes.metrics.queue.records;
    if (!oldest || this.#cancelSpill || this.#isClosed) return;
    const { spillAfterMs, retryMs } = this.#limits;
    const due = Math.max(oldest.monoMs + spillAfterMs, this.#keeper.failedMs('metrics') + retryMs);
    this.#cancelSpill = this.#clock.after(
      Math.max(0, due - this.#clock.monoMs()),
      () => void this.#inTurn(() => this.#spill()),
    );
  }

  async #spill(): Promise<void> {
    this.#cancelSpill = undefined;
    const oldMs = this.#clock.monoMs() - this.#limits.spillAfterMs;
    if (!this.#isClosed)
      await this.#keep(
        'metrics',
        this.#lanes.metrics.queue.records.filter(({ monoMs }) => monoMs <= oldMs),
      );
    this.#waitForSpill();
  }

  async #keep(lane: Lane, records: readonly Kept[]): Promise<void> {
    const isTried = await this.#keeper.keep(lane, records);
    if (isTried && lane === 'alerts') this.#afterAlerts();
  }

  /** What is in memory alone is given from there, and tried again. */
  #afterAlerts(): void {
    const { alerts } = this.#lanes;
    if (!this.#keeper.isFailing('alerts')) {
      alerts.isReadFromMemory = alerts.isReadFromMemory && alerts.queue.records.length > 0;
      void this.#inTurn(() => this.#room.keepBallast());
    } else if (!this.#isClosed) {
      this.#cancelRetry?.();
      this.#cancelRetry = this.#clock.after(this.#limits.retryMs, () => void this.#syncAlerts());
    }
  }

  #trim(): void {
    if (this.#lanes.metrics.queue.records.length === 0) {
      this.#cancelSpill?.();
      this.#cancelSpill = undefined;
    }
    if (this.#isTrimming || this.#isClosed) return;
    this.#isTrimming = true;
    void this.#inTurn(async () => {
      this.#isTrimming = false;
      await this.#room.trim().catch(() => undefined); // tried again at the next acknowledgement
    });
  }

  #inTurn<T>(job: () => Promise<T>): Promise<T> {
    const mine = this.#work.then(job);
    this.#work = mine.catch(() => undefined);
    return mine;
  }
}
