// What a UPS says: does it run on its battery, and how full is that? UPS-MIB (RFC 1628).
import type { SnmpValue } from '../../host/host.ts';
import type { Value } from './finding.ts';

export const UPS = {
  charge: '1.3.6.1.2.1.33.1.2.4.0',
  source: '1.3.6.1.2.1.33.1.4.1.0',
} as const;

/** upsOutputSource: normal, bypass, booster and reducer are the mains in one way or another; other and none are not told. */
const MAINS: ReadonlySet<SnmpValue | undefined> = new Set([3, 4, 6, 7]);
const BATTERY = 5;

/** Pure; of what is no UPS there are none. */
export const upsValues = (found: ReadonlyMap<string, SnmpValue>): readonly Value[] => {
  const [source, charge] = [found.get(UPS.source), found.get(UPS.charge)];
  const isKnown = source === BATTERY || MAINS.has(source);
  return [
    ...(isKnown ? [{ metric: 'fettle.check.power', value: source === BATTERY ? 0 : 1 } as const] : []),
    ...(typeof charge === 'number' && charge >= 0 && charge <= 100
      ? [{ metric: 'fettle.check.charge', value: charge / 100 } as const]
      : []),
  ];
};
