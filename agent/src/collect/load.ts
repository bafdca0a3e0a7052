import { linux } from '@fettle/shared/metric/read-by-linux';
import { NO_ATTRIBUTES } from '@fettle/shared/metric/sample';

import { type Collector, available } from './collector.ts';

export const load = (): Collector => ({
  id: 'load',
  ...linux.load,
  timeoutMs: 3_000,
  probe: () => Promise.resolve(available('os.loadavg')),
  collect: (host) => {
    const means = host.builtin.load();
    return Promise.resolve({
      samples: linux.load.provides.map((metric, index) => ({
        metric,
        attributes: NO_ATTRIBUTES,
        value: means[index] ?? Number.NaN,
      })),
    });
  },
});
