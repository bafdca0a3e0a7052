// Room on the disk, and what goes when there is none: metrics lose detail, then the oldest metrics go; then, where the lane's own bound
// is met, the oldest alerts for newer ones. What goes is counted and leaves a gap. An alert never goes for a metric.
import { type Clock, HOUR_MS } from '@fettle/shared/time';

import type { SpoolDisk } from '../../host/spool-disk.ts';
import type { GapReason, Lane } from '../spool.ts';
import { Ballast } from './ballast.ts';
import type { DiskLane } from './lane.ts';
import type { DiskLimits } from './limits.ts';
import { noRoom } from './write-all.ts';

export type RoomParts = {
  readonly disk: SpoolDisk;
  readonly clock: Clock;
  readonly limits: DiskLimits;
  readonly lanes: Readonly<Record<Lane, DiskLane>>;
};

export class Room {
  readonly #parts: RoomParts;
  readonly #ballast: Ballast;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #agedMs = Number.NEGATIVE_INFINITY;
  #ballastMs: number;
  #isLow = false;

  constructor(parts: RoomParts) {
    this.#parts = parts;
    this.#ballastMs = parts.clock.monoMs(); // not in the midst of the start
    this.#ballast = new Ballast(parts.disk, parts.limits.ballastBytes);
  }

  /** Before `bytes` are written. @throws ENOSPC where they may not be */
  async makeFor(lane: Lane, bytes: number): Promise<void> {
    const { lanes, limits } = this.#parts;
    await this.#look();
    const isOver = (): boolean =>
      lanes.alerts.files.segments.bytes + lanes.metrics.files.segments.bytes + bytes > limits.maxBytes;
    while (isOver() && (await this.#shrink(lane)));
    if (lane === 'metrics' && (this.#isLow || isOver())) throw noRoom('less is free on the disk than others may need');
  }

  /**
   * The disk said that it is full. No alert that waits goes for another: the new one can wait in memory.
   * @returns false when there is nothing to give
   */
  async free(lane: Lane): Promise<boolean> {
    const { alerts } = this.#parts.lanes;
    if (lane === 'alerts' && (await this.#ballast.release())) return true;
    if (await this.#dropMetrics('disk_full').catch(() => false)) return true;
    if (lane === 'metrics' || !isOnlyAcked(alerts)) return false;
    await alerts.files.dropOldest();
    return true;
  }

  /** Removes what nobody will ask for any more. @throws as fs does */
  async trim(): Promise<void> {
    const { alerts, metrics } = this.#parts.lanes;
    while ((metrics.files.segments.oldest?.to ?? Number.POSITIVE_INFINITY) <= metrics.acked)
      await metrics.files.dropOldest();
    while (isOnlyAcked(alerts) && this.#isTooMuch(alerts)) await alerts.files.dropOldest();
    await this.#trimByAge(alerts);
  }

  /** For the time when the disk is full. */
  async keepBallast(): Promise<void> {
    const { clock, limits } = this.#parts;
    if (this.#isLow || clock.monoMs() - this.#ballastMs < limits.lookAgainMs) return;
    this.#ballastMs = clock.monoMs();
    await this.#ballast.keep();
  }

  async #look(): Promise<void> {
    const { disk, clock, limits, lanes } = this.#parts;
    if (clock.monoMs() - this.#lookedMs < limits.lookAgainMs && !this.#isLow) return;
    this.#lookedMs = clock.monoMs();
    const { freeBytes, totalBytes } = await disk.room();
    const leastBytes = Math.max(limits.free.bytes, limits.free.share * totalBytes);
    let leftBytes = freeBytes;
    const { segments } = lanes.metrics.files;
    while (segments.oldest && leftBytes < leastBytes) {
      const beforeBytes = segments.bytes;
      if (!(await this.#thin())) await this.#dropMetrics('disk_full');
      leftBytes += beforeBytes - segments.bytes;
    }
    this.#isLow = leftBytes < leastBytes;
  }

  async #shrink(lane: Lane): Promise<boolean> {
    if ((await this.#thin()) || (await this.#dropMetrics('queue_full'))) return true;
    return lane === 'alerts' && this.#drop(this.#parts.lanes.alerts, 'queue_full');
  }

  /** @returns false where nothing can be thinned, or there is no room to write what is thinner: then it goes */
  #thin(): Promise<boolean> {
    const { metrics } = this.#parts.lanes;
    return metrics.files.thinOldest(metrics.given).catch(() => false);
  }

  #dropMetrics(reason: GapReason): Promise<boolean> {
    return this.#drop(this.#parts.lanes.metrics, reason);
  }

  async #drop(from: DiskLane, reason: GapReason): Promise<boolean> {
    const { oldest } = from.files.segments;
    if (!oldest) return false;
    const isLoss = oldest.to > from.acked;
    if (isLoss) from.lose(oldest, this.#parts.clock.wallMs(), reason);
    await from.files.dropOldest(isLoss ? from.state : undefined);
    return true;
  }

  #isTooMuch({ files: { segments }, acked }: DiskLane): boolean {
    return segments.bytes - segments.bytesAfter(acked) > this.#parts.limits.ackedAlerts.maxBytes;
  }

  async #trimByAge(alerts: DiskLane): Promise<void> {
    const { clock, limits } = this.#parts;
    if (clock.monoMs() - this.#agedMs < HOUR_MS) return;
    this.#agedMs = clock.monoMs();
    while (isOnlyAcked(alerts)) {
      const endedMs = await alerts.files.oldestEndedMs();
      if (endedMs === undefined || clock.wallMs() - endedMs < limits.ackedAlerts.maxAgeMs) return;
      await alerts.files.dropOldest();
    }
  }
}

/** The newest segment stays: it says where the lane stands. */
const isOnlyAcked = ({ files, acked }: DiskLane): boolean =>
  files.segments.count > 1 && (files.segments.oldest?.to ?? acked + 1) <= acked;
