// What a simulated machine has wrong with it at the moment, and the collectors that see it.
import { type Collector, available } from '@fettle/agent/collect/collector';
import type { Sample } from '@fettle/shared/metric/sample';

/** Rules of the real pack, each with what makes it fire. */
export const troubles = ['disk.readonly', 'disk.missing', 'disk.space', 'cpu.sustained'] as const;
export type Trouble = (typeof troubles)[number];

export const VOLUMES = ['/', '/srv'] as const;
export const DISKS = ['disk-1', 'disk-2'] as const;
/** Nothing but the last check of a run takes this one out. */
export const LAST_DISK = 'disk-last';

export type Condition = {
  readonly readonlyVolumes: Set<string>;
  readonly missingDisks: Set<string>;
  /** Share used, by volume. */
  readonly used: Map<string, number>;
  cpu: number;
  /** Counts up, so that no two batches are alike and what is stored can be counted. */
  readings: number;
};

export const healthy = (): Condition => ({
  readonlyVolumes: new Set(),
  missingDisks: new Set(),
  used: new Map(),
  cpu: 0.2,
  readings: 0,
});

const GIB = 2 ** 30;
const VOLUME_BYTES = 100 * GIB;
const CALM = 0.4;

export const collectorsOf = (condition: Condition): readonly Collector[] => [
  collector(
    'volumes',
    ['fettle.filesystem.readonly', 'system.filesystem.utilization', 'fettle.filesystem.available'],
    () =>
      VOLUMES.flatMap((mountpoint): readonly Sample[] => {
        const attributes = { 'system.filesystem.mountpoint': mountpoint };
        const used = condition.used.get(mountpoint) ?? CALM;
        return [
          {
            metric: 'fettle.filesystem.readonly',
            attributes,
            value: Number(condition.readonlyVolumes.has(mountpoint)),
          },
          { metric: 'system.filesystem.utilization', attributes, value: used },
          { metric: 'fettle.filesystem.available', attributes, value: VOLUME_BYTES * (1 - used) },
        ];
      }),
  ),
  collector('disks', ['fettle.disk.presence'], () =>
    [...DISKS, LAST_DISK].map((disk) => ({
      metric: 'fettle.disk.presence',
      attributes: { 'hw.id': disk },
      value: Number(!condition.missingDisks.has(disk)),
    })),
  ),
  collector('cpu', ['system.cpu.utilization', 'system.uptime'], () => {
    condition.readings += 1;
    return [
      { metric: 'system.cpu.utilization', attributes: {}, value: condition.cpu },
      { metric: 'system.uptime', attributes: {}, value: condition.readings },
    ];
  }),
];

const collector = (id: string, provides: Collector['provides'], read: () => readonly Sample[]): Collector => ({
  id,
  tier: 'minute',
  timeoutMs: 5_000,
  provides,
  probe: () => Promise.resolve(available('simulated')),
  collect: () => Promise.resolve({ samples: read() }),
});

/** The alerts that must stand when this has lasted: rule, instance, severity. */
export const alertsOf = ({ readonlyVolumes, missingDisks, used, cpu }: Condition): readonly string[] =>
  [
    ...[...readonlyVolumes].map((volume) => alertText('disk.readonly', volume, 'critical')),
    ...[...missingDisks].map((disk) => alertText('disk.missing', disk, 'critical')),
    ...[...used].flatMap(([volume, share]) =>
      share > 0.85 ? [alertText('disk.space', volume, share > 0.95 ? 'critical' : 'warning')] : [],
    ),
    ...(cpu > 0.9 ? [alertText('cpu.sustained', '', 'warning')] : []),
  ].toSorted();

export const alertText = (rule: string, instance: string, severity: string): string =>
  `${rule} ${instance} ${severity}`;
