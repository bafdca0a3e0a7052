// The scripts that run when a package comes and goes: each self-contained, as what it might read lies in the package itself.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { LinuxPackage } from './linux-package.ts';
import type { Entry } from './tree.ts';

/** What is planted on the path of whoever installs is not found. */
const SAFE_PATH = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin\nexport PATH';

/** @returns name ("postinst") and text, without "#!" */
export const maintainerScripts = (
  { maintainer, entries, version }: LinuxPackage,
  format: 'deb' | 'rpm',
): ReadonlyMap<string, string> => {
  const read = (...path: readonly string[]): string => readFileSync(join(maintainer, ...path), 'utf8');
  const head = ['set -e', SAFE_PATH, `VERSION='${version}'`, `UNITS='${startingUnits(entries).join(' ')}'`, ''].join(
    '\n',
  );
  const names = readdirSync(join(maintainer, format)).toSorted();
  return new Map(names.map((name) => [basename(name, '.sh'), `${head}${read('common.sh')}${read(format, name)}`]));
};

const UNIT = /^usr\/lib\/systemd\/system\/([\w-]+\.(?:service|timer))$/;

/** What systemd starts by itself once it is enabled: the others are started by their timers. */
const startingUnits = (entries: readonly Entry[]): readonly string[] =>
  entries.flatMap((entry) => {
    const [, unit] = UNIT.exec(entry.path) ?? [];
    return unit !== undefined && /^\[Install\]$/m.test(textOf(entry)) ? [unit] : [];
  });

const textOf = ({ from }: Entry): string =>
  from instanceof Uint8Array ? Buffer.from(from).toString() : readFileSync(from.file, 'utf8');
