// The guest with the disks and the firmware of a laptop; one emulated processor, so that it runs wherever this does.
import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Machine } from './guest.ts';
import { type Parts, environmentOf, programOf } from './parts.ts';

const DISKS = ['first', 'second', 'sata'] as const;
/** Of QEMU's own: what the first processor runs at power on. */
const DATA_FOLDERS = ['usr/share/seabios', 'usr/share/qemu', 'usr/lib/ipxe/qemu'] as const;
const DISK_BYTES = 64 * 1024 * 1024;
const MEMORY_MIB = 1536;

export const INITRAMFS = 'initramfs';

/** @param folder for its disks and sockets, with the initramfs in it */
export const laptop = (folder: string, parts: Parts): Machine => {
  for (const name of DISKS) makeDisk(join(folder, `${name}.img`));
  const [console, monitor] = [join(folder, 'console.log'), join(folder, 'monitor')];
  const acpi = compileFirmware(folder, parts);
  return { console, monitor, args: [...argumentsFor(folder, parts, acpi), ...linesOf({ console, monitor })] };
};

/** The first serial line into a file, the second one for us, and the monitor. */
export const linesOf = ({ console, monitor }: Pick<Machine, 'console' | 'monitor'>): readonly string[] =>
  [
    ['-serial', `file:${console}`, '-serial', 'stdio'],
    ['-qmp', `unix:${monitor},server=on,wait=off`],
  ].flat();

/** Where QEMU finds what the first processor runs at power on. */
export const dataFoldersOf = ({ root }: Parts): readonly string[] =>
  DATA_FOLDERS.flatMap((data) => ['-L', join(root, data)]);

const makeDisk = (path: string): void => {
  writeFileSync(path, '');
  truncateSync(path, DISK_BYTES);
};

/** @returns the compiled table */
const compileFirmware = (folder: string, parts: Parts): string => {
  const name = join(folder, 'laptop');
  execFileSync(programOf(parts, 'iasl'), ['-p', name, join(import.meta.dirname, 'laptop.asl')], {
    env: { ...process.env, ...environmentOf(parts) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return `${name}.aml`;
};

const argumentsFor = (folder: string, parts: Parts, acpi: string): readonly string[] => {
  const { root, release } = parts;
  const image = (name: string): string => `if=none,id=${name}-image,format=raw,file=${join(folder, `${name}.img`)}`;
  return [
    ['-machine', 'q35', '-accel', 'tcg,thread=single', '-cpu', 'max', '-smp', '1', '-m', `${MEMORY_MIB}`],
    ['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    dataFoldersOf(parts),
    ['-kernel', join(root, 'boot', `vmlinuz-${release}`), '-initrd', join(folder, INITRAMFS)],
    ['-append', 'console=ttyS0 rdinit=/init panic=-1', '-acpitable', `file=${acpi}`],
    DISKS.flatMap((name) => ['-drive', image(name)]),
    ['-device', 'nvme,id=first,addr=1,drive=first-image,serial=QN1'],
    ['-device', 'nvme,id=second,addr=2,drive=second-image,serial=QN2'],
    ['-device', 'ide-hd,id=sata,bus=ide.0,drive=sata-image,serial=QA1'],
    // keeps what laptop.asl reads
    ['-device', 'pc-testdev'],
  ].flat();
};
