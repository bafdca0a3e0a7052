import { linux } from '@fettle/shared/metric/read-by-linux';
import type { Attributes, Sample } from '@fettle/shared/metric/sample';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Host, VolumeStat } from '../host/host.ts';
import { forEachAtOnce } from './at-once.ts';
import { type Collector, available, probeKernelFile, reasonOf } from './collector.ts';
import { kernelText } from './kernel-files.ts';
import { type Mount, localVolumes, parseMounts } from './mounts.parse.ts';
import { sample } from './samples.ts';

const MOUNTINFO = '/proc/self/mountinfo';
/** Volumes asked at once: two that hang leave two of Node's four threads for everything else. */
const AT_ONCE = 2;
/** More than any machine has for good reason; the rest is told as partial. */
const VOLUMES_MAX = 200;

const base = { id: 'volumes', ...linux.volumes, timeoutMs: 20_000 } as const;

export const volumes = (): Collector => ({
  ...base,
  probe: (host) => probeKernelFile(host, MOUNTINFO),
  collect: (host) => {
    const found = localVolumes(parseMounts(host.readKernel(MOUNTINFO))).filter((mount) => !isRemovable(host, mount));
    return statVolumes(host, found);
  },
});

/** The system's own volume, where nothing better is known. */
export const volumesBuiltin = (): Collector => ({
  ...base,
  probe: (host) => Promise.resolve(available(`statfs of ${host.builtin.systemVolume}; other volumes are not read yet`)),
  collect: (host) => {
    const mountpoint = host.builtin.systemVolume;
    const mount = { dev: '', root: '/', mountpoint, type: 'system', source: mountpoint };
    return statVolumes(host, [mount]);
  },
});

/** A card or stick that comes and goes: the disk says so, which for a partition is one folder up. btrfs and ZFS have neither. */
const isRemovable = (host: Host, { dev }: Mount): boolean =>
  ['removable', '../removable'].some((name) => kernelText(host, `/sys/dev/block/${dev}/${name}`) === '1');

/** How full each is. What of one does not answer is told in part. */
export const statVolumes = async (host: Host, mounts: readonly Mount[]) => {
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

/** The catalogue's numbers: 1 for one that refuses to write. */
const readOnly = (mount: Mount): readonly Sample[] =>
  sample(
    'fettle.filesystem.readonly',
    attributesOf(mount),
    mount.isTurnedReadOnly === undefined ? undefined : Number(mount.isTurnedReadOnly),
  );

/** df's formula: what is reserved for root counts as neither used nor available. */
const space = (mount: Mount, stat: VolumeStat): readonly Sample[] => {
  const attributes = attributesOf(mount);
  const used = stat.blocks - stat.free;
  const reachable = used + stat.available;
  if (reachable <= 0) return [];
  const inodes = stat.inodes > 0 ? (stat.inodes - stat.inodesFree) / stat.inodes : undefined;
  return [
    { metric: 'system.filesystem.limit', attributes, value: stat.blocks * stat.blockBytes },
    { metric: 'system.filesystem.usage', attributes, value: used * stat.blockBytes },
    { metric: 'fettle.filesystem.available', attributes, value: stat.available * stat.blockBytes },
    { metric: 'system.filesystem.utilization', attributes, value: used / reachable },
    ...sample('fettle.filesystem.inodes.utilization', attributes, inodes),
  ];
};
