// A change of a rule, and where it holds: the whole tenant, a site, the devices of a tag, one device. The closer one is the stronger.

import type { Device } from '../device.ts';

export const levels = ['tenant', 'site', 'tag', 'device'] as const;
export type Level = (typeof levels)[number];

/** A part of a rule, or the whole of a new one (then it has a `kind`). Plain JSON; it is checked together with what it changes. */
export type RuleDocument = Readonly<Record<string, unknown>>;

/** `place` is the id of the tenant, site or device, or the tag itself. */
export type Spot = { readonly tenant: string; readonly level: Level; readonly place: string; readonly rule: string };

export type Override = Spot & {
  readonly version: number;
  readonly document: RuleDocument;
  readonly author: string;
  readonly atMs: number;
};

/** `document` null: taken back. */
export type OverrideVersion = Omit<Override, 'document'> & { readonly document: RuleDocument | null };

/** `version` is what it is now, 0 where there is none: another one has been quicker otherwise. */
export type RuleChange = Spot & { readonly version: number; readonly document: RuleDocument | null };

/** Where a device stands. Tags in any order. */
export type Standing = {
  readonly tenant: string;
  readonly site: string;
  readonly tags: readonly string[];
  readonly device: string;
};

/** Where a device stands; who knows its tags gives them. */
export const standingOf = ({ id, tenant, site, tags }: Pick<Device, 'id' | 'tenant' | 'site' | 'tags'>): Standing => ({
  tenant,
  site,
  tags,
  device: id,
});

export const spotKey = ({ tenant, level, place, rule }: Spot): string => JSON.stringify([tenant, level, place, rule]);

/** The overrides as they are after changes. */
export const changed = (
  overrides: readonly Override[],
  changes: readonly RuleChange[],
  by: { readonly author: string; readonly atMs: number },
): readonly Override[] => {
  const gone = new Set(changes.map(spotKey));
  const added = changes.flatMap(({ document, version, ...spot }) =>
    document === null ? [] : [{ ...spot, document, version: version + 1, ...by }],
  );
  return [...overrides.filter((override) => !gone.has(spotKey(override))), ...added];
};
