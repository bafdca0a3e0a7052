// The host that starts the agent under systemd: a small C program, static, so that it runs wherever the kernel does.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { LinuxTarget } from './targets.ts';
import { type Tool, runTool } from './tools.ts';
import { type Entry, fileEntry } from './tree.ts';

const SOURCE = join(dirname(dirname(import.meta.dirname)), 'agent/packaging/linux/host/fettle-agent-host.c');
const FLAGS = ['-std=gnu17', '-static', '-Os', '-s', '-Wall', '-Wextra', '-Werror', '-Wl,--build-id=none'];

export const compilerFor = ({ name }: LinuxTarget): Tool =>
  name === 'linux-x64'
    ? { program: 'x86_64-linux-gnu-gcc', debian: 'gcc-x86-64-linux-gnu' }
    : { program: 'aarch64-linux-gnu-gcc', debian: 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross' };

/** @returns what to install */
export const hostEntries = async (target: LinuxTarget, folder: string): Promise<readonly Entry[]> => {
  if (!existsSync(SOURCE)) return [];
  const program = join(folder, 'fettle-agent-host');
  await runTool(compilerFor(target), [...FLAGS, '-o', program, SOURCE]);
  return [fileEntry('fettle-agent-host', program, 0o755)];
};
