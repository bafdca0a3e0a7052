// Short names of metrics for people, and the groups that the device page shows them in.
import type { MetricName } from '../metric/catalog.ts';

export const metricGroups = [
  'Processor',
  'Memory',
  'Pressure',
  'Volumes',
  'Disks',
  'Network',
  'Sensors',
  'Battery',
  'Arrays',
  'Services',
  'Logs',
  'Upkeep',
  'Protection',
  'Backups',
  'Checks',
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
  'fettle.memory.pressure': ['Memory', 'Pressure'],
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
  'fettle.filesystem.readonly': ['Volumes', 'Writing'],
  'fettle.disk.io.rate': ['Disks', 'Throughput'],
  'fettle.disk.operations.rate': ['Disks', 'Operations'],
  'fettle.disk.busy': ['Disks', 'Busy'],
  'fettle.smart.verdict': ['Disks', 'SMART verdict'],
  'fettle.disk.presence': ['Disks', 'Presence'],
  'fettle.disk.activity': ['Disks', 'Activity'],
  'fettle.disk.sectors.reallocated': ['Disks', 'Sectors reallocated'],
  'fettle.disk.sectors.pending': ['Disks', 'Sectors pending'],
  'fettle.disk.sectors.uncorrectable': ['Disks', 'Sectors uncorrectable'],
  'fettle.disk.errors.reported': ['Disks', 'Errors reported'],
  'fettle.disk.errors.media': ['Disks', 'Media errors'],
  'fettle.disk.errors.link': ['Disks', 'Cable errors'],
  'fettle.disk.timeouts': ['Disks', 'Timeouts'],
  'fettle.disk.wear': ['Disks', 'Wear'],
  'fettle.disk.spare.headroom': ['Disks', 'Spare above threshold'],
  'fettle.disk.power_on': ['Disks', 'Powered on for'],
  'fettle.disk.temperature': ['Sensors', 'Disk temperature'],
  'fettle.disk.temperature.headroom': ['Sensors', 'Disk below its limit'],
  'hw.temperature': ['Sensors', 'Temperature'],
  'fettle.temperature.headroom': ['Sensors', 'Below its limit'],
  'fettle.thermal.pressure': ['Sensors', 'Slowed to cool'],
  'hw.fan.speed': ['Sensors', 'Fan speed'],
  'fettle.fan.state': ['Sensors', 'Fan'],
  'hw.battery.charge': ['Battery', 'Charge'],
  'fettle.battery.health': ['Battery', 'Health'],
  'fettle.battery.cycles': ['Battery', 'Cycles'],
  'hw.battery.time_left': ['Battery', 'Time left'],
  'fettle.battery.state': ['Battery', 'State'],
  'fettle.power.source': ['Battery', 'Power source'],
  'fettle.raid.state': ['Arrays', 'State'],
  'fettle.raid.missing': ['Arrays', 'Members missing'],
  'fettle.filesystem.errors': ['Arrays', 'Errors counted'],
  'fettle.network.io.rate': ['Network', 'Throughput'],
  'fettle.network.errors.rate': ['Network', 'Errors'],
  'fettle.network.dropped.rate': ['Network', 'Dropped'],
  'fettle.service.state': ['Services', 'State'],
  'fettle.service.restarts': ['Services', 'Restarts'],
  'fettle.log.hardware': ['Logs', 'Hardware errors'],
  'fettle.log.crash': ['Logs', 'Crashes'],
  'fettle.log.errors': ['Logs', 'Errors'],
  'fettle.log.coredumps': ['Logs', 'Programs crashed'],
  'fettle.patches.pending': ['Upkeep', 'Updates pending'],
  'fettle.patches.security': ['Upkeep', 'Security updates pending'],
  'fettle.patches.security.age': ['Upkeep', 'Oldest security update'],
  'fettle.patches.scan.age': ['Upkeep', 'Last look for updates'],
  'fettle.reboot.pending.age': ['Upkeep', 'Reboot due for'],
  'fettle.os.support.remaining': ['Upkeep', 'Support ends in'],
  'fettle.time.offset': ['Upkeep', 'Clock is off by'],
  'fettle.time.synchronized': ['Upkeep', 'Clock kept'],
  'fettle.certificate.remaining': ['Upkeep', 'Certificate expires in'],
  'fettle.admin.added': ['Protection', 'Administrators added'],
  'fettle.protection.antivirus': ['Protection', 'Antivirus'],
  'fettle.protection.firewall': ['Protection', 'Firewall'],
  'fettle.protection.encryption': ['Protection', 'Disk encryption'],
  'fettle.backup.state': ['Backups', 'Last backup'],
  'fettle.backup.age': ['Backups', 'Age'],
  'fettle.backup.size': ['Backups', 'Size'],
  'fettle.backup.restore_test.age': ['Backups', 'Restore tested'],
  'fettle.check.state': ['Checks', 'Result'],
  'fettle.check.latency': ['Checks', 'Latency'],
  'fettle.check.loss': ['Checks', 'Packets lost'],
  'fettle.check.status': ['Checks', 'HTTP status'],
  'fettle.check.certificate.remaining': ['Checks', 'Certificate expires in'],
  'fettle.check.uptime': ['Checks', 'Up for'],
  'fettle.check.supply': ['Checks', 'Supply left'],
  'fettle.check.power': ['Checks', 'Runs on'],
  'fettle.check.charge': ['Checks', 'Charge'],
  'fettle.check.interface': ['Checks', 'Interface'],
  'fettle.check.network.rate': ['Checks', 'Throughput'],
  'system.uptime': ['Machine', 'Up for'],
  'fettle.spool.state': ['Agent', 'Records wait'],
  'fettle.collector.duration': ['Agent', 'Reading took'],
  'fettle.collector.age': ['Agent', 'Last good reading'],
  'fettle.collector.success': ['Agent', 'Reading'],
  'fettle.agent.cpu.utilization': ['Agent', 'CPU'],
  'fettle.agent.memory.usage': ['Agent', 'Memory'],
};

const byName: ReadonlyMap<string, readonly [MetricGroup, string]> = new Map(Object.entries(labels));

export const metricLabel = (name: string): string => byName.get(name)?.[1] ?? name;

export const metricGroup = (name: string): MetricGroup => byName.get(name)?.[0] ?? 'Machine';

/** The keys that say little beside the others of the same series. */
const QUIET_KEYS = new Set(['system.filesystem.type', 'hw.id', 'hw.sensor_location']);

/** What tells a series apart, in one line: "nvme0n1 read". */
export const attributeText = (attributes: Readonly<Record<string, string>>): string => {
  const mountpoint = attributes['system.filesystem.mountpoint'];
  if (mountpoint !== undefined) return mountpoint;
  return Object.entries(attributes)
    .filter(([key]) => !QUIET_KEYS.has(key))
    .map(([key, value]) => (key === 'cpu.logical_number' ? `CPU ${value}` : value))
    .join(' ');
};
