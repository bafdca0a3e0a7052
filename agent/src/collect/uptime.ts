import { anywhere } from '@fettle/shared/metric/read-by-any';
import { NO_ATTRIBUTES } from '@fettle/shared/metric/sample';

import { type Collector, available } from './collector.ts';

export const uptime = (): Collector => ({
  id: 'uptime',
  ...anywhere.uptime,
  timeoutMs: 3_000,
  probe: () => Promise.resolve(available('os.uptime')),
  collect: (host) =>
    Promise.resolve({
      samples: [{ metric: 'system.uptime', attributes: NO_ATTRIBUTES, value: Math.floor(host.uptimeMs() / 1000) }],
    }),
});
