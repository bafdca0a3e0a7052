// What the guest is made of: packages of this Debian, by its own client and its own signatures. They are unpacked into a folder
// that git ignores; nothing is installed, and the second run finds them there.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { MissingError } from './missing-error.ts';

const PACKAGES = [
  'qemu-system-x86',
  'linux-image-amd64',
  'acpica-tools',
  'busybox-static',
  'kmod',
  'mdadm',
  'smartmontools',
] as const;
const FETCH_MS = 300_000;
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
  const root = join(cache, 'root');
  if (!existsSync(root)) {
    refuseOtherMachines();
    fetchInto(cache);
  }
  const release = readdirSync(join(root, 'boot')).find((name) => name.startsWith('vmlinuz-'));
  if (release === undefined) throw new MissingError(`${root} holds no kernel. Remove it and start again.`);
  return { root, release: release.slice('vmlinuz-'.length) };
};

const refuseOtherMachines = (): void => {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new MissingError('Linux on x86-64 is missing.');
  for (const tool of ['apt-get', 'dpkg-deb']) {
    if (!existsSync(`/usr/bin/${tool}`))
      throw new MissingError(`${tool} is missing: the guest is made of Debian packages.`);
  }
};

/** Complete or not at all: what is unpacked gets its name last. */
const fetchInto = (cache: string): void => {
  const fresh = join(cache, 'fresh');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(join(fresh, 'archives', 'partial'), { recursive: true });
  process.stderr.write(`fetching ${PACKAGES.join(', ')} and what they need, about 90 MB …\n`);
  // what is installed already is fetched too where it is named, else it is used as it is; apt's own user may not write here
  const options = [`Dir::Cache=${fresh}`, 'Debug::NoLocking=true', 'APT::Sandbox::User=root'];
  const how = ['install', '--download-only', '--reinstall', '--no-install-recommends', '--yes', '--quiet'];
  execute('apt-get', [...how, ...options.flatMap((option) => ['-o', option]), ...PACKAGES]);
  for (const name of readdirSync(join(fresh, 'archives')).filter((one) => one.endsWith('.deb'))) {
    execute('dpkg-deb', ['--extract', join(fresh, 'archives', name), join(fresh, 'root')]);
  }
  renameSync(join(fresh, 'root'), join(cache, 'root'));
  rmSync(fresh, { recursive: true });
};

const execute = (tool: string, args: readonly string[]): void => {
  const { status, stderr, error } = spawnSync(tool, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: FETCH_MS,
    encoding: 'utf8',
  });
  if (status === 0) return;
  const said = error?.message ?? stderr.split('\n').find((line) => line.startsWith('E: ')) ?? stderr.trim();
  throw new MissingError(
    `The packages of the guest are missing: ${tool}: ${said}. Is there a network, and did apt-get update run?`,
  );
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
