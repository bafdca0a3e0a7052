// Short names of metrics for people, and the groups that the device page shows them in.
import type { MetricName } from '../metric/catalog.ts';

export const metricGroups = [
  'Processor',
  'Memory',
  'Pressure',
  'Volumes',
  'Disks',
  'Network',
  'Services',
  'Machine',
  'Agent',
] as const;
export type MetricGroup = (typeof metricGroups)[number];

const labels: Readonly<Record<MetricName, readonly [MetricGroup, string]>> = {
  'system.cpu.utilization': ['Processor', 'CPU busy'],
  'fettle.system.load.1m': ['Processor', 'Load, 1 min'],
  'fettle.system.load.5m': ['Processor', 'Load, 5 min'],
  'fettle.system.load.15m': ['Processor', 'Load, 15 min'],
  'system.memory.limit': ['Memory', 'Fitted'],
  'system.memory.usage': ['Memory', 'In use'],
  'system.linux.memory.available': ['Memory', 'Available'],
  'system.memory.utilization': ['Memory', 'Used'],
  'system.paging.usage': ['Memory', 'Swap in use'],
  'system.paging.utilization': ['Memory', 'Swap used'],
  'fettle.memory.commit.utilization': ['Memory', 'Committed'],
  'fettle.pressure.cpu.some': ['Pressure', 'Waiting for CPU'],
  'fettle.pressure.memory.some': ['Pressure', 'Waiting for memory'],
  'fettle.pressure.memory.full': ['Pressure', 'Stalled by memory'],
  'fettle.pressure.io.some': ['Pressure', 'Waiting for disks'],
  'fettle.pressure.io.full': ['Pressure', 'Stalled by disks'],
  'system.filesystem.limit': ['Volumes', 'Size'],
  'system.filesystem.usage': ['Volumes', 'In use'],
  'fettle.filesystem.available': ['Volumes', 'Available'],
  'system.filesystem.utilization': ['Volumes', 'Used'],
  'fettle.filesystem.inodes.utilization': ['Volumes', 'Inodes used'],
  'fettle.disk.io.rate': ['Disks', 'Throughput'],
  'fettle.disk.operations.rate': ['Disks', 'Operations'],
  'fettle.disk.busy': ['Disks', 'Busy'],
  'fettle.smart.verdict': ['Disks', 'SMART verdict'],
  'fettle.network.io.rate': ['Network', 'Throughput'],
  'fettle.network.errors.rate': ['Network', 'Errors'],
  'fettle.network.dropped.rate': ['Network', 'Dropped'],
  'fettle.service.state': ['Services', 'State'],
  'system.uptime': ['Machine', 'Up for'],
  'fettle.collector.duration': ['Agent', 'Reading took'],
  'fettle.collector.success': ['Agent', 'Reading'],
};

const byName: ReadonlyMap<string, readonly [MetricGroup, string]> = new Map(Object.entries(labels));

export const metricLabel = (name: string): string => byName.get(name)?.[1] ?? name;

export const metricGroup = (name: string): MetricGroup => byName.get(name)?.[0] ?? 'Machine';

/** The keys that say little beside the others of the same series. */
const QUIET_KEYS = new Set(['system.filesystem.type']);

/** What tells a series apart, in one line: "nvme0n1 read". */
export const attributeText = (attributes: Readonly<Record<string, string>>): string => {
  const mountpoint = attributes['system.filesystem.mountpoint'];
  if (mountpoint !== undefined) return mountpoint;
  return Object.entries(attributes)
    .filter(([key]) => !QUIET_KEYS.has(key))
    .map(([key, value]) => (key === 'cpu.logical_number' ? `CPU ${value}` : value))
    .join(' ');
};
