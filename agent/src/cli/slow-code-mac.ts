// The code of each slow collector of macOS.
import type { macSlow } from '../collect/mac/slow.ts';
import type { Load } from './slow-code.ts';

export const macCode: Readonly<Record<keyof typeof macSlow, Load>> = {
  memory: async () => (await import('../collect/mac/memory.ts')).macMemory(),
  'volume-list': async () => (await import('../collect/mac/volume-list.ts')).macVolumeList(),
  battery: async () => (await import('../collect/mac/battery.ts')).macBattery(),
  services: async () => (await import('../collect/mac/services.ts')).macServices(),
  smart: async () => (await import('../collect/mac/smart.ts')).macSmart(),
  thermal: async () => (await import('../collect/mac/thermal.ts')).thermal(),
  inventory: async () => (await import('../collect/inventory.ts')).inventory(),
};
