// Puts records of a lane on the disk. What does not get there stays in memory, is told, and is not tried again at once.
import { messageOf } from '@fettle/shared/error';
import type { Clock } from '@fettle/shared/time';

import { type Kept, sizeOf } from '../kept.ts';
import type { Lane } from '../spool.ts';
import type { DiskLane } from './lane.ts';
import type { DiskLimits } from './limits.ts';
import type { Room } from './room.ts';
import { isFull } from './tail.ts';

/** Where the records of a lane are kept from now on, and why not on the disk. */
export type SpoolHealth =
  | { readonly lane: Lane; readonly kept: 'disk' }
  | { readonly lane: Lane; readonly kept: 'memory'; readonly why: string };

export type KeeperParts = {
  readonly clock: Clock;
  readonly limits: DiskLimits;
  readonly lanes: Readonly<Record<Lane, DiskLane>>;
  readonly room: Room;
  /** Told when it changes. */
  readonly onHealth: (health: SpoolHealth) => void;
};

/** For the room that records need. */
const HEAD_BYTES = 192;

export class Keeper {
  readonly #parts: KeeperParts;
  /** When a lane could not be written. */
  readonly #failedMs = new Map<Lane, number>();

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  isFailing(lane: Lane): boolean {
    return this.#failedMs.has(lane);
  }

  /** When it last failed, long ago where it did not. */
  failedMs(lane: Lane): number {
    return this.#failedMs.get(lane) ?? Number.NEGATIVE_INFINITY;
  }

  /** The next try is at once. */
  forgive(lane: Lane): void {
    this.#failedMs.delete(lane);
  }

  /** @returns whether it was tried */
  async keep(lane: Lane, records: readonly Kept[]): Promise<boolean> {
    if (records.length === 0 || this.#isLeftAlone(lane)) return false;
    const { queue, files } = this.#parts.lanes[lane];
    try {
      await this.#write(lane, records);
      this.#succeed(lane);
    } catch (error) {
      this.fail(lane, error);
    }
    queue.forget(files.last);
    return true;
  }

  #isLeftAlone(lane: Lane): boolean {
    const { clock, limits } = this.#parts;
    return clock.monoMs() - this.failedMs(lane) < limits.retryMs;
  }

  fail(lane: Lane, error: unknown): void {
    const { clock, lanes, onHealth } = this.#parts;
    const isNews = !this.isFailing(lane);
    this.#failedMs.set(lane, clock.monoMs());
    lanes[lane].isReadFromMemory = true;
    if (isNews) onHealth({ lane, kept: 'memory', why: messageOf(error) });
  }

  #succeed(lane: Lane): void {
    if (this.#failedMs.delete(lane)) this.#parts.onHealth({ lane, kept: 'disk' });
  }

  /** A segment's worth at a time: the first of many may have to go for the last. Of a copy: what is acknowledged meanwhile leaves the queue. */
  async #write(lane: Lane, records: readonly Kept[]): Promise<void> {
    for (let rest = records.slice(); rest.length > 0;) {
      const count = fitting(rest, this.#parts.limits.segmentBytes);
      await this.#writeSome(lane, rest.slice(0, count));
      rest = rest.slice(count);
    }
  }

  async #writeSome(lane: Lane, records: readonly Kept[]): Promise<void> {
    const { files } = this.#parts.lanes[lane];
    const bytes = records.reduce((sum, one) => sum + sizeOf(one), HEAD_BYTES);
    await this.#parts.room.makeFor(lane, bytes).catch((error: unknown) => {
      if (lane === 'metrics') throw error; // an alert is written wherever the disk takes it
    });
    for (let failures = 0; ;) {
      try {
        const rest = records.filter(({ position }) => position > files.last);
        return await files.write(rest, this.#parts.lanes[lane].state);
      } catch (error) {
        if (isFull(error) && (await this.#parts.room.free(lane))) continue;
        failures += 1; // a broken segment is left, and the next try is another file
        if (isFull(error) || failures > 1) throw error;
      }
    }
  }
}

/** How many of them make up `bytes`: at least one. */
const fitting = (records: readonly Kept[], bytes: number): number => {
  let sum = 0;
  const over = records.findIndex((record) => (sum += sizeOf(record)) > bytes);
  return over < 0 ? records.length : Math.max(1, over);
};
