// What could be updated, and for how long it could have been.
import type { Sample } from '@fettle/shared/metric/sample';
import type { Reason } from '@fettle/shared/wire/record.schema';

import { type ChildHost, HostError } from '../../host/host.ts';
import { type Collector, type Reading, type Section, available, unavailable } from '../collector.ts';
import { fact, onePage } from '../facts.ts';
import { slowOnes } from '../slow.ts';
import { oldestAgeS } from './first-seen.ts';
import { ownTool } from './os-release.ts';
import { packageTools } from './package-tools.ts';
import type { Pending } from './pending.ts';

const TOOLS = { debian: 'apt-get', redhat: 'dnf', suse: 'zypper' } as const;

export const patches = (): Collector<ChildHost> => ({
  ...slowOnes.patches,
  probe: async (host) => {
    const tool = await ownTool(host, TOOLS);
    return tool === undefined
      ? unavailable('tool_missing', 'there is no apt, dnf or zypper that would know of updates')
      : available(tool);
  },
  collect,
});

const collect = async (host: ChildHost): Promise<Reading> => {
  const name = await ownTool(host, TOOLS);
  if (name === undefined) throw new HostError('tool_missing', 'the package tool is gone');
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
  return { samples, sections: [sectionOf(pending)], partial: reasons(securityMissing) };
};

const reasons = (missing: Reason | undefined): readonly Reason[] => (missing ? [missing] : []);

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
  const sorted = pending.toSorted(
    (a, b) => Number(b.isSecurity) - Number(a.isSecurity) || (a.name < b.name ? -1 : Number(a.name > b.name)),
  );
  const facts = sorted.flatMap(({ name, from, to, isSecurity }) =>
    fact(name, `${from === undefined ? '' : `${from} → `}${to}${isSecurity ? ', security' : ''}`),
  );
  return { id: 'patches', title: 'Pending updates', facts: [...onePage(facts)] };
};
