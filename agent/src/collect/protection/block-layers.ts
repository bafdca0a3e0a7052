// What a block device is made of, by /sys (Documentation/ABI/testing/sysfs-block-dm, sysfs-block: dm/uuid, slaves).
import type { ChildHost } from '../../host/host.ts';
import { kernelNames, kernelText } from '../kernel-files.ts';

/** device-mapper uuids of cryptsetup: CRYPT-TYPE-…; verity and integrity hide nothing. */
const ENCRYPTED = /^CRYPT-(?:LUKS[12]|PLAIN|LOOPAES|TCRYPT|BITLK|FVAULT2)-/;
const LAYERS_MAX = 16;

/** @param device a kernel's name ("dm-0", "nvme0n1p3"). Whether everything below it is encrypted, or it is itself */
export const isEncrypted = (host: ChildHost, device: string, layers = LAYERS_MAX): boolean => {
  const folder = `/sys/class/block/${device}`;
  if (ENCRYPTED.test(kernelText(host, `${folder}/dm/uuid`) ?? '')) return true;
  const below = kernelNames(host, `${folder}/slaves`);
  return layers > 0 && below.length > 0 && below.every((name) => isEncrypted(host, name, layers - 1));
};

/** The kernel's name of what is mounted: "/dev/mapper/luks-…", "/dev/vg/root", "/dev/nvme0n1p2"; undefined where it is none. */
export const deviceOf = (host: ChildHost, source: string, dev: string): string | undefined => {
  const name = source.startsWith('/dev/') ? source.slice('/dev/'.length) : '';
  if (name !== '' && !name.includes('/') && isDevice(host, name)) return name;
  const mapped = name.startsWith('mapper/') ? name.slice('mapper/'.length) : undefined;
  return kernelNames(host, '/sys/class/block').find(
    (block) =>
      (mapped !== undefined && kernelText(host, `/sys/class/block/${block}/dm/name`) === mapped) ||
      kernelText(host, `/sys/class/block/${block}/dev`) === dev,
  );
};

/** A btrfs lies on all of its devices, of which a mount names one (/sys/fs/btrfs/UUID/devices). */
export const togetherWith = (host: ChildHost, device: string): readonly string[] => {
  const all = kernelNames(host, '/sys/fs/btrfs').map((id) => kernelNames(host, `/sys/fs/btrfs/${id}/devices`));
  return all.find((devices) => devices.includes(device)) ?? [device];
};

const isDevice = (host: ChildHost, name: string): boolean =>
  kernelText(host, `/sys/class/block/${name}/dev`) !== undefined;
