// Backups, where there is a source that tells of them.
import { HOUR_MS } from '../../time.ts';
import type { Rule, StateRule, ThresholdRule } from '../rule.ts';
import { above, byNewest } from './levels.ts';
import { DAY_S, EVERY_CLASS, HOUR_S, NOT_SERVERS } from './terms.ts';

const NAME = 'fettle.backup.name';
const AGE = 'fettle.backup.age';
/** Failed, never made, too small. */
const NOT_GOOD = [1, 2, 3];

const STEPS = [
  'Ask the backup program why: `restic snapshots`, `borg list REPOSITORY`, `journalctl -u BACKUP-SERVICE`, `wbadmin get versions`, `tmutil latestbackup`.',
  'Is the place full, or not to be reached (password, network, unplugged disk)? Mend that first.',
  'Make one now, by hand, and stay until it is done.',
  'Restore one file from it: a backup that nobody has read is a hope.',
];

const backupStale: ThresholdRule = {
  id: 'backup.stale',
  family: 'backup',
  title: 'The last good backup is old',
  kind: 'threshold',
  scope: { classes: NOT_SERVERS },
  signal: { metric: AGE, by: NAME },
  levels: [byNewest('warning', above(AGE, 7 * DAY_S))],
  keepMs: 0,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'The last good backup is more than a week old.',
  steps: STEPS,
};

const backupStaleServer: ThresholdRule = {
  ...backupStale,
  id: 'backup.stale.server',
  scope: { classes: ['server'] },
  levels: [byNewest('critical', above(AGE, 26 * HOUR_S))],
  urgency: ['high'],
  text: 'The last good backup is more than 26 hours old: the one of the last night is missing.',
};

/** One bad night may be mended by the next: a day without a good one is the second failure. */
const backupFailed: StateRule = {
  id: 'backup.failed',
  family: 'backup',
  title: 'A backup fails',
  kind: 'state',
  scope: { classes: NOT_SERVERS },
  signal: { metric: 'fettle.backup.state', by: NAME },
  levels: [{ severity: 'warning', forMs: 24 * HOUR_MS, bad: NOT_GOOD, readings: 2 }],
  keepMs: 0,
  graceMs: 0,
  urgency: ['medium'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'For a day the last backup has been one that failed, was never made, or is much too small.',
  steps: STEPS,
};

const backupFailedServer: StateRule = {
  ...backupFailed,
  id: 'backup.failed.server',
  scope: { classes: ['server'] },
  levels: [{ severity: 'critical', forMs: 24 * HOUR_MS, bad: NOT_GOOD, readings: 2 }],
  urgency: ['high'],
};

export const backupRules: readonly Rule[] = [backupStale, backupStaleServer, backupFailed, backupFailedServer];
