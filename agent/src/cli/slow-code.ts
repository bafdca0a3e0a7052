// The code of each slow collector, loaded when the child is asked for it.
import type { Os } from '@fettle/shared/rule/scope';

import type { Collector } from '../collect/collector.ts';
import type { SlowId } from '../collect/slow.ts';
import type { ChildHost } from '../host/host.ts';
import { macCode } from './slow-code-mac.ts';
import { windowsCode } from './slow-code-windows.ts';

export type Load = () => Promise<Collector<ChildHost>>;

const linuxCode: Readonly<Record<SlowId, Load>> = {
  accounts: async () => (await import('../collect/protection/accounts.ts')).accounts(),
  backups: async () => (await import('../collect/backups/backups.ts')).backups(),
  certificates: async () => (await import('../collect/certificates/certificates.ts')).certificates(),
  clock: async () => (await import('../collect/clock/clock.ts')).clock(),
  journal: async () => (await import('../collect/logs/journal.ts')).journal(),
  inventory: async () => (await import('../collect/inventory.ts')).inventory(),
  patches: async () => (await import('../collect/upkeep/patches.ts')).patches(),
  protection: async () => (await import('../collect/protection/protection.ts')).protection(),
  reboot: async () => (await import('../collect/upkeep/reboot.ts')).reboot(),
  software: async () => (await import('../collect/upkeep/software.ts')).software(),
  support: async () => (await import('../collect/upkeep/support.ts')).support(),
  services: async () => (await import('../collect/services/by-systemctl.ts')).servicesBySystemctl(),
  smart: async () => (await import('../collect/smart/smart.ts')).smart(),
};

export const slowCode: Readonly<Record<Os, ReadonlyMap<string, Load>>> = {
  linux: new Map(Object.entries(linuxCode)),
  macos: new Map(Object.entries(macCode)),
  windows: new Map(Object.entries(windowsCode)),
};
