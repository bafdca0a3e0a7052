// Who is in the simulated fleet: clients with sites of 5 to 200 devices, mostly desktops and laptops, some servers and kiosks.
import type { DeviceClass, Os } from '@fettle/shared/rule/scope';

import type { Random } from '../sim/random.ts';

export type Machine = {
  readonly index: number;
  readonly name: string;
  readonly site: string;
  readonly os: Os;
  readonly class: DeviceClass;
  /** What its noise is drawn from. */
  readonly seed: number;
};

export type Site = {
  readonly id: string;
  readonly tenant: string;
  readonly machines: readonly Machine[];
  /** Its technicians declare a maintenance window for patch nights. */
  readonly hasWindow: boolean;
};

const SITE_LEAST = 5;
const SITE_MOST = 200;
const SITES_OF_TENANT = 4;
const WINDOW_SHARE = 0.6;
/** Shares of the classes, in order: what is left is laptops. */
const KIOSKS_OF_SITES = 0.15;

export const fleetOf = (random: Random, devices: number): readonly Site[] => {
  const sites: Site[] = [];
  let made = 0;
  while (made < devices) {
    const size = Math.min(devices - made, sizeOf(random));
    const id = `site-${String(sites.length + 1).padStart(3, '0')}`;
    const tenant = `client-${String(Math.floor(sites.length / SITES_OF_TENANT) + 1).padStart(2, '0')}`;
    sites.push({
      id,
      tenant,
      hasWindow: random.chance(WINDOW_SHARE),
      machines: machinesOf(random, { id, size, first: made }),
    });
    made += size;
  }
  return sites;
};

/** Many small ones, few large ones: evenly over the logarithm. */
const sizeOf = (random: Random): number =>
  Math.round(Math.exp(random.between(Math.log(SITE_LEAST), Math.log(SITE_MOST))));

type Place = { readonly id: string; readonly size: number; readonly first: number };

const machinesOf = (random: Random, { id, size, first }: Place): readonly Machine[] => {
  const hasKiosks = random.chance(KIOSKS_OF_SITES);
  return Array.from({ length: size }, (_, place): Machine => {
    const deviceClass = classOf(random, place, hasKiosks);
    const os = osOf(random, deviceClass);
    const name = `${id}-${deviceClass}-${place + 1}`;
    return { index: first + place, name, site: id, os, class: deviceClass, seed: random.whole(0, 2 ** 31) };
  });
};

/** The first machine of a site is its server; then one more in twenty. */
const classOf = (random: Random, place: number, hasKiosks: boolean): DeviceClass => {
  if (place === 0 || random.chance(0.05)) return 'server';
  if (hasKiosks && random.chance(0.2)) return 'kiosk';
  return random.chance(0.4) ? 'desktop' : 'laptop';
};

const osOf = (random: Random, deviceClass: DeviceClass): Os => {
  if (deviceClass === 'server') return random.chance(0.5) ? 'linux' : 'windows';
  if (deviceClass === 'kiosk') return 'linux';
  if (deviceClass === 'laptop' && random.chance(0.2)) return 'macos';
  return random.chance(0.08) ? 'linux' : 'windows';
};
