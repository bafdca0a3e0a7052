// Arrays, pools and file systems with checksums.
import { DAY_MS, MINUTE_MS } from '../../time.ts';
import type { ChangeRule, Rule, StateRule } from '../rule.ts';
import { EVERY_CLASS, PART } from './terms.ts';

const NOT_HEALTHY = [1, 2, 3];
const DEGRADED = [2, 3];

/** While it rebuilds, a second failure still loses everything: it is over when the array is healthy again. */
const raidDegraded: StateRule = {
  id: 'raid.degraded',
  family: 'raid',
  title: 'An array has lost a disk',
  kind: 'state',
  scope: {},
  signal: { metric: 'fettle.raid.state', by: PART },
  levels: [
    { severity: 'warning', forMs: MINUTE_MS, bad: NOT_HEALTHY, readings: 1 },
    { severity: 'critical', forMs: MINUTE_MS, bad: DEGRADED, readings: 1 },
  ],
  keepMs: 5 * MINUTE_MS,
  graceMs: 0,
  urgency: ['medium', 'high'],
  ticket: { atOnce: [], when: [{ severity: 'critical' }] },
  text: 'The array or pool works without one of its disks: the next failure may lose data. A warning while it rebuilds.',
  steps: [
    'Check that the last backup is complete.',
    'See which disk is missing: `cat /proc/mdstat` and `mdadm --detail /dev/md0`, `btrfs filesystem show`, `zpool status`, `Get-PhysicalDisk` in PowerShell.',
    'Replace the disk: `mdadm --manage /dev/md0 --add /dev/DISK`, `btrfs replace start ID /dev/DISK MOUNTPOINT`, `zpool replace POOL OLD NEW`.',
    'Stay with it until the rebuild is done: the other disks work hardest now.',
  ],
};

const filesystemErrors: ChangeRule = {
  id: 'filesystem.errors',
  family: 'filesystem.errors',
  title: 'A file system has found damaged data',
  kind: 'change',
  scope: {},
  signal: { metric: 'fettle.filesystem.errors', by: PART },
  levels: [{ severity: 'warning', any: [{ metric: 'fettle.filesystem.errors', rise: 1, withinMs: 7 * DAY_MS }] }],
  keepMs: 7 * DAY_MS,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'A file system that checks its data (btrfs, zfs) has counted new errors within a week.',
  steps: [
    'See of which disk: `btrfs device stats MOUNTPOINT`, `zpool status -v`.',
    'Let everything be read and mended: `btrfs scrub start -B MOUNTPOINT`, `zpool scrub POOL`. Restore the files that it names.',
    'If one disk gives errors again, replace it; if several do, test the memory first.',
  ],
};

export const arrayRules: readonly Rule[] = [raidDegraded, filesystemErrors];
