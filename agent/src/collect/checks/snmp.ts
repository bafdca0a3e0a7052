// What a device says of itself by SNMP: how long it is up, who it is, its interfaces, its supplies.
import type { Clock } from '@fettle/shared/time';

import { type CheckHost, HostError, type SnmpAddress, type SnmpSession, type SnmpValue } from '../../host/host.ts';
import type { Fact } from '../facts.ts';
import type { DeclaredCheck } from './check.ts';
import type { Finding } from './finding.ts';
import type { OctetMeter } from './octets.ts';
import { readSecret } from './secret.ts';
import { interfaceValues, readInterfaces } from './snmp-interfaces.ts';
import { readSupplies } from './snmp-supplies.ts';
import { UPS, upsValues } from './snmp-ups.ts';

/** SNMPv2-MIB (RFC 3418). */
const SYSTEM = {
  description: '1.3.6.1.2.1.1.1.0',
  uptime: '1.3.6.1.2.1.1.3.0',
  name: '1.3.6.1.2.1.1.5.0',
  location: '1.3.6.1.2.1.1.6.0',
} as const;
/** TimeTicks. */
const TICKS_PER_SECOND = 100;
const PORT = 161;

export type SnmpMoment = { readonly clock: Clock; readonly timeoutMs: number; readonly meter: OctetMeter };

/** @throws HostError */
export const lookBySnmp = async (
  host: CheckHost,
  declared: DeclaredCheck,
  { clock, timeoutMs, meter }: SnmpMoment,
): Promise<Finding> => {
  const session = await host.snmp(await addressOf(host, declared), timeoutMs);
  try {
    const startedMs = clock.monoMs();
    const system = await session.get([...Object.values(SYSTEM), ...Object.values(UPS)]);
    const seconds = (clock.monoMs() - startedMs) / 1000;
    const ticks = system.get(SYSTEM.uptime);
    const uptimeS = typeof ticks === 'number' && ticks >= 0 ? ticks / TICKS_PER_SECOND : undefined;
    meter.begin(clock.monoMs(), uptimeS);
    return {
      passed: true,
      values: [
        { metric: 'fettle.check.latency', value: seconds },
        ...(uptimeS === undefined ? [] : [{ metric: 'fettle.check.uptime', value: uptimeS } as const]),
        ...upsValues(system),
        ...(await readTables(session, declared, meter)),
      ],
      facts: factsOf(system),
    };
  } finally {
    session.close();
  }
};

const readTables = async (session: SnmpSession, { interfaces = [] }: DeclaredCheck, meter: OctetMeter) => [
  ...interfaceValues(await readInterfaces(session), interfaces, meter),
  ...(await readSupplies(session)),
];

const factsOf = (system: ReadonlyMap<string, SnmpValue>): readonly Fact[] =>
  (
    [
      ['Description', system.get(SYSTEM.description)],
      ['System name', system.get(SYSTEM.name)],
      ['Location', system.get(SYSTEM.location)],
    ] as const
  ).flatMap(([label, value]) => (typeof value === 'string' && value.trim() !== '' ? [{ label, value }] : []));

const addressOf = async (host: CheckHost, declared: DeclaredCheck): Promise<SnmpAddress> => {
  const to = { host: declared.host ?? '', port: declared.port ?? PORT };
  if (declared.version !== '3') {
    return { ...to, version: '2c', community: await secretIn(host, declared.community_file) };
  }
  const { user = '', auth = 'sha', auth_file: authFile, priv = 'aes', priv_file: privFile } = declared;
  return {
    ...to,
    version: '3',
    user,
    ...(authFile !== undefined && { auth: { protocol: auth, key: await secretIn(host, authFile) } }),
    ...(privFile !== undefined && { priv: { protocol: priv, key: await secretIn(host, privFile) } }),
  };
};

const secretIn = (host: CheckHost, path: string | undefined): Promise<string> => {
  if (path === undefined) throw new HostError('permission', 'no file of the secret is declared');
  return readSecret(host, path);
};
