// Volumes and disks: room, writing, presence, cable.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../time.ts';
import type { ChangeRule, ForecastRule, Rule, StateRule, ThresholdRule } from '../rule.ts';
import { DISK, EVERY_CLASS, GIB, MOUNTPOINT } from './terms.ts';

const USED = 'system.filesystem.utilization';
const FREE = 'fettle.filesystem.available';

const diskSpace: ThresholdRule = {
  id: 'disk.space',
  family: 'disk-space',
  title: 'Disk space is running out',
  kind: 'threshold',
  scope: {},
  signal: { metric: USED, by: MOUNTPOINT },
  levels: [
    {
      severity: 'warning',
      forMs: 10 * MINUTE_MS,
      any: [{ metric: USED, beyond: 'above', fireAt: 0.85, clearAt: 0.8 }],
    },
    {
      severity: 'critical',
      forMs: 5 * MINUTE_MS,
      any: [
        {
          metric: USED,
          beyond: 'above',
          fireAt: 0.95,
          clearAt: 0.93,
          guards: [
            { metric: FREE, below: 10 * GIB },
            { metric: FREE, exhaustedWithinMs: DAY_MS },
          ],
        },
        { metric: USED, beyond: 'above', fireAt: 0.98, clearAt: 0.93 },
      ],
    },
  ],
  keepMs: 15 * MINUTE_MS,
  graceMs: 0,
  urgency: ['medium', 'high'],
  ticket: {
    atOnce: ['server'],
    when: [
      { severity: 'critical' },
      { metric: FREE, below: 20 * GIB },
      { metric: FREE, exhaustedWithinMs: 14 * DAY_MS },
    ],
  },
  text: 'More than 85 % of the volume is used (critical: more than 95 % and less than 10 GiB free, or more than 98 %).',
  steps: [
    'Find what grew: on Linux `du -xh --max-depth=2 MOUNTPOINT | sort -h | tail`, on Windows Storage settings or WinDirStat.',
    'Remove or move what is not needed: old logs, package caches, old kernels, recycle bins, forgotten backups.',
    'If it grows steadily, enlarge the volume or shorten retention before it is full.',
  ],
};

/** Judged by the server, each hour: agents keep no week of readings. */
const diskTrend: ForecastRule = {
  id: 'disk.trend',
  family: 'disk-space',
  title: 'A disk will be full soon',
  kind: 'forecast',
  scope: { classes: ['server'] },
  signal: { metric: FREE, by: MOUNTPOINT },
  levels: [{ severity: 'warning', withinMs: 3 * DAY_MS, forMs: HOUR_MS, clearMs: 7 * DAY_MS }],
  keepMs: 6 * HOUR_MS,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: ['server'] },
  text: 'It fills steadily: at the rate of the last week it is full within three days.',
  steps: [
    'See since when it grows, and how fast: the chart of the volume over seven days.',
    'Find what grows: on Linux `du -xh --max-depth=2 MOUNTPOINT | sort -h | tail` today and tomorrow, on Windows WinDirStat.',
    'Stop what writes too much, shorten its retention, or enlarge the volume before it is full.',
  ],
};

const diskInodes: ThresholdRule = {
  id: 'disk.inodes',
  family: 'disk.inodes',
  title: 'Inodes are running out',
  kind: 'threshold',
  scope: { os: ['linux'] },
  signal: { metric: 'fettle.filesystem.inodes.utilization', by: MOUNTPOINT },
  levels: [
    {
      severity: 'warning',
      forMs: 10 * MINUTE_MS,
      any: [{ metric: 'fettle.filesystem.inodes.utilization', beyond: 'above', fireAt: 0.85, clearAt: 0.8 }],
    },
    {
      severity: 'critical',
      forMs: 10 * MINUTE_MS,
      any: [{ metric: 'fettle.filesystem.inodes.utilization', beyond: 'above', fireAt: 0.95, clearAt: 0.93 }],
    },
  ],
  keepMs: 15 * MINUTE_MS,
  graceMs: 0,
  urgency: ['medium', 'medium'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'The volume can hold few more files, however much space is free.',
  steps: [
    'Find the folder with most files: `du -x --inodes --max-depth=2 MOUNTPOINT | sort -n | tail`.',
    'Usual causes: session files, mail queues, caches that nobody empties.',
  ],
};

const diskReadonly: StateRule = {
  id: 'disk.readonly',
  family: 'disk.readonly',
  title: 'A volume can only be read',
  kind: 'state',
  scope: {},
  signal: { metric: 'fettle.filesystem.readonly', by: MOUNTPOINT },
  levels: [{ severity: 'critical', forMs: MINUTE_MS, bad: [1], readings: 1 }],
  keepMs: 5 * MINUTE_MS,
  graceMs: 0,
  urgency: ['high'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'The system has stopped writing to this volume, as it does when the file system or the disk below it has errors.',
  steps: [
    'Read what happened just before: `journalctl -k -b | grep -iE "error|remount|aborted"`.',
    'Check that the last backup is complete, and take one now of what can still be read.',
    'Ask the disk how it is: `smartctl -a /dev/DISK`. If it fails, replace it; do not repair the volume on it.',
    'Else repair the volume unmounted: `fsck -f /dev/DEVICE` (ext4), `xfs_repair /dev/DEVICE` (XFS), then restart.',
  ],
};

const diskMissing: StateRule = {
  id: 'disk.missing',
  family: 'disk.missing',
  title: 'A disk is missing',
  kind: 'state',
  scope: {},
  signal: { metric: 'fettle.disk.presence', by: DISK },
  levels: [{ severity: 'critical', forMs: 0, bad: [0], readings: 2 }],
  keepMs: 0,
  graceMs: 0,
  urgency: ['high'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'A disk that was here before does not answer any more, twice in a row.',
  steps: [
    'Was it taken out on purpose? Then resolve the ticket and say so there: the agent forgets the disk after 90 days.',
    'See which disks there are: `lsblk -o NAME,SERIAL,SIZE,MODEL` on Linux, `Get-PhysicalDisk` in PowerShell, `diskutil list` on macOS.',
    'Look for the moment when it went: `journalctl -k | grep -iE "ata|nvme|sd[a-z]"`, Event Viewer > System.',
    'Reseat the disk and its cables with the machine off. If it does not come back, replace it.',
  ],
};

const diskLink: ChangeRule = {
  id: 'disk.link',
  family: 'disk.link',
  title: 'The cable of a disk gives errors',
  kind: 'change',
  scope: {},
  signal: { metric: 'fettle.disk.errors.link', by: DISK },
  levels: [{ severity: 'warning', any: [{ metric: 'fettle.disk.errors.link', rise: 10, withinMs: 7 * DAY_MS }] }],
  keepMs: 7 * DAY_MS,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: ['server'] },
  text: 'Data arrived damaged over the cable at least ten times within a week (SMART attribute 199). It was sent again: nothing is lost yet.',
  steps: [
    'Turn the machine off, reseat both ends of the cable, or replace the cable: that is the cause nearly always.',
    'See whether the count still rises: `smartctl -A /dev/DISK | grep -i crc`. It never goes back to 0.',
    'If it still rises with a new cable, use another port, then another disk.',
  ],
};

export const diskRules: readonly Rule[] = [diskSpace, diskTrend, diskInodes, diskReadonly, diskMissing, diskLink];
