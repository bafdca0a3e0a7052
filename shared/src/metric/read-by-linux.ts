// What the agent reads on Linux.
import { anywhere } from './read-by-any.ts';
import type { Sources } from './source.ts';

export const linux = {
  ...anywhere,
  memory: {
    tier: 'fast',
    provides: [
      'system.memory.limit',
      'system.memory.usage',
      'system.memory.utilization',
      'system.linux.memory.available',
      'system.paging.usage',
      'system.paging.utilization',
      'fettle.memory.commit.utilization',
    ],
  },
  load: { tier: 'fast', provides: ['fettle.system.load.1m', 'fettle.system.load.5m', 'fettle.system.load.15m'] },
  pressure: {
    tier: 'fast',
    provides: [
      'fettle.pressure.cpu.some',
      'fettle.pressure.memory.some',
      'fettle.pressure.memory.full',
      'fettle.pressure.io.some',
      'fettle.pressure.io.full',
    ],
  },
  volumes: {
    tier: 'minute',
    provides: [
      'system.filesystem.limit',
      'system.filesystem.usage',
      'fettle.filesystem.available',
      'system.filesystem.utilization',
      'fettle.filesystem.inodes.utilization',
      'fettle.filesystem.readonly',
    ],
  },
  'disk-io': { tier: 'fast', provides: ['fettle.disk.io.rate', 'fettle.disk.operations.rate', 'fettle.disk.busy'] },
  network: {
    tier: 'fast',
    provides: ['fettle.network.io.rate', 'fettle.network.errors.rate', 'fettle.network.dropped.rate'],
  },
  sensors: {
    tier: 'minute',
    provides: ['hw.temperature', 'fettle.temperature.headroom', 'hw.fan.speed', 'fettle.fan.state'],
  },
  battery: {
    tier: 'minute',
    provides: [
      'hw.battery.charge',
      'fettle.battery.health',
      'fettle.battery.cycles',
      'hw.battery.time_left',
      'fettle.battery.state',
      'fettle.power.source',
    ],
  },
  arrays: { tier: 'minute', provides: ['fettle.raid.state', 'fettle.raid.missing', 'fettle.filesystem.errors'] },
  'kernel-log': { tier: 'minute', provides: ['fettle.log.hardware', 'fettle.log.crash'] },
  checks: {
    tier: 'minute',
    provides: [
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
  services: { tier: 'minute', provides: ['fettle.service.state', 'fettle.service.restarts'] },
  clock: { tier: 'slow', provides: ['fettle.time.offset', 'fettle.time.synchronized'] },
  accounts: { tier: 'slow', provides: ['fettle.admin.added'] },
  backups: {
    tier: 'slow',
    provides: ['fettle.backup.state', 'fettle.backup.age', 'fettle.backup.size', 'fettle.backup.restore_test.age'],
  },
  certificates: { tier: 'daily', provides: ['fettle.certificate.remaining'] },
  journal: { tier: 'slow', provides: ['fettle.log.errors', 'fettle.log.coredumps'] },
  patches: {
    tier: 'daily',
    provides: [
      'fettle.patches.pending',
      'fettle.patches.security',
      'fettle.patches.security.age',
      'fettle.patches.scan.age',
    ],
  },
  protection: {
    tier: 'slow',
    provides: ['fettle.protection.antivirus', 'fettle.protection.firewall', 'fettle.protection.encryption'],
  },
  reboot: { tier: 'slow', provides: ['fettle.reboot.pending.age'] },
  software: { tier: 'daily', provides: [] },
  support: { tier: 'daily', provides: ['fettle.os.support.remaining'] },
  smart: {
    tier: 'slow',
    provides: [
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
} as const satisfies Sources;
