import type { MetricName } from '@fettle/shared/metric/catalog';
import type { Attributes, Sample } from '@fettle/shared/metric/sample';

import { type Collector, probeKernelFile, unavailable } from './collector.ts';
import { type DiskCounters, parseDisks } from './disk-io.parse.ts';
import { type Rates, createRateMeter } from './rates.ts';

const DISKSTATS = '/proc/diskstats';

export const diskIo = (): Collector => {
  const meter = createRateMeter();
  return {
    id: 'disk-io',
    tier: 'fast',
    timeoutMs: 3_000,
    provides: ['fettle.disk.io.rate', 'fettle.disk.operations.rate', 'fettle.disk.busy'],
    probe: (host) =>
      Promise.resolve(probeKernelFile(host, DISKSTATS, unavailable('not_on_this_os', `${DISKSTATS} is missing`))),
    collect: (host, { monoMs }) => {
      const disks = parseDisks(host.readKernel(DISKSTATS), new Set(host.listKernel('/sys/block')));
      const samples: Sample[] = [];
      meter.reading(monoMs, (rates) => samples.push(...disks.flatMap((disk) => diskSamples(disk, rates))));
      return Promise.resolve({ samples });
    },
  };
};

const diskSamples = (disk: DiskCounters, rates: Rates): readonly Sample[] => {
  const device = { 'system.device': disk.name };
  const sample = (metric: MetricName, attributes: Attributes, counter: number): readonly Sample[] => {
    const value = rates.perSecond(`${metric} ${Object.values(attributes).join(' ')}`, counter);
    return value === undefined ? [] : [{ metric, attributes, value }];
  };
  const read = { ...device, 'disk.io.direction': 'read' };
  const write = { ...device, 'disk.io.direction': 'write' };
  return [
    ...sample('fettle.disk.io.rate', read, disk.readBytes),
    ...sample('fettle.disk.io.rate', write, disk.writtenBytes),
    ...sample('fettle.disk.operations.rate', read, disk.reads),
    ...sample('fettle.disk.operations.rate', write, disk.writes),
    // ms busy per ms; clocks differ a little, so a disk that never rests can read 1.001
    ...sample('fettle.disk.busy', device, disk.busyMs / 1000).map((busy) => ({
      ...busy,
      value: Math.min(1, busy.value),
    })),
  ];
};
