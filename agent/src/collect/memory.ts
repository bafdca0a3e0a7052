import type { MetricName } from '@fettle/shared/metric/catalog';
import { linux } from '@fettle/shared/metric/read-by-linux';
import { windows } from '@fettle/shared/metric/read-by-windows';
import { NO_ATTRIBUTES, type Sample } from '@fettle/shared/metric/sample';

import type { Host } from '../host/host.ts';
import { type Collector, available, probeKernelFile } from './collector.ts';
import { kernelText } from './kernel-files.ts';
import { type Memory, parseMemory } from './memory.parse.ts';

const MEMINFO = '/proc/meminfo';
const OVERCOMMIT = '/proc/sys/vm/overcommit_memory';
/** The kernel refuses memory beyond the commit limit only in this mode; in the others more is promised by design. */
const STRICT = '2';

export const memory = (): Collector => ({
  id: 'memory',
  ...linux.memory,
  timeoutMs: 3_000,
  probe: (host) => probeKernelFile(host, MEMINFO),
  collect: (host) => {
    const found = parseMemory(host.readKernel(MEMINFO));
    return Promise.resolve({ samples: [...physical(found), ...swap(found), ...(isStrict(host) ? commit(found) : [])] });
  },
});

/** Some containers hide it: the rest is worth having without it. */
const isStrict = (host: Host): boolean => kernelText(host, OVERCOMMIT) === STRICT;

/** Of any system: what Node knows. Free is less than available, so usage reads a little high where caches count as used. */
export const memoryBuiltin = (): Collector => ({
  id: 'memory',
  ...windows.memory,
  timeoutMs: 3_000,
  probe: () => Promise.resolve(available('os.totalmem, os.freemem')),
  collect: (host) => {
    const { totalBytes, freeBytes } = host.builtin.memory();
    return Promise.resolve({ samples: usage(totalBytes, freeBytes) });
  },
});

const sample = (metric: MetricName, value: number): Sample => ({ metric, attributes: NO_ATTRIBUTES, value });

const usage = (limitBytes: number, availableBytes: number): readonly Sample[] => [
  sample('system.memory.limit', limitBytes),
  sample('system.memory.usage', limitBytes - availableBytes),
  sample('system.memory.utilization', (limitBytes - availableBytes) / limitBytes),
];

const physical = ({ limitBytes, availableBytes }: Memory): readonly Sample[] => [
  ...usage(limitBytes, availableBytes),
  sample('system.linux.memory.available', availableBytes),
];

const swap = ({ swapBytes, swapFreeBytes }: Memory): readonly Sample[] =>
  swapBytes === 0
    ? []
    : [
        sample('system.paging.usage', swapBytes - swapFreeBytes),
        sample('system.paging.utilization', (swapBytes - swapFreeBytes) / swapBytes),
      ];

const commit = ({ commitLimitBytes, committedBytes }: Memory): readonly Sample[] =>
  commitLimitBytes && committedBytes
    ? [sample('fettle.memory.commit.utilization', Math.min(1, committedBytes / commitLimitBytes))]
    : [];
