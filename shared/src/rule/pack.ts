// The rules that ship with the product, and the only source of their defaults.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts';
import type { AbsenceRule, JudgedRule, Rule, StateRule, ThresholdRule } from './rule.ts';
import type { DeviceClass } from './scope.ts';

const GIB = 2 ** 30;
const ALWAYS_ON: readonly DeviceClass[] = ['server', 'kiosk', 'network'];
const EVERY_CLASS: readonly DeviceClass[] = [...ALWAYS_ON, 'desktop', 'laptop', 'ephemeral'];
const MOUNTPOINT = 'system.filesystem.mountpoint';
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
  ticket: { atOnce: ['server'], when: [{ severity: 'critical' }, { metric: FREE, below: 20 * GIB }] },
  text: 'More than 85 % of the volume is used (critical: more than 95 % and less than 10 GiB free, or more than 98 %).',
  steps: [
    'Find what grew: on Linux `du -xh --max-depth=2 MOUNTPOINT | sort -h | tail`, on Windows Storage settings or WinDirStat.',
    'Remove or move what is not needed: old logs, package caches, old kernels, recycle bins, forgotten backups.',
    'If it grows steadily, enlarge the volume or shorten retention before it is full.',
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

const CPU = 'system.cpu.utilization';
const cpuSustained: ThresholdRule = {
  id: 'cpu.sustained',
  family: 'cpu.sustained',
  title: 'CPU is saturated',
  kind: 'threshold',
  scope: {},
  signal: { metric: CPU },
  levels: [
    {
      severity: 'warning',
      forMs: 10 * MINUTE_MS,
      forMsOn: { desktop: 15 * MINUTE_MS, laptop: 15 * MINUTE_MS, kiosk: 15 * MINUTE_MS },
      any: [{ metric: CPU, beyond: 'above', fireAt: 0.9, clearAt: 0.8 }],
    },
  ],
  keepMs: 10 * MINUTE_MS,
  graceMs: 5 * MINUTE_MS,
  urgency: ['medium'],
  ticket: { atOnce: ['server'], afterMs: HOUR_MS },
  text: 'The CPUs were more than 90 % busy over the whole time.',
  steps: [
    'See what uses them: `top`, Task Manager, Activity Monitor.',
    'Is it a job that will end (backup, update, scan)? Then wait or move it to the night.',
    'Is it a program gone wild? Note its name and version, restart it, report it.',
  ],
};

const memoryPressure: ThresholdRule = {
  id: 'memory.pressure',
  family: 'memory.pressure',
  title: 'Memory is short',
  kind: 'threshold',
  scope: {},
  signal: { metric: 'system.memory.utilization' },
  levels: [
    {
      severity: 'warning',
      forMs: 10 * MINUTE_MS,
      any: [
        { metric: 'system.memory.utilization', beyond: 'above', fireAt: 0.95, clearAt: 0.88 },
        { metric: 'fettle.pressure.memory.full', beyond: 'above', fireAt: 0.1, clearAt: 0.05 },
        { metric: 'fettle.memory.commit.utilization', beyond: 'above', fireAt: 0.9, clearAt: 0.85 },
      ],
    },
  ],
  keepMs: 10 * MINUTE_MS,
  graceMs: 5 * MINUTE_MS,
  urgency: ['medium'],
  ticket: { atOnce: ['server'], afterMs: HOUR_MS },
  text: 'Less than 5 % of the memory is available, or programs stand still waiting for memory more than 10 % of the time.',
  steps: [
    'See what uses it: `ps aux --sort=-rss | head`, Task Manager, Activity Monitor.',
    'Does one program grow without end? Restart it, report the leak.',
    'Does the machine do more than it was bought for? Add memory or move a service.',
  ],
};

const SERVICE_STOPPED = [0, 3, 4];
const serviceStopped: StateRule = {
  id: 'service.stopped',
  family: 'service',
  title: 'A service has stopped',
  kind: 'state',
  scope: {},
  signal: { metric: 'fettle.service.state', by: 'fettle.service.name' },
  levels: [{ severity: 'critical', forMs: 2 * MINUTE_MS, bad: SERVICE_STOPPED, readings: 1 }],
  keepMs: 2 * MINUTE_MS,
  graceMs: 5 * MINUTE_MS,
  urgency: ['medium'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'A service that starts by itself is not running.',
  steps: ['Read why it ended: `journalctl -u SERVICE`, Event Viewer.', 'Start it, and watch whether it stays.'],
};

const smartFailed: StateRule = {
  id: 'smart.failed',
  family: 'disk-health',
  title: 'A disk says that it is failing',
  kind: 'state',
  scope: {},
  signal: { metric: 'fettle.smart.verdict', by: 'hw.id' },
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

const deviceOffline: AbsenceRule = {
  id: 'device.offline',
  family: 'device.offline',
  title: 'A device is offline',
  kind: 'absence',
  scope: { classes: ALWAYS_ON },
  levels: [{ severity: 'critical', forMs: 5 * MINUTE_MS }],
  keepMs: 2 * MINUTE_MS,
  graceMs: 0,
  urgency: ['high'],
  ticket: { atOnce: EVERY_CLASS },
  text: 'No sign of life from a device that should always be on, and it did not say goodbye.',
  steps: [
    'Does it answer (ping, console)? Then look at the agent: `fettle-agent status`.',
    'Is the whole site gone? Then look at the line and the power first.',
  ],
};

export const pack: readonly Rule[] = [
  diskSpace,
  diskInodes,
  cpuSustained,
  memoryPressure,
  serviceStopped,
  smartFailed,
  deviceOffline,
];

export const isJudged = (rule: Rule): rule is JudgedRule => rule.kind !== 'absence';
