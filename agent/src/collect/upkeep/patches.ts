// What could be updated, and for how long it could have been.
import type { Sample } from '@fettle/shared/metric/sample';

import { type ChildHost, HostError } from '../../host/host.ts';
import { byName } from '../by-name.ts';
import type { Collector, Reading, Section } from '../collector.ts';
import { fact, onePage } from '../facts.ts';
import { slowOnes } from '../slow.ts';
import { oldestAgeS } from './first-seen.ts';
import { neededTool, probeTool } from './os-release.ts';
import { packageTools } from './package-tools.ts';
import type { Pending } from './pending.ts';

const TOOLS = { debian: 'apt-get', redhat: 'dnf', suse: 'zypper' } as const;

export const patches = (): Collector<ChildHost> => ({
  ...slowOnes.patches,
  probe: (host) => probeTool(host, TOOLS, 'there is no apt, dnf or zypper that would know of updates'),
  collect,
});

const collect = async (host: ChildHost): Promise<Reading> => {
  const name = await neededTool(host, TOOLS);
  const { scannedMs, updates, refresh } = packageTools[name];
  const scanned = await scannedMs(host);
  if (scanned === undefined) {
    // a tool that has never looked knows of no updates, which is not the same as there being none
    throw new HostError('service_broken', `${name} has never looked for updates here`, `run "${refresh}" regularly`);
  }
  const { pending, securityMissing } = await updates(host);
  const isPackage = ({ isSecurity }: Pending): boolean => name !== 'zypper' || !isSecurity;
  const samples: Sample[] = [
    { metric: 'fettle.patches.pending', attributes: {}, value: pending.filter(isPackage).length },
    ...(securityMissing ? [] : ofSecurity(pending, host)),
    { metric: 'fettle.patches.scan.age', attributes: {}, value: Math.max(0, (host.wallMs() - scanned) / 1000) },
  ];
  return { samples, sections: [sectionOf(pending)], partial: securityMissing ? [securityMissing] : [] };
};

const ofSecurity = (pending: readonly Pending[], host: ChildHost): readonly Sample[] => [
  {
    metric: 'fettle.patches.security',
    attributes: {},
    value: pending.filter(({ isSecurity }) => isSecurity).length,
  },
  {
    metric: 'fettle.patches.security.age',
    attributes: {},
    value: oldestAgeS(pending, host.memory, host.wallMs()),
  },
];

/** Those for security first, of a long list the beginning. */
const sectionOf = (pending: readonly Pending[]): Section => {
  const sorted = pending.toSorted((a, b) => Number(b.isSecurity) - Number(a.isSecurity) || byName(a, b));
  const facts = sorted.flatMap(({ name, from, to, isSecurity }) =>
    fact(name, `${from === undefined ? '' : `${from} → `}${to}${isSecurity ? ', security' : ''}`),
  );
  return { id: 'patches', title: 'Pending updates', facts: onePage(facts) };
};
