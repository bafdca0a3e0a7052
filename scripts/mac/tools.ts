// Programs of others that read what a package for macOS is made of.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { MissingError } from '../debian/missing-error.ts';
import { bringPackages } from '../debian/packages.ts';
import { saidBy } from '../package/tools.ts';

const PACKAGES = ['p7zip-full', 'cpio', 'libplist-utils', 'libxml2-utils', 'llvm', 'busybox-static', 'shellcheck'];
/** The first is 7z itself, which its package starts by a script that knows one place only. */
const FOLDERS = ['usr/lib/p7zip', 'usr/bin', 'bin'] as const;
const OUTPUT_MAX_BYTES = 64 * 1024 * 1024;
const TOOL_MS = 120_000;

/** @returns what it wrote. @throws Error with what it said, when it does not end with 0 */
export type RunTool = (program: string, args: readonly string[], options?: ToolOptions) => string;
export type ToolOptions = { readonly cwd?: string; readonly input?: Buffer | string };

/** @throws MissingError */
export const bringTools = (cache: string): { readonly run: RunTool; readonly path: (program: string) => string } => {
  const root = bringPackages(cache, {
    packages: PACKAGES,
    what: 'the readers of packages',
    megabytes: 20,
    again: false,
  });
  const libraries = ['usr/lib', 'lib'].map((folder) => join(root, folder, 'x86_64-linux-gnu')).join(':');
  const path = (program: string): string => {
    const places = [...FOLDERS.map((folder) => join(root, folder, program)), join('/usr/bin', program)];
    const found = places.find((place) => existsSync(place));
    if (found === undefined)
      throw new MissingError(`${program} is missing in ${root}. Remove that folder and start again.`);
    return found;
  };
  const run: RunTool = (program, args, { cwd, input } = {}) => {
    try {
      return execFileSync(path(program), [...args], {
        ...(cwd !== undefined && { cwd }),
        ...(input !== undefined && { input }),
        env: { LD_LIBRARY_PATH: libraries, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
        stdio: ['pipe', 'pipe', 'pipe'],
        encoding: 'utf8',
        maxBuffer: OUTPUT_MAX_BYTES,
        timeout: TOOL_MS,
      });
    } catch (error) {
      throw new Error(`${program}: ${saidBy(error)}`, { cause: error });
    }
  };
  return { run, path };
};
