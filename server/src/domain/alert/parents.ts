// Which alert says more of the same: while it stands, nobody need hear of the other.

type Place = { readonly rule: string; readonly instance: string };

/** What a failed disk explains, of the same disk. */
const OF_DISK: ReadonlySet<string> = new Set(['smart.pending', 'smart.reallocated', 'nvme.media', 'ssd.wear']);
/** What a degraded array explains, of all its members. */
const OF_ARRAY: ReadonlySet<string> = new Set(['disk.missing', 'disk.link']);

/** Of the same device, the nearest first. An instance of undefined is any. */
export const parentsOf = ({ rule, instance }: Place): readonly { rule: string; instance: string | undefined }[] => {
  const offline = rule === 'device.offline' ? [] : [{ rule: 'device.offline', instance: '' }];
  if (OF_DISK.has(rule)) return [{ rule: 'smart.failed', instance }, ...offline];
  if (OF_ARRAY.has(rule)) return [{ rule: 'raid.degraded', instance: undefined }, ...offline];
  return offline;
};

/** May another alert be quiet because of it? */
export const isParent = (rule: string): boolean => PARENTS.has(rule);

const PARENTS: ReadonlySet<string> = new Set(['smart.failed', 'raid.degraded', 'device.offline', 'site.outage']);
