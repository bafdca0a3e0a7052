import { MINUTE_MS } from '@fettle/shared/time';

import { type Collector, available } from './collector.ts';
import { parseInventory } from './inventory.parse.ts';

/** systeminformation starts programs and can hang: only ever in a child that is gone when it is done. */
export const inventory = (): Collector => ({
  id: 'inventory',
  tier: 'daily',
  timeoutMs: MINUTE_MS,
  provides: [],
  probe: () => Promise.resolve(available('systeminformation, in a child')),
  collect: async (host, { signal }) => ({
    samples: [],
    sections: parseInventory(await host.probe('inventory', MINUTE_MS, signal)),
  }),
});
