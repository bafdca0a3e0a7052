// What the collectors of a machine read: a healthy value each, and courses over time where something is going on.
import { DAY_S } from '@fettle/shared/rule/pack/terms';
import type { DeviceClass, Os } from '@fettle/shared/rule/scope';
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

import type { Machine } from './fleet.ts';
import type { Span } from './span.ts';

/** By metric, in the catalogue's unit. */
export type Readings = Readonly<Record<string, number>>;

/** What one collector reads of one thing, at its nominal interval. */
type Kind = {
  readonly everyMs: number;
  /** The key that tells its instances apart; absent for what the whole machine has one of. */
  readonly by?: string;
  readonly healthy: Readings;
};

const GIB = 2 ** 30;
const FAST = 10 * SECOND_MS;
const SLOW = 15 * MINUTE_MS;

/** The intervals are those of the agent's tiers: fast, minute, slow (INTERVALS of the wire). */
export const kinds = {
  cpu: { everyMs: FAST, healthy: { 'system.cpu.utilization': 0.2 } },
  memory: { everyMs: FAST, healthy: { 'system.memory.utilization': 0.55 } },
  volume: {
    everyMs: MINUTE_MS,
    by: 'system.filesystem.mountpoint',
    healthy: { 'system.filesystem.utilization': 0.5, 'fettle.filesystem.available': 256 * GIB },
  },
  service: {
    everyMs: MINUTE_MS,
    by: 'fettle.service.name',
    healthy: { 'fettle.service.state': 1, 'fettle.service.restarts': 0 },
  },
  array: { everyMs: MINUTE_MS, by: 'hw.name', healthy: { 'fettle.raid.state': 0 } },
  heat: { everyMs: MINUTE_MS, by: 'hw.name', healthy: { 'fettle.temperature.headroom': 40 } },
  fan: { everyMs: MINUTE_MS, by: 'hw.name', healthy: { 'fettle.fan.state': 1 } },
  battery: { everyMs: MINUTE_MS, by: 'hw.name', healthy: { 'fettle.battery.health': 0.9 } },
  log: { everyMs: MINUTE_MS, by: 'fettle.log.class', healthy: { 'fettle.log.hardware': 0 } },
  disk: {
    everyMs: SLOW,
    by: 'hw.id',
    healthy: {
      'fettle.smart.verdict': 0,
      'fettle.disk.sectors.pending': 0,
      'fettle.disk.sectors.uncorrectable': 0,
      'fettle.disk.errors.reported': 0,
      'fettle.disk.sectors.reallocated': 0,
    },
  },
  antivirus: { everyMs: SLOW, by: 'fettle.protection.name', healthy: { 'fettle.protection.antivirus': 1 } },
  accounts: { everyMs: SLOW, by: 'fettle.account.name', healthy: { 'fettle.admin.added': 0 } },
  backup: {
    everyMs: SLOW,
    by: 'fettle.backup.name',
    healthy: { 'fettle.backup.state': 0, 'fettle.backup.age': 0.5 * DAY_S },
  },
  clock: { everyMs: SLOW, healthy: { 'fettle.time.offset': 0.05 } },
  certificate: {
    everyMs: SLOW,
    by: 'fettle.certificate.name',
    healthy: { 'fettle.certificate.remaining': 200 * DAY_S },
  },
  reboot: { everyMs: SLOW, healthy: { 'fettle.reboot.pending.age': 0 } },
  patches: { everyMs: SLOW, healthy: { 'fettle.patches.security.age': 0, 'fettle.patches.scan.age': DAY_S / 2 } },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;

/** One thing of one machine. */
export type Thing = { readonly kind: KindName; readonly instance: string };

/** What is read of a thing for a while; what it does not name is as it was before. Of courses that overlap the last counts. */
export type Course = Thing &
  Span & {
    /** The same at any time of it. */
    readonly isSteady: boolean;
    readonly read: (atMs: number) => Readings;
  };

export const steady = (thing: Thing, span: Span, readings: Readings): Course => ({
  ...thing,
  ...span,
  isSteady: true,
  read: () => readings,
});

export const moving = (thing: Thing, span: Span, read: (atMs: number) => Readings): Course => ({
  ...thing,
  ...span,
  isSteady: false,
  read,
});

/** Straight from one value to another. */
export const along = ({ fromMs, toMs }: Span, from: number, to: number, atMs: number): number =>
  from + ((to - from) * (atMs - fromMs)) / (toMs - fromMs);

/** 0 to 1, the same for the same machine, time and salt: whoever looks twice reads the same. A xor-shift-multiply hash (murmur3's last step). */
export const noise = (seed: number, atMs: number, salt = 0): number => {
  let mixed = (seed ^ Math.imul(Math.floor(atMs / SECOND_MS), 0x9e_37_79_b1) ^ salt) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85_eb_ca_6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
};

const SYSTEM_VOLUME: Readonly<Record<Os, string>> = { linux: '/', windows: 'C:', macos: '/System/Volumes/Data' };
const VOLUME_BYTES: Readonly<Record<DeviceClass, number>> = {
  server: 1024 * GIB,
  desktop: 512 * GIB,
  laptop: 256 * GIB,
  kiosk: 128 * GIB,
  network: 64 * GIB,
  ephemeral: 64 * GIB,
};

export const systemVolume = ({ os }: Machine): Thing => ({ kind: 'volume', instance: SYSTEM_VOLUME[os] });

/** What df says of the system's volume. @param used ratio */
export const volumeReadings = (machine: Machine, used: number): Readings => ({
  'system.filesystem.utilization': used,
  'fettle.filesystem.available': (1 - used) * VOLUME_BYTES[machine.class],
});
