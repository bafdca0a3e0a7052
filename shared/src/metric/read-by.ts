// Which collector of the agent reads a metric, and how often: for whoever must tell why one has no readings. A test of the agent
// holds this against the collectors themselves.
import type { Intervals } from '../wire/server-message.schema.ts';
import type { MetricName } from './catalog.ts';

type Source = { readonly tier: 'fast' | 'minute' | 'slow' | 'daily'; readonly metrics: readonly MetricName[] };

/** By the id under which the agent reports what it can read. */
export const sources: Readonly<Record<string, Source>> = {
  cpu: { tier: 'fast', metrics: ['system.cpu.utilization'] },
  memory: {
    tier: 'fast',
    metrics: [
      'system.memory.limit',
      'system.memory.usage',
      'system.memory.utilization',
      'system.linux.memory.available',
      'system.paging.usage',
      'system.paging.utilization',
      'fettle.memory.commit.utilization',
    ],
  },
  load: { tier: 'fast', metrics: ['fettle.system.load.1m', 'fettle.system.load.5m', 'fettle.system.load.15m'] },
  pressure: {
    tier: 'fast',
    metrics: [
      'fettle.pressure.cpu.some',
      'fettle.pressure.memory.some',
      'fettle.pressure.memory.full',
      'fettle.pressure.io.some',
      'fettle.pressure.io.full',
    ],
  },
  volumes: {
    tier: 'minute',
    metrics: [
      'system.filesystem.limit',
      'system.filesystem.usage',
      'fettle.filesystem.available',
      'system.filesystem.utilization',
      'fettle.filesystem.inodes.utilization',
      'fettle.filesystem.readonly',
    ],
  },
  'disk-io': { tier: 'fast', metrics: ['fettle.disk.io.rate', 'fettle.disk.operations.rate', 'fettle.disk.busy'] },
  network: {
    tier: 'fast',
    metrics: ['fettle.network.io.rate', 'fettle.network.errors.rate', 'fettle.network.dropped.rate'],
  },
  uptime: { tier: 'minute', metrics: ['system.uptime'] },
  sensors: {
    tier: 'minute',
    metrics: ['hw.temperature', 'fettle.temperature.headroom', 'hw.fan.speed', 'fettle.fan.state'],
  },
  battery: {
    tier: 'minute',
    metrics: [
      'hw.battery.charge',
      'fettle.battery.health',
      'fettle.battery.cycles',
      'hw.battery.time_left',
      'fettle.battery.state',
      'fettle.power.source',
    ],
  },
  arrays: { tier: 'minute', metrics: ['fettle.raid.state', 'fettle.raid.missing', 'fettle.filesystem.errors'] },
  'kernel-log': { tier: 'minute', metrics: ['fettle.log.hardware', 'fettle.log.crash'] },
  checks: {
    tier: 'minute',
    metrics: [
      'fettle.check.state',
      'fettle.check.latency',
      'fettle.check.loss',
      'fettle.check.status',
      'fettle.check.certificate.remaining',
      'fettle.check.uptime',
      'fettle.check.supply',
      'fettle.check.interface',
      'fettle.check.power',
      'fettle.check.charge',
      'fettle.check.network.rate',
    ],
  },
  services: { tier: 'minute', metrics: ['fettle.service.state', 'fettle.service.restarts'] },
  clock: { tier: 'slow', metrics: ['fettle.time.offset', 'fettle.time.synchronized'] },
  accounts: { tier: 'slow', metrics: ['fettle.admin.added'] },
  backups: {
    tier: 'slow',
    metrics: ['fettle.backup.state', 'fettle.backup.age', 'fettle.backup.size', 'fettle.backup.restore_test.age'],
  },
  certificates: { tier: 'daily', metrics: ['fettle.certificate.remaining'] },
  journal: { tier: 'slow', metrics: ['fettle.log.errors', 'fettle.log.coredumps'] },
  patches: {
    tier: 'daily',
    metrics: [
      'fettle.patches.pending',
      'fettle.patches.security',
      'fettle.patches.security.age',
      'fettle.patches.scan.age',
    ],
  },
  protection: {
    tier: 'slow',
    metrics: ['fettle.protection.antivirus', 'fettle.protection.firewall', 'fettle.protection.encryption'],
  },
  reboot: { tier: 'slow', metrics: ['fettle.reboot.pending.age'] },
  support: { tier: 'daily', metrics: ['fettle.os.support.remaining'] },
  smart: {
    tier: 'slow',
    metrics: [
      'fettle.disk.presence',
      'fettle.disk.activity',
      'fettle.smart.verdict',
      'fettle.disk.sectors.reallocated',
      'fettle.disk.sectors.pending',
      'fettle.disk.sectors.uncorrectable',
      'fettle.disk.errors.reported',
      'fettle.disk.errors.media',
      'fettle.disk.errors.link',
      'fettle.disk.timeouts',
      'fettle.disk.wear',
      'fettle.disk.spare.headroom',
      'fettle.disk.power_on',
      'fettle.disk.temperature.headroom',
      'fettle.disk.temperature',
    ],
  },
};

const byMetric: ReadonlyMap<string, string> = new Map(
  Object.entries(sources).flatMap(([id, { metrics }]) => metrics.map((metric) => [metric, id] as const)),
);

/** The collector's id; undefined for what no agent of this version reads. */
export const sourceOf = (metric: string): string | undefined => byMetric.get(metric);

/** How often it is read, in ms. What nobody reads has the longest. */
export const everyMsOf = (metric: string, intervals: Intervals): number =>
  intervals[sources[sourceOf(metric) ?? '']?.tier ?? 'daily'];
