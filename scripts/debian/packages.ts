// Packages of this Debian, by its own client and its own signatures, unpacked into a folder that git ignores; nothing is installed, and
// the second run finds them there.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { MissingError } from './missing-error.ts';

const FETCH_MS = 300_000;

export type Wanted = {
  readonly packages: readonly string[];
  /** What they are for: "the guest". */
  readonly what: string;
  /** Of what is fetched, about. */
  readonly megabytes: number;
  /** What is installed already is fetched too where it is named, else it is used as it is. */
  readonly again: boolean;
};

/** @returns what "/" would be, had they been installed. @throws MissingError */
export const bringPackages = (cache: string, wanted: Wanted): string => {
  const root = join(cache, 'root');
  if (existsSync(root)) return root;
  for (const tool of ['apt-get', 'dpkg-deb']) {
    if (!existsSync(`/usr/bin/${tool}`))
      throw new MissingError(`${tool} is missing: ${wanted.what} is made of Debian packages.`);
  }
  fetchInto(cache, wanted);
  return root;
};

/** Complete or not at all: what is unpacked gets its name last. */
const fetchInto = (cache: string, { packages, what, megabytes, again }: Wanted): void => {
  const fresh = join(cache, 'fresh');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(join(fresh, 'archives', 'partial'), { recursive: true });
  process.stderr.write(`fetching ${packages.join(', ')} and what they need, about ${megabytes} MB …\n`);
  // apt's own user may not write here
  const options = [`Dir::Cache=${fresh}`, 'Debug::NoLocking=true', 'APT::Sandbox::User=root'];
  const how = [
    'install',
    '--download-only',
    ...(again ? ['--reinstall'] : []),
    '--no-install-recommends',
    '--yes',
    '--quiet',
  ];
  execute(what, 'apt-get', [...how, ...options.flatMap((option) => ['-o', option]), ...packages]);
  for (const name of readdirSync(join(fresh, 'archives')).filter((one) => one.endsWith('.deb'))) {
    execute(what, 'dpkg-deb', ['--extract', join(fresh, 'archives', name), join(fresh, 'root')]);
  }
  renameSync(join(fresh, 'root'), join(cache, 'root'));
  rmSync(fresh, { recursive: true });
};

const execute = (what: string, tool: string, args: readonly string[]): void => {
  const { status, stderr, error } = spawnSync(tool, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: FETCH_MS,
    encoding: 'utf8',
  });
  if (status === 0) return;
  const said = error?.message ?? stderr.split('\n').find((line) => line.startsWith('E: ')) ?? stderr.trim();
  throw new MissingError(
    `The packages of ${what} are missing: ${tool}: ${said}. Is there a network, and did apt-get update run?`,
  );
};
