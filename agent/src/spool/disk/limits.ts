// How much of a disk and of memory a spool may take.
import { DAY_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

const KIB = 1024;
const MIB = 1024 * KIB;

export const DISK_LIMITS = {
  /** Of both lanes on the disk. */
  maxBytes: 64 * MIB,
  segmentBytes: 256 * KIB,
  /** Of records that are not on the disk yet, or cannot be. */
  memoryBytes: { alerts: MIB, metrics: 4 * MIB },
  /** Kept for a server that is restored from a backup. */
  ackedAlerts: { maxBytes: 8 * MIB, maxAgeMs: 14 * DAY_MS },
  /** Metrics leave the disk when less than the larger of both is free. */
  free: { bytes: 500_000_000, share: 0.02 },
  /** Freed when the disk is full, so that alerts still get in. */
  ballastBytes: MIB,
  /** Alerts that come within it share one sync. */
  groupMs: 20,
  /** Metrics that nobody has acknowledged for so long go to the disk. */
  spillAfterMs: 10 * SECOND_MS,
  /** How long a disk that failed is left alone. */
  retryMs: 5 * SECOND_MS,
  /** How often the room on it is looked at. */
  lookAgainMs: MINUTE_MS,
};

export type DiskLimits = Readonly<typeof DISK_LIMITS>;
