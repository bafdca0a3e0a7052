// The host that starts the agent under systemd: a small C program, static, so that it runs wherever the kernel does.
import { join } from 'node:path';

import { buildHost } from '../build/host.ts';
import type { LinuxTarget } from './targets.ts';
import type { Tool } from './tools.ts';
import { type Entry, fileEntry } from './tree.ts';

export const compilerFor = ({ name }: LinuxTarget): Tool =>
  name === 'linux-x64'
    ? { program: 'x86_64-linux-gnu-gcc', debian: 'gcc-x86-64-linux-gnu' }
    : { program: 'aarch64-linux-gnu-gcc', debian: 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross' };

/** @returns what to install */
export const hostEntries = ({ name }: LinuxTarget, folder: string): readonly Entry[] => {
  const program = join(folder, 'fettle-agent-host');
  buildHost(program, name === 'linux-x64' ? 'x64' : 'arm64');
  return [fileEntry('fettle-agent-host', program, 0o755)];
};
