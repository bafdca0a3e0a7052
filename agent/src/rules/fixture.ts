// What the tests of this room have in common: one rule on volumes, and readings of them minute by minute.
import { plain } from '@fettle/shared/rule/fixture';
import type { ThresholdRule } from '@fettle/shared/rule/rule';
import type { Device } from '@fettle/shared/rule/scope';
import { MINUTE_MS } from '@fettle/shared/time';

import type { Moment } from './entry.ts';
import type { Observation } from './observation.ts';

const USED = 'system.filesystem.utilization';
const MOUNTPOINT = 'system.filesystem.mountpoint';

export const SERVER: Device = { os: 'linux', class: 'server' };

/** Warning above 85 % and critical above 95 %, each after three bad readings; clear after three good ones. */
export const diskRule: ThresholdRule = {
  ...plain,
  id: 'disk',
  family: 'disk',
  title: 'Full',
  kind: 'threshold',
  signal: { metric: USED, by: MOUNTPOINT },
  levels: [
    {
      severity: 'warning',
      forMs: 3 * MINUTE_MS,
      any: [{ metric: USED, beyond: 'above', fireAt: 0.85, clearAt: 0.8 }],
    },
    {
      severity: 'critical',
      forMs: 3 * MINUTE_MS,
      any: [{ metric: USED, beyond: 'above', fireAt: 0.95, clearAt: 0.93 }],
    },
  ],
  keepMs: 3 * MINUTE_MS,
  urgency: ['medium', 'high'],
};

/** A complete reading of volumes: percent used, by mount point. */
export const volumes = (percents: Readonly<Record<string, number>>): Observation => ({
  source: 'volumes',
  provides: [USED],
  everyMs: MINUTE_MS,
  isPartial: false,
  measured: Object.entries(percents).map(([mountpoint, percent]) => ({
    metric: USED,
    attributes: { [MOUNTPOINT]: mountpoint },
    integer: percent * 10,
  })),
});

const START_MS = 1_800_000_000_000;

export const minute = (count: number): Moment & { readonly uptimeMs: number } => ({
  monoMs: count * MINUTE_MS,
  uptimeMs: count * MINUTE_MS,
  wallMs: START_MS + count * MINUTE_MS,
});
