import { linux } from '@fettle/shared/metric/read-by-linux';
import type { Sample } from '@fettle/shared/metric/sample';

import { type Collector, probeKernelFile } from './collector.ts';
import { type DiskCounters, parseDisks } from './disk-io.parse.ts';
import { type Rates, createRateMeter } from './rates.ts';
import { sample } from './samples.ts';

const DISKSTATS = '/proc/diskstats';

export const diskIo = (): Collector => {
  const meter = createRateMeter();
  return {
    id: 'disk-io',
    ...linux['disk-io'],
    timeoutMs: 3_000,
    probe: (host) => probeKernelFile(host, DISKSTATS),
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
  const read = { ...device, 'disk.io.direction': 'read' };
  const write = { ...device, 'disk.io.direction': 'write' };
  const rate = (kind: 'readBytes' | 'writtenBytes' | 'reads' | 'writes' | 'busyMs') =>
    rates.perSecond(`${kind} ${disk.name}`, disk[kind]);
  const busyMsPerSecond = rate('busyMs');
  return [
    ...sample('fettle.disk.io.rate', read, rate('readBytes')),
    ...sample('fettle.disk.io.rate', write, rate('writtenBytes')),
    ...sample('fettle.disk.operations.rate', read, rate('reads')),
    ...sample('fettle.disk.operations.rate', write, rate('writes')),
    // clocks differ a little, so a disk that never rests can read 1.001
    ...sample('fettle.disk.busy', device, busyMsPerSecond && Math.min(1, busyMsPerSecond / 1000)),
  ];
};
