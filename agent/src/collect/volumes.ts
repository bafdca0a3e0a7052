import type { Attributes, Sample } from '@fettle/shared/metric/sample';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Host, VolumeStat } from '../host/host.ts';
import { forEachAtOnce } from './at-once.ts';
import { type Collector, available, probeKernelFile, reasonOf, unavailable } from './collector.ts';
import { type Mount, localVolumes, parseMounts } from './mounts.parse.ts';

const MOUNTINFO = '/proc/self/mountinfo';
/** Volumes asked at once: two that hang leave two of Node's four threads for everything else. */
const AT_ONCE = 2;
/** More than any machine has for good reason; the rest is told as partial. */
const VOLUMES_MAX = 200;
/** The catalogue's numbers. */
const [WRITABLE, READ_ONLY] = [0, 1];

const base = {
  id: 'volumes',
  tier: 'minute',
  timeoutMs: 20_000,
  provides: [
    'system.filesystem.limit',
    'system.filesystem.usage',
    'fettle.filesystem.available',
    'system.filesystem.utilization',
    'fettle.filesystem.inodes.utilization',
    'fettle.filesystem.readonly',
  ],
} as const;

export const volumes = (): Collector => ({
  ...base,
  probe: (host) =>
    Promise.resolve(probeKernelFile(host, MOUNTINFO, unavailable('not_on_this_os', `${MOUNTINFO} is missing`))),
  collect: (host) => {
    const found = localVolumes(parseMounts(host.readKernel(MOUNTINFO))).filter((mount) => !isRemovable(host, mount));
    return statAll(host, found);
  },
});

/** The system's own volume, where nothing better is known. */
export const volumesBuiltin = (): Collector => ({
  ...base,
  probe: (host) => Promise.resolve(available(`statfs of ${host.builtin.systemVolume}; other volumes are not read yet`)),
  collect: (host) => {
    const mountpoint = host.builtin.systemVolume;
    const mount = { dev: '', root: '/', mountpoint, type: 'system', source: mountpoint };
    return statAll(host, [mount]);
  },
});

/** A card or stick that comes and goes: the disk says so, which for a partition is one folder up. */
const isRemovable = (host: Host, { dev }: Mount): boolean =>
  ['removable', '../removable'].some((name) => {
    try {
      return host.readKernel(`/sys/dev/block/${dev}/${name}`).trim() === '1';
    } catch {
      return false; // no such file: not a block device of its own (btrfs, zfs), or the other of the two names
    }
  });

const statAll = async (host: Host, mounts: readonly Mount[]) => {
  const samples: Sample[] = [];
  const partial: Reason[] = [];
  if (mounts.length > VOLUMES_MAX) {
    partial.push({ code: 'service_broken', detail: `${mounts.length} volumes are mounted, ${VOLUMES_MAX} are read` });
  }
  await forEachAtOnce(mounts.slice(0, VOLUMES_MAX), AT_ONCE, async (mount) => {
    try {
      const found = space(mount, await host.statVolume(mount.mountpoint));
      if (found.length > 0) samples.push(...found, ...readOnly(mount));
    } catch (error) {
      samples.push(...readOnly(mount)); // known also of one that does not answer
      partial.push(reasonOf(error));
    }
  });
  return { samples, partial };
};

const attributesOf = (mount: Mount): Attributes => ({
  'system.device': mount.source,
  'system.filesystem.mountpoint': mount.mountpoint,
  'system.filesystem.type': mount.type,
});

const readOnly = (mount: Mount): readonly Sample[] =>
  mount.isTurnedReadOnly === undefined
    ? []
    : [
        {
          metric: 'fettle.filesystem.readonly',
          attributes: attributesOf(mount),
          value: mount.isTurnedReadOnly ? READ_ONLY : WRITABLE,
        },
      ];

/** df's formula: what is reserved for root counts as neither used nor available. */
const space = (mount: Mount, stat: VolumeStat): readonly Sample[] => {
  const attributes = attributesOf(mount);
  const used = stat.blocks - stat.free;
  const reachable = used + stat.available;
  if (reachable <= 0) return [];
  const samples: Sample[] = [
    { metric: 'system.filesystem.limit', attributes, value: stat.blocks * stat.blockBytes },
    { metric: 'system.filesystem.usage', attributes, value: used * stat.blockBytes },
    { metric: 'fettle.filesystem.available', attributes, value: stat.available * stat.blockBytes },
    { metric: 'system.filesystem.utilization', attributes, value: used / reachable },
  ];
  if (stat.inodes > 0) {
    const value = (stat.inodes - stat.inodesFree) / stat.inodes;
    samples.push({ metric: 'fettle.filesystem.inodes.utilization', attributes, value });
  }
  return samples;
};
