// Some devices for all: the same ones for the same question, of each site as many as it has of the whole.
import { contentHash } from '@fettle/shared/rule/hash';

import type { Device } from '../device.ts';

type Known = Pick<Device, 'id' | 'site'>;

/**
 * One of each site comes before the second of any; in no order that is worth anything.
 * @param limit at most so many. @param seed another one chooses others
 */
export const sampleOf = <D extends Known>(devices: readonly D[], limit: number, seed: string): readonly D[] => {
  if (devices.length <= limit) return devices;
  const drawn = devices.map((device) => ({ device, lot: contentHash([seed, device.id]) })).toSorted(byLot);
  // the nth of m devices of a site stands at n/m of the way: what is cut off is cut off of each site alike
  const placed = [...Map.groupBy(drawn, ({ device }) => device.site).values()].flatMap((site) =>
    site.map(({ device, lot }, index) => ({ device, lot, way: index / site.length })),
  );
  return placed
    .toSorted((one, other) => one.way - other.way || byLot(one, other))
    .slice(0, limit)
    .map(({ device }) => device);
};

const byLot = (one: { readonly lot: string }, other: { readonly lot: string }): number =>
  one.lot < other.lot ? -1 : 1;
