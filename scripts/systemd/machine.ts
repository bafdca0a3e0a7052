// The guest: two processors, the disk with Debian, an NVMe disk to read the health of, and a way to this machine's loopback.
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { file, folder as folderEntry, program, writeArchive } from '../vm/cpio.ts';
import type { Machine } from '../vm/guest.ts';
import { dataFoldersOf, linesOf } from '../vm/laptop.ts';
import { moduleFiles } from '../vm/modules.ts';
import { type Parts, programOf } from '../vm/parts.ts';
import { writeDisk } from './root.ts';

const DRIVERS = ['virtio_pci', 'virtio_blk', 'virtio_net', 'virtio_rng', 'nvme', 'crc32c_generic', 'ext4'];
const MEMORY_MIB = 2048;
const NVME_BYTES = 64 * 1024 * 1024;
/** Where the guest finds what listens on this machine's loopback. */
export const THIS_MACHINE = '10.0.2.2';

/** @param folder for its disks and sockets; @param cache see root.ts */
export const machineIn = (folder: string, parts: Parts, cache: string): Machine => {
  const [console, monitor] = [join(folder, 'console.log'), join(folder, 'monitor')];
  const [disk, nvme, initramfs] = [join(folder, 'disk.img'), join(folder, 'nvme.img'), join(folder, 'initramfs')];
  writeDisk(disk, cache);
  writeFileSync(nvme, '');
  truncateSync(nvme, NVME_BYTES);
  writeInitramfs(initramfs, parts);
  const args = [
    ['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', `${MEMORY_MIB}`],
    ['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    dataFoldersOf(parts),
    ['-kernel', join(parts.root, 'boot', `vmlinuz-${parts.release}`), '-initrd', initramfs],
    ['-append', 'console=ttyS0 rdinit=/init panic=-1'],
    ['-drive', `if=none,id=disk,format=raw,cache=unsafe,file=${disk}`, '-device', 'virtio-blk-pci,drive=disk'],
    ['-drive', `if=none,id=nvme,format=raw,file=${nvme}`, '-device', 'nvme,drive=nvme,serial=QN1'],
    ['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net,romfile='],
    ['-device', 'virtio-rng-pci'],
    linesOf({ console, monitor }),
  ].flat();
  return { console, monitor, args };
};

const writeInitramfs = (path: string, parts: Parts): void => {
  const drivers = moduleFiles(parts, DRIVERS);
  writeArchive(path, [
    ...['bin', 'dev', 'modules', 'proc', 'root', 'sys'].map(folderEntry),
    program('init', readFileSync(join(import.meta.dirname, 'init.sh'))),
    program('bin/busybox', readFileSync(programOf(parts, 'busybox'))),
    ...drivers.map((driver) => file(`modules/${basename(driver)}`, readFileSync(driver))),
    file('modules/order', Buffer.from(drivers.map((driver) => `${basename(driver)}\n`).join(''))),
  ]);
};
