import { NO_ATTRIBUTES } from '@fettle/shared/metric/sample';

import { type Collector, available } from './collector.ts';

export const uptime = (): Collector => ({
  id: 'uptime',
  tier: 'minute',
  timeoutMs: 3_000,
  provides: ['system.uptime'],
  probe: () => Promise.resolve(available('os.uptime')),
  collect: (host) =>
    Promise.resolve({
      samples: [{ metric: 'system.uptime', attributes: NO_ATTRIBUTES, value: Math.floor(host.uptimeMs() / 1000) }],
    }),
});
