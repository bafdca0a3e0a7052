// Which files of drivers, in the order in which the kernel takes them: each after those that it needs.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { MissingError } from '../debian/missing-error.ts';
import { type Parts, environmentOf, programOf } from './parts.ts';

/** @param wanted names such as "raid1"; those that are part of the kernel itself need no file. @returns absolute paths */
export const moduleFiles = (parts: Parts, wanted: readonly string[]): readonly string[] => {
  const folder = join(parts.root, 'lib', 'modules', parts.release);
  // depmod is another name of kmod, by a link that only holds where it is installed
  const { status, stderr } = spawnSync(programOf(parts, 'kmod'), ['-b', parts.root, parts.release], {
    argv0: 'depmod',
    env: environmentOf(parts),
    encoding: 'utf8',
  });
  if (status !== 0) throw new MissingError(`depmod could not sort the drivers: ${stderr}`);
  const needs = parseNeeds(readFileSync(join(folder, 'modules.dep'), 'utf8'));
  const builtin = new Set(readFileSync(join(folder, 'modules.builtin'), 'utf8').split('\n').map(nameOf));
  const found = new Set<string>();
  for (const name of wanted) {
    const path = [...needs.keys()].find((one) => nameOf(one) === name);
    if (path !== undefined) addWithNeeds(path, needs, found);
    else if (!builtin.has(name)) throw new MissingError(`The kernel ${parts.release} has no driver ${name}.`);
  }
  return [...found].map((path) => join(folder, path));
};

type Needs = ReadonlyMap<string, readonly string[]>;

/** modules.dep(5): "kernel/drivers/md/raid1.ko: kernel/drivers/md/md-mod.ko" */
const parseNeeds = (text: string): Needs =>
  new Map(
    text.split('\n').flatMap((line): readonly (readonly [string, readonly string[]])[] => {
      const [path = '', rest = ''] = line.split(':');
      return path === '' ? [] : [[path, rest.split(' ').filter((need) => need !== '')]];
    }),
  );

const addWithNeeds = (path: string, needs: Needs, found: Set<string>): void => {
  for (const need of needs.get(path) ?? []) if (!found.has(need)) addWithNeeds(need, needs, found);
  found.add(path);
};

/** "kernel/drivers/md/md-mod.ko.xz" is md_mod. */
const nameOf = (path: string): string =>
  basename(path)
    .replace(/\.ko.*$/, '')
    .replaceAll('-', '_');
