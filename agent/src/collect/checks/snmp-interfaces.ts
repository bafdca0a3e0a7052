// Interfaces of a switch, an access point, a router: IF-MIB (RFC 2863), the 64-bit counters where it has them.
import type { SnmpSession, SnmpValue } from '../../host/host.ts';
import type { Value } from './finding.ts';
import type { Counter, OctetMeter } from './octets.ts';

const INTERFACES_MAX = 500;
const IF = '1.3.6.1.2.1.2.2.1';
const IF_X = '1.3.6.1.2.1.31.1.1.1';
const UP = 1;

export type Interface = {
  readonly name: string;
  readonly isWanted: boolean;
  readonly isUp: boolean;
  readonly received?: Counter;
  readonly sent?: Counter;
};

type Column = ReadonlyMap<string, SnmpValue>;

/** @throws HostError */
export const readInterfaces = async (session: SnmpSession): Promise<readonly Interface[]> => {
  const column = (oid: string): Promise<Column> => session.column(oid, INTERFACES_MAX);
  const columns = {
    description: await column(`${IF}.2`),
    admin: await column(`${IF}.7`),
    oper: await column(`${IF}.8`),
    name: await column(`${IF_X}.1`),
    received64: await column(`${IF_X}.6`),
    sent64: await column(`${IF_X}.10`),
  };
  const isNarrow = columns.received64.size === 0;
  const received32 = isNarrow ? await column(`${IF}.10`) : EMPTY;
  const sent32 = isNarrow ? await column(`${IF}.16`) : EMPTY;
  return interfacesOf({ ...columns, received32, sent32 });
};

const EMPTY: Column = new Map();

type Columns = Readonly<
  Record<'description' | 'admin' | 'oper' | 'name' | 'received64' | 'sent64' | 'received32' | 'sent32', Column>
>;

/** Pure: columns by the interface's index, as the device gave them. */
export const interfacesOf = (columns: Columns): readonly Interface[] => {
  const seen = new Set<string>();
  return [...columns.oper].map(([index, oper]) => {
    const [received, sent] = [
      counterOf(columns.received64.get(index), columns.received32.get(index)),
      counterOf(columns.sent64.get(index), columns.sent32.get(index)),
    ];
    return {
      name: nameOf(index, columns, seen),
      isWanted: columns.admin.get(index) === UP,
      isUp: oper === UP,
      ...(received && { received }),
      ...(sent && { sent }),
    };
  });
};

/** Two may have the same name: then the index tells them apart. */
const nameOf = (index: string, { name, description }: Columns, seen: Set<string>): string => {
  const candidates = [name.get(index), description.get(index)].map((text) => String(text ?? '').trim());
  const short = candidates.find((text) => text !== '') ?? '';
  const unique = short === '' || seen.has(short) ? `${short || 'interface'} #${index}` : short;
  seen.add(unique);
  return unique;
};

const counterOf = (wide: SnmpValue | undefined, narrow: SnmpValue | undefined): Counter | undefined => {
  if (isCount(wide)) return { value: wide, bits: 64 };
  return isCount(narrow) ? { value: narrow, bits: 32 } : undefined;
};

const isCount = (value: SnmpValue | undefined): value is number => typeof value === 'number' && value >= 0;

/**
 * The state of those that were declared to be up, and what goes through all that are.
 * One that its administrator switched off on the device is meant to be off; one that is not there at all is down.
 */
export const interfaceValues = (
  interfaces: readonly Interface[],
  declared: readonly string[],
  meter: OctetMeter,
): readonly Value[] => {
  const states = declared.flatMap((part): readonly Value[] => {
    const found = interfaces.find(({ name }) => name === part);
    if (found && !found.isWanted) return [];
    return [{ metric: 'fettle.check.interface', part, value: found?.isUp ? 1 : 0 }];
  });
  const chosen = interfaces.filter(({ name, isUp }) => isUp && (declared.length === 0 || declared.includes(name)));
  return [...states, ...chosen.flatMap((one) => rateValues(one, meter))];
};

const rateValues = ({ name, received, sent }: Interface, meter: OctetMeter): readonly Value[] =>
  (
    [
      ['receive', received],
      ['transmit', sent],
    ] as const
  ).flatMap(([direction, counter]): readonly Value[] => {
    const value = counter && meter.perSecond(`${direction} ${name}`, counter);
    return value === undefined ? [] : [{ metric: 'fettle.check.network.rate', part: name, direction, value }];
  });
