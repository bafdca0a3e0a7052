// The code of each slow collector of Windows.
import type { windowsSlow } from '../collect/windows/slow.ts';
import type { Load } from './slow-code.ts';

export const windowsCode: Readonly<Record<keyof typeof windowsSlow, Load>> = {
  'volume-list': async () => (await import('../collect/windows/volume-list.ts')).volumeList(),
  paging: async () => (await import('../collect/windows/paging.ts')).paging(),
  battery: async () => (await import('../collect/windows/battery.ts')).windowsBattery(),
  services: async () => (await import('../collect/windows/services.ts')).windowsServices(),
  smart: async () => (await import('../collect/windows/smart.ts')).windowsSmart(),
  'event-log': async () => (await import('../collect/windows/event-log.ts')).eventLog(),
  inventory: async () => (await import('../collect/inventory.ts')).inventory(),
};
