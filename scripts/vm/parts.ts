// What the guest is made of: packages of this Debian.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { MissingError } from '../debian/missing-error.ts';
import { bringPackages } from '../debian/packages.ts';

const PACKAGES = [
  'qemu-system-x86',
  // named, so that they come too where QEMU is installed
  'qemu-system-common',
  'qemu-system-data',
  'seabios',
  'ipxe-qemu',
  'linux-image-amd64',
  'acpica-tools',
  'busybox-static',
  'kmod',
  'mdadm',
  'smartmontools',
] as const;
/** dpkg lays out packages with and without a merged /usr. */
const PROGRAM_FOLDERS = ['usr/sbin', 'usr/bin', 'sbin', 'bin'] as const;
const LIBRARY_FOLDERS = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'] as const;

export type Parts = {
  /** What "/" would be, had they been installed. */
  readonly root: string;
  /** "6.1.0-56-amd64" */
  readonly release: string;
};

/** @throws MissingError */
export const bringParts = (cache: string): Parts => {
  if (!existsSync(join(cache, 'root'))) refuseOtherMachines();
  const root = bringPackages(cache, { packages: PACKAGES, what: 'the guest', megabytes: 90, again: true });
  const release = readdirSync(join(root, 'boot')).find((name) => name.startsWith('vmlinuz-'));
  if (release === undefined) throw new MissingError(`${root} holds no kernel. Remove it and start again.`);
  return { root, release: release.slice('vmlinuz-'.length) };
};

const refuseOtherMachines = (): void => {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new MissingError('Linux on x86-64 is missing.');
};

/** @throws MissingError */
export const programOf = ({ root }: Parts, name: string): string => {
  const found = PROGRAM_FOLDERS.map((folder) => join(root, folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new MissingError(`${name} is missing in ${root}. Remove that folder and start again.`);
  return found;
};

/** To start one of its programs here. */
export const environmentOf = ({ root }: Parts): NodeJS.ProcessEnv => ({
  LD_LIBRARY_PATH: LIBRARY_FOLDERS.map((folder) => join(root, folder)).join(':'),
});
