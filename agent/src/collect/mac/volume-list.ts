// Which volumes there are, for the collector that looks at them each minute, and for people. Volumes of one APFS container share its
// room: the container is told once.
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { ChildHost } from '../../host/host.ts';
import { type Collector, available, reasonOf } from '../collector.ts';
import { fact, onePage } from '../facts.ts';
import type { VolumeMemory } from '../windows/volume-memory.schema.ts';
import { type Listed, type MountedVolume, wholeDiskOf } from './disks.parse.ts';
import { diskInfo, listDisks } from './disks.ts';
import { macSlow } from './slow.ts';

export const VOLUMES_ID = macSlow['volume-list'].id;
const VOLUMES_MAX = 200;
/** Of the partition that firmware starts from: nobody fills it. */
const FIRMWARE = 'EFI';
const TYPES: ReadonlyMap<string, string> = new Map([
  ['Apple_HFS', 'hfs'],
  ['Apple_HFSX', 'hfs'],
  ['Microsoft Basic Data', 'exfat'],
]);

type Volume = VolumeMemory['volumes'][number];

export const macVolumeList = (): Collector<ChildHost> => ({
  ...macSlow['volume-list'],
  probe: () => Promise.resolve(available('diskutil')),
  collect: async (host) => {
    const { disks, partial } = await fixedDisks(host);
    const volumes = disks.flatMap((disk) => volumesOf(disk, host.builtin.systemVolume)).slice(0, VOLUMES_MAX);
    const memory: VolumeMemory = { version: 1, volumes };
    host.memory.write(VOLUMES_ID, memory);
    const facts = onePage(
      volumes.flatMap(({ mountpoint, label, type }) => fact(mountpoint, [label, type].filter(Boolean).join(', '))),
    );
    return { samples: [], partial, sections: [{ id: 'volumes', title: 'Volumes', facts }] };
  },
});

/** Those with something mounted that lie on disks which are built in: no image, no stick, no backup disk that comes and goes. */
const fixedDisks = async (
  host: ChildHost,
): Promise<{ readonly disks: readonly Listed[]; readonly partial: readonly Reason[] }> => {
  const [known, disks, partial] = [new Map<string, boolean>(), [] as Listed[], [] as Reason[]];
  for (const listed of (await listDisks(host)).filter(({ mounted }) => mounted.length > 0)) {
    const base = wholeDiskOf(listed.stores[0] ?? listed.disk);
    try {
      const isFixed = known.get(base) ?? (await isBuiltIn(host, base));
      known.set(base, isFixed);
      if (isFixed) disks.push(listed);
    } catch (error) {
      partial.push(reasonOf(error));
    }
  }
  return { disks, partial };
};

const isBuiltIn = async (host: ChildHost, disk: string): Promise<boolean> => {
  const { isFixed, isPhysical } = await diskInfo(host, disk);
  return isFixed && isPhysical;
};

/** @param own what people call the disk of the Mac: the volume of data beside the sealed one of the system */
const volumesOf = ({ isApfs, mounted }: Listed, own: string): readonly Volume[] => {
  const ofPeople = mounted.filter(({ content }) => content !== FIRMWARE);
  if (!isApfs) return ofPeople.map((volume) => volumeOf(volume, TYPES.get(volume.content) ?? ''));
  const told = ofPeople.find(({ mountpoint }) => mountpoint === own) ?? ofPeople.find(isOfPeople);
  return told ? [volumeOf(told, 'apfs')] : [];
};

/** Preboot, Recovery, VM and their like are in one folder. */
const isOfPeople = ({ mountpoint }: MountedVolume): boolean => !mountpoint.startsWith('/System/Volumes/');

const volumeOf = ({ mountpoint, name }: MountedVolume, type: string): Volume => ({
  mountpoint,
  type,
  ...(name !== undefined && { label: name }),
});
