import { NO_ATTRIBUTES } from '@fettle/shared/metric/sample';

import { type Collector, available } from './collector.ts';

const METRICS = ['fettle.system.load.1m', 'fettle.system.load.5m', 'fettle.system.load.15m'] as const;

export const load = (): Collector => ({
  id: 'load',
  tier: 'fast',
  timeoutMs: 3_000,
  provides: METRICS,
  probe: () => Promise.resolve(available('os.loadavg')),
  collect: (host) => {
    const means = host.builtin.load();
    return Promise.resolve({
      samples: METRICS.map((metric, index) => ({
        metric,
        attributes: NO_ATTRIBUTES,
        value: means[index] ?? Number.NaN,
      })),
    });
  },
});
