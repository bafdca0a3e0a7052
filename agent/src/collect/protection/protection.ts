// What protects the machine: antivirus, packet filter, encryption.
import type { Sample } from '@fettle/shared/metric/sample';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { ChildHost } from '../../host/host.ts';
import { type Collector, type Reading, type Section, available, reasonOf } from '../collector.ts';
import { fact } from '../facts.ts';
import { slowOnes } from '../slow.ts';
import { type Antivirus, readAntivirus } from './antivirus.ts';
import { type Encryption, readEncryption, swapFacts } from './encryption.ts';
import { type Firewall, readFirewall } from './firewall.ts';

export const protection = (): Collector<ChildHost> => ({
  ...slowOnes.protection,
  probe: () => Promise.resolve(available('the packet filter, /sys/class/block, known antivirus programs')),
  collect,
});

type Found = { readonly antivirus: Antivirus; readonly firewall: Firewall; readonly encryption: Encryption };

const collect = async (host: ChildHost): Promise<Reading> => {
  const found: Found = {
    antivirus: await readAntivirus(host),
    firewall: await readFirewall(host),
    encryption: attempt(() => readEncryption(host)),
  };
  const section = sectionOf(found, host);
  return { samples: samplesOf(found), partial: missingOf(found), sections: [section] };
};

const attempt = (read: () => Encryption): Encryption => {
  try {
    return read();
  } catch (error) {
    return { missing: reasonOf(error) };
  }
};

const samplesOf = ({ antivirus, firewall, encryption }: Found): readonly Sample[] => [
  ...antivirus.found.map(({ name, isOn }) => ({
    metric: 'fettle.protection.antivirus' as const,
    attributes: { 'fettle.protection.name': name },
    value: Number(isOn),
  })),
  ...onOff('fettle.protection.firewall', firewall),
  ...onOff('fettle.protection.encryption', encryption),
];

const onOff = (metric: Sample['metric'], answer: Firewall | Encryption): readonly Sample[] =>
  'missing' in answer ? [] : [{ metric, attributes: {}, value: Number(answer.isOn) }];

const missingOf = ({ antivirus, firewall, encryption }: Found): readonly Reason[] => [
  ...antivirus.missing,
  ...[firewall, encryption].flatMap((answer) => ('missing' in answer ? [answer.missing] : [])),
];

const sectionOf = ({ antivirus, firewall, encryption }: Found, host: ChildHost): Section => {
  const isNone = antivirus.found.length === 0 && antivirus.missing.length === 0;
  return {
    id: 'protection',
    title: 'Protection',
    facts: [
      ...(isNone ? fact('Antivirus', 'none that is known is installed') : []),
      ...antivirus.found.flatMap(({ name, isOn }) => fact(name, isOn ? 'on' : 'off')),
      ...fact('Firewall', words(firewall, 'refuses what nobody asked for', 'lets everything in')),
      ...fact('Disk of the system', words(encryption, 'encrypted', 'not encrypted')),
      ...swapFacts(host),
    ],
  };
};

const words = (answer: Firewall | Encryption, on: string, off: string): string => {
  if ('missing' in answer) return `not known: ${answer.missing.detail}`;
  const by = 'source' in answer ? `, by ${answer.source}` : '';
  return `${answer.isOn ? on : off}${by}`;
};
