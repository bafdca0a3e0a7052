// The code of each slow collector of macOS.
import type { macSlow } from '../collect/mac/slow.ts';
import type { Load } from './slow-code.ts';

export const macCode: Readonly<Record<keyof typeof macSlow, Load>> = {
  inventory: async () => (await import('../collect/inventory.ts')).inventory(),
};
