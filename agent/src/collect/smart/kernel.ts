// What the kernel knows of a disk without asking it: whether it is still the same one, and whether it comes and goes.
import type { Host } from '../../host/host.ts';
import { kernelLink, kernelText } from '../kernel-files.ts';

export type Kernel = {
  /** Different for another disk under the same device; the boot, where the kernel keeps no name of the disk itself. */
  readonly token: string;
  /** Plugged in from outside: that it is gone says nothing. */
  readonly isRemovable: boolean;
  /** Nothing turns, as far as the kernel knows. */
  readonly isSolid: boolean;
};

const BLOCK = /^\/dev\/([a-z]+)$/;
const NVME = /^\/dev\/(nvme\d+)(?:n\d+)?$/;

/** Documentation/ABI of the kernel: sysfs-block, sysfs-class-nvme, sysfs-devices-removable; all from its own memory. */
export const kernelView = (host: Host, device: string): Kernel => {
  const [nvme, block] = [NVME.exec(device)?.[1], BLOCK.exec(device)?.[1]];
  const read = (path: string) => kernelText(host, path) ?? '';
  if (nvme !== undefined) {
    const serial = read(`/sys/class/nvme/${nvme}/serial`);
    const isRemovable = read(`/sys/class/nvme/${nvme}/device/removable`) === 'removable';
    return { token: tokenOf(host, serial), isRemovable, isSolid: true };
  }
  if (block === undefined) return { token: tokenOf(host, ''), isRemovable: false, isSolid: false };
  const folder = `/sys/block/${block}`;
  const place = kernelLink(host, folder);
  return {
    token: tokenOf(host, read(`${folder}/device/wwid`)),
    isRemovable: read(`${folder}/removable`) === '1' || /\/usb\d/.test(place),
    isSolid: read(`${folder}/queue/rotational`) === '0',
  };
};

const tokenOf = (host: Host, name: string): string => (name === '' ? `boot ${host.bootId()}` : name.slice(0, 200));
