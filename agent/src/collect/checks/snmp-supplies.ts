// What a printer has left: prtMarkerSuppliesTable of the Printer-MIB (RFC 3805). A UPS' charge: UPS-MIB (RFC 1628).
import type { SnmpSession, SnmpValue } from '../../host/host.ts';
import type { Value } from './finding.ts';

const SUPPLIES = '1.3.6.1.2.1.43.11.1.1';
const SUPPLIES_MAX = 50;

type Column = ReadonlyMap<string, SnmpValue>;

/** @throws HostError */
export const readSupplies = async (session: SnmpSession): Promise<readonly Value[]> => {
  const levels = await session.column(`${SUPPLIES}.9`, SUPPLIES_MAX);
  if (levels.size === 0) return [];
  const capacities = await session.column(`${SUPPLIES}.8`, SUPPLIES_MAX);
  const names = await session.column(`${SUPPLIES}.6`, SUPPLIES_MAX);
  return suppliesOf(levels, capacities, names);
};

/**
 * Pure. A level of -2 is not known and one of -3 is "some": neither is a number, nor is a share of a capacity that is not known.
 * Of a container for waste RFC 3805 gives the room that is left, which is what is wanted.
 */
export const suppliesOf = (levels: Column, capacities: Column, names: Column): readonly Value[] => {
  const seen = new Set<string>();
  return [...levels].flatMap(([index, level]): readonly Value[] => {
    const capacity = capacities.get(index);
    if (typeof level !== 'number' || level < 0 || typeof capacity !== 'number' || capacity <= 0) return [];
    const name = String(names.get(index) ?? '').trim() || 'supply';
    const part = seen.has(name) || name === 'supply' ? `${name} #${index}` : name;
    seen.add(part);
    return [{ metric: 'fettle.check.supply', part, value: Math.min(1, level / capacity) }];
  });
};
