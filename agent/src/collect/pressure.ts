// Pressure stall information: how long tasks stood still for want of a resource (Documentation/accounting/psi.rst of the kernel).
import type { MetricName } from '@fettle/shared/metric/catalog';
import { linux } from '@fettle/shared/metric/read-by-linux';
import { NO_ATTRIBUTES, type Sample } from '@fettle/shared/metric/sample';

import { type Collector, probeKernelFile, unavailable } from './collector.ts';
import { parseStalledUs } from './pressure.parse.ts';
import { createRateMeter } from './rates.ts';

const SOURCES: readonly { readonly path: string; readonly kind: 'some' | 'full'; readonly metric: MetricName }[] = [
  { path: '/proc/pressure/cpu', kind: 'some', metric: 'fettle.pressure.cpu.some' },
  { path: '/proc/pressure/memory', kind: 'some', metric: 'fettle.pressure.memory.some' },
  { path: '/proc/pressure/memory', kind: 'full', metric: 'fettle.pressure.memory.full' },
  { path: '/proc/pressure/io', kind: 'some', metric: 'fettle.pressure.io.some' },
  { path: '/proc/pressure/io', kind: 'full', metric: 'fettle.pressure.io.full' },
];
const PATHS = [...new Set(SOURCES.map(({ path }) => path))];
const MICROSECONDS = 1_000_000;
const TOO_OLD = unavailable(
  'tool_too_old',
  'this kernel gives no pressure information',
  'boot a kernel since 4.20 with psi=1',
);

export const pressure = (): Collector => {
  const meter = createRateMeter();
  return {
    id: 'pressure',
    ...linux.pressure,
    timeoutMs: 3_000,
    probe: (host) => probeKernelFile(host, '/proc/pressure/memory', TOO_OLD),
    collect: (host, { monoMs }) => {
      const texts = new Map(PATHS.map((path) => [path, host.readKernel(path)]));
      const samples: Sample[] = [];
      meter.reading(monoMs, (rates) => {
        for (const { path, kind, metric } of SOURCES) {
          const stalled = rates.perSecond(metric, parseStalledUs(texts.get(path) ?? '', kind) / MICROSECONDS);
          if (stalled !== undefined) samples.push({ metric, attributes: NO_ATTRIBUTES, value: Math.min(1, stalled) });
        }
      });
      return Promise.resolve({ samples });
    },
  };
};
