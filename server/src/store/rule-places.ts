// Is there a place whose rules can be changed, and where do its devices stand?
import { type Spot, type Standing, standingOf } from '../domain/rules/override.ts';
import type { FettleStore } from './fettle.ts';

type Stores = Pick<FettleStore, 'tenants' | 'devices'>;

/** Of a tag at no site in particular; undefined where there is no such place. */
export const standingAt = ({ tenant, level, place }: Spot, { tenants, devices }: Stores): Standing | undefined => {
  const at = { tenant, site: '', tags: [], device: '' };
  if (level === 'tenant') return place === tenant && tenants.has(tenant) ? at : undefined;
  if (level === 'site') return tenants.site(place)?.tenant === tenant ? { ...at, site: place } : undefined;
  if (level === 'tag') return tenants.has(tenant) ? { ...at, tags: [place] } : undefined;
  const device = devices.get(place);
  // what has no agent is judged by another's
  return device?.tenant === tenant && device.watchedBy === null ? standingOf(device) : undefined;
};
