// Why smartctl found no disk: because there is none that it could find, or because it may not see them.
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Host } from '../../host/host.ts';
import { kernelNames } from '../kernel-files.ts';

/** Block devices of the kernel that are made of memory, files or other block devices, or that have no SMART. */
const NOT_DISKS = /^(?:loop|ram|zram|dm-|md|sr|fd|nbd|drbd|bcache|zd|rbd|mtdblock|mmcblk)/;
/** virtio and Xen: the host keeps the disks. */
const VIRTUAL = /^(?:vd|xvd)/;

/** Elsewhere there is nobody else to ask whether there are any. */
const UNSEEN: Reason = {
  code: 'permission',
  detail: 'smartctl finds no disk on this machine',
  fix: 'run the agent with the rights of an administrator',
};

export const noDisks = (host: Host): Reason => {
  if (host.os !== 'linux') return UNSEEN;
  const disks = kernelNames(host, '/sys/block')
    .filter((name) => !NOT_DISKS.test(name))
    .toSorted();
  const names = disks.slice(0, 5).join(', ');
  if (disks.length === 0) return { code: 'no_hardware', detail: 'this machine has no disk that could have SMART' };
  if (disks.every((name) => VIRTUAL.test(name)))
    return {
      code: 'virtual',
      detail: `the disks of this machine are virtual (${names}): their host knows how they are`,
      fix: 'watch the disks on the host of this virtual machine',
    };
  return {
    code: 'permission',
    detail: `the kernel has ${names}, and smartctl finds none of them`,
    fix: 'let the agent run as root, with the devices in /dev to be seen',
  };
};
