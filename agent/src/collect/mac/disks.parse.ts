// What `diskutil list -plist` and `diskutil info -plist DISK` say of disks and of what is on them. Names: diskutil(8).
import { listOf, pick, whole, words } from '../smart/fields.parse.ts';
import type { Plist } from './plist.parse.ts';

/** A whole disk, real or made up of others. */
export type Listed = {
  /** "disk3" */
  readonly disk: string;
  /** What an APFS container lies on, by partition: "disk0s2". Empty for a disk that is divided in the old way. */
  readonly stores: readonly string[];
  readonly isApfs: boolean;
  readonly mounted: readonly MountedVolume[];
};

export type MountedVolume = {
  readonly mountpoint: string;
  readonly name: string | undefined;
  readonly content: string;
};

export type DiskInfo = {
  /** Built in, and not to be taken out. */
  readonly isFixed: boolean;
  /** Not made of a file or of other disks. */
  readonly isPhysical: boolean;
  /** "APPLE SSD AP0512Q" */
  readonly model: string | undefined;
  /** The place in the machine's tree of devices, which stays. */
  readonly place: string | undefined;
  readonly bytes: number | undefined;
  readonly isSolid: boolean | undefined;
  /** SMARTStatus, in diskutil's words. */
  readonly smart: string | undefined;
};

const DISK = /^disk\d{1,4}$/;
const PLACE_MAX_BYTES = 200;
const PATH_MAX = 200;

export const parseDiskList = (list: Plist): readonly Listed[] =>
  listOf(pick(list, 'AllDisksAndPartitions')).flatMap((one): readonly Listed[] => {
    const disk = pick(one, 'DeviceIdentifier');
    if (typeof disk !== 'string' || !DISK.test(disk)) return [];
    const volumes = listOf(pick(one, 'APFSVolumes'));
    const stores = listOf(pick(one, 'APFSPhysicalStores'))
      .map((store) => pick(store, 'DeviceIdentifier'))
      .filter((store) => typeof store === 'string');
    const mounted = [...volumes, ...listOf(pick(one, 'Partitions')), one].flatMap(mountedOf);
    return [{ disk, stores, isApfs: volumes.length > 0, mounted }];
  });

const mountedOf = (volume: unknown): readonly MountedVolume[] => {
  const mountpoint = pick(volume, 'MountPoint');
  if (typeof mountpoint !== 'string' || !mountpoint.startsWith('/') || mountpoint.length > PATH_MAX) return [];
  return [{ mountpoint, name: words(pick(volume, 'VolumeName')), content: words(pick(volume, 'Content')) ?? '' }];
};

export const parseDiskInfo = (info: Plist): DiskInfo => ({
  isFixed: pick(info, 'Internal') === true && pick(info, 'RemovableMedia') !== true,
  isPhysical: pick(info, 'VirtualOrPhysical') !== 'Virtual' && pick(info, 'BusProtocol') !== 'Disk Image',
  model: words(pick(info, 'MediaName')) ?? words(pick(info, 'IORegistryEntryName')),
  place: words(pick(info, 'DeviceTreePath'), PLACE_MAX_BYTES),
  bytes: whole(pick(info, 'Size')) ?? whole(pick(info, 'TotalSize')),
  isSolid: typeof pick(info, 'SolidState') === 'boolean' ? pick(info, 'SolidState') === true : undefined,
  smart: words(pick(info, 'SMARTStatus')),
});

/** "disk0" of "disk0s2" and of "disk0". */
export const wholeDiskOf = (device: string): string => /^disk\d+/.exec(device)?.[0] ?? device;
