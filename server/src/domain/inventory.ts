// What a machine is made of, in sections that come one by one: each replaces the one of its id, one without facts removes it.
import type { Inventory } from '@fettle/shared/wire/record.schema';

export type Section = Omit<Inventory['sections'][number], 'target'>;

/** `atMs`: when the newest section was told, by the device's clock. */
export type KeptInventory = { readonly atMs: number; readonly sections: readonly Section[] };

/** Of one device: room for 5,000 packages, and for all else. What is new beyond it is dropped. */
export const SECTIONS_MAX = 400;

type News = { readonly removed: readonly Section[]; readonly told: readonly Section[] };

/** What a record does to the sections that are kept; the last one of an id counts. */
export const newsOf = (sections: readonly Section[]): News => {
  const newest = [...new Map(sections.map((section) => [section.id, section])).values()];
  const isRemoved = ({ facts }: Section): boolean => facts.length === 0;
  return { removed: newest.filter(isRemoved), told: newest.filter((section) => !isRemoved(section)) };
};
