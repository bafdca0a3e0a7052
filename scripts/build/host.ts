// Compiles the host that runs the agent under systemd: static, so that one binary does for every distribution, and the same bytes each time.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { MissingError } from '../debian/missing-error.ts';

const SOURCE = join(import.meta.dirname, '..', '..', 'agent', 'packaging', 'linux', 'host', 'fettle-agent-host.c');
const WARNINGS = ['-Wall', '-Wextra', '-Werror'] as const;
const HOW = ['-std=gnu11', '-Os', '-static', '-s', '-Wl,--build-id=none'] as const;

/** Debian's compilers, and the packages that they come with. */
const compilers = {
  x64: { path: '/usr/bin/x86_64-linux-gnu-gcc', package: 'gcc' },
  arm64: { path: '/usr/bin/aarch64-linux-gnu-gcc', package: 'gcc-aarch64-linux-gnu' },
} as const;

export type HostArch = keyof typeof compilers;

/** @param to the program's path. @throws MissingError without the compiler, Error with what it said */
export const buildHost = (to: string, arch: HostArch): void => {
  const compiler = compilers[arch];
  if (!existsSync(compiler.path))
    throw new MissingError(`${compiler.path} is missing: apt-get install ${compiler.package}`);
  const { status, stderr } = spawnSync(compiler.path, [...WARNINGS, ...HOW, '-o', to, SOURCE], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The host was not compiled: ${stderr}`);
};
