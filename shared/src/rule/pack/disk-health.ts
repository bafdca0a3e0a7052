// What disks say of themselves (SMART). One family: the signs of one failing disk share a ticket.
import { DAY_MS } from '../../time.ts';
import type { ChangeRule, Rule, StateRule, ThresholdRule } from '../rule.ts';
import { above, byNewest, below } from './levels.ts';
import { DISK, EVERY_CLASS } from './terms.ts';

const PENDING = 'fettle.disk.sectors.pending';
const UNCORRECTABLE = 'fettle.disk.sectors.uncorrectable';
const REPORTED = 'fettle.disk.errors.reported';
const REALLOCATED = 'fettle.disk.sectors.reallocated';
const MEDIA = 'fettle.disk.errors.media';
const WEAR = 'fettle.disk.wear';
const MONTH_MS = 30 * DAY_MS;

const smartFailed: StateRule = {
  id: 'smart.failed',
  family: 'disk-health',
  title: 'A disk says that it is failing',
  kind: 'state',
  scope: {},
  signal: { metric: 'fettle.smart.verdict', by: DISK },
  levels: [{ severity: 'critical', forMs: 0, bad: [1], readings: 2 }],
  keepMs: null,
  graceMs: 0,
  urgency: ['high'],
  ticket: { atOnce: EVERY_CLASS },
  text: "The disk's own verdict (SMART) is that it fails or will soon.",
  steps: [
    'Check that the last backup is complete; take one now if not.',
    'Order a replacement; note the serial number.',
    'Replace the disk; do not trust it again, even when the verdict changes.',
  ],
};

/** Ten or more when first seen are too many as well: nobody knows since when. */
const smartPending: ChangeRule = {
  id: 'smart.pending',
  family: 'disk-health',
  title: 'A disk has sectors that it cannot read',
  kind: 'change',
  scope: {},
  signal: { metric: PENDING, by: DISK },
  levels: [
    {
      severity: 'warning',
      any: [PENDING, UNCORRECTABLE, REPORTED].flatMap((metric) => [
        { metric, rise: 1, withinMs: MONTH_MS },
        { metric, atLeast: 10 },
      ]),
    },
  ],
  keepMs: MONTH_MS,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'The number of sectors that wait to be read, that cannot be read, or whose errors reached programs has grown within 30 days, or is ten and more (SMART attributes 197, 198, 187).',
  steps: [
    'Check that the last backup is complete; take one now if not.',
    'Let the disk test itself: `smartctl -t long /dev/DISK`, and read the result when it is done: `smartctl -l selftest /dev/DISK`.',
    'If the test fails or the number grows again, replace the disk; note the serial number.',
  ],
};

const smartReallocated: ChangeRule = {
  id: 'smart.reallocated',
  family: 'disk-health',
  title: 'A disk replaces worn sectors',
  kind: 'change',
  scope: {},
  signal: { metric: REALLOCATED, by: DISK },
  levels: [
    {
      severity: 'warning',
      any: [
        { metric: REALLOCATED, rise: 1, withinMs: MONTH_MS },
        { metric: REALLOCATED, atLeast: 16 },
      ],
    },
  ],
  keepMs: MONTH_MS,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'The disk has put spare sectors in the place of bad ones: more of them within 30 days, or 16 and more in all (SMART attribute 5).',
  steps: [
    'Check that the last backup is complete.',
    'Watch the number for some days: `smartctl -A /dev/DISK | grep -i realloc`. One that stands still may go on for years.',
    'If it grows from day to day, replace the disk; note the serial number.',
  ],
};

const nvmeMedia: ChangeRule = {
  id: 'nvme.media',
  family: 'disk-health',
  title: 'An SSD has read or written wrong data',
  kind: 'change',
  scope: {},
  signal: { metric: MEDIA, by: DISK },
  levels: [{ severity: 'warning', any: [{ metric: MEDIA, rise: 1, withinMs: DAY_MS }] }],
  keepMs: MONTH_MS,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'The count of errors that the SSD could not correct (media and data integrity errors) has grown within a day.',
  steps: [
    'Check that the last backup is complete; take one now if not.',
    'Read what else it says: `smartctl -x /dev/nvme0` or `nvme error-log /dev/nvme0`, and look for newer firmware.',
    'If it grows again, replace it; note the serial number.',
  ],
};

/** In whole percent: above 89 % is 90 % and more. */
const ssdWear: ThresholdRule = {
  id: 'ssd.wear',
  family: 'disk-health',
  title: 'An SSD is worn out soon',
  kind: 'threshold',
  scope: {},
  signal: { metric: WEAR, by: DISK },
  levels: [
    byNewest('warning', above(WEAR, 0.89), below('fettle.disk.spare.headroom', 0)),
    byNewest('critical', above(WEAR, 0.99)),
  ],
  keepMs: null,
  graceMs: 0,
  urgency: ['low', 'medium'],
  ticket: { atOnce: [] },
  text: 'At least 90 % of the writes that the SSD was built for are used up (critical: all of them), or its spare blocks are below its own limit.',
  steps: [
    'Plan its replacement at the next visit; note the serial number and the size.',
    'See what writes so much: `iotop -aoP` on Linux, Resource Monitor > Disk on Windows.',
  ],
};

export const diskHealthRules: readonly Rule[] = [smartFailed, smartPending, smartReallocated, nvmeMedia, ssdWear];
