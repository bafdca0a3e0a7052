import { linux } from '@fettle/shared/metric/read-by-linux';
import type { Sample } from '@fettle/shared/metric/sample';

import { type Collector, probeKernelFile } from './collector.ts';
import { type Traffic, parseInterfaces } from './network.parse.ts';
import { type Rates, createRateMeter } from './rates.ts';
import { sample } from './samples.ts';

const NET_DEV = '/proc/net/dev';
const METRICS = {
  bytes: 'fettle.network.io.rate',
  errors: 'fettle.network.errors.rate',
  dropped: 'fettle.network.dropped.rate',
} as const;

export const network = (): Collector => {
  const meter = createRateMeter();
  return {
    id: 'network',
    ...linux.network,
    timeoutMs: 3_000,
    probe: (host) => probeKernelFile(host, NET_DEV),
    collect: (host, { monoMs }) => {
      const interfaces = parseInterfaces(host.readKernel(NET_DEV));
      const samples: Sample[] = [];
      meter.reading(monoMs, (rates) => {
        for (const { name, receive, transmit } of interfaces) {
          samples.push(...samplesOf(name, 'receive', receive, rates), ...samplesOf(name, 'transmit', transmit, rates));
        }
      });
      return Promise.resolve({ samples });
    },
  };
};

const samplesOf = (name: string, direction: string, traffic: Traffic, rates: Rates): readonly Sample[] => {
  const attributes = { 'network.interface.name': name, 'network.io.direction': direction };
  return (['bytes', 'errors', 'dropped'] as const).flatMap((kind) =>
    sample(METRICS[kind], attributes, rates.perSecond(`${kind} ${direction} ${name}`, traffic[kind])),
  );
};
