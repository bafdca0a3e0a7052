// The code of each slow collector of Windows.
import type { windowsSlow } from '../collect/windows/slow.ts';
import type { Load } from './slow-code.ts';

export const windowsCode: Readonly<Record<keyof typeof windowsSlow, Load>> = {
  inventory: async () => (await import('../collect/inventory.ts')).inventory(),
};
