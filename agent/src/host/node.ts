// The real machine, by Node.
import { readFileSync, readdirSync } from 'node:fs';
import { cpus, freemem, hostname, loadavg, totalmem, uptime } from 'node:os';

import type { Os } from '@fettle/shared/rule/scope';
import type { Clock } from '@fettle/shared/time';

import type { Host } from './host.ts';
import { type Self, runProbe } from './probe-child.ts';
import { createStatVolume } from './stat-volume.ts';

/** @param root what "/" is, for a recorded tree; @param self how to start this program again */
export const nodeHost = (clock: Clock, self: Self, root = '/'): Host => ({
  os: systemName(),
  hostname,
  uptimeMs: () => uptime() * 1000,
  bootId: () => {
    try {
      return readFileSync(below(root, '/proc/sys/kernel/random/boot_id'), 'utf8').trim();
    } catch {
      return '';
    }
  },
  readKernel: (path) => readFileSync(below(root, path), 'utf8'),
  listKernel: (path) => readdirSync(below(root, path)),
  statVolume: createStatVolume(clock),
  builtin: {
    cpus: () => cpus().map(({ times }) => times),
    memory: () => ({ totalBytes: totalmem(), freeBytes: freemem() }),
    load: loadavg,
    systemVolume: systemVolume(),
  },
  probe: (section, deadlineMs, signal) => runProbe(self, section, deadlineMs, signal),
});

/** Not join: it takes "LINK/.." for nothing, where /sys means the folder that the link leads to. */
const below = (root: string, path: string): string => (root === '/' ? path : `${root}${path}`);

const systemName = (): Os => {
  switch (process.platform) {
    case 'win32':
      return 'windows';
    case 'darwin':
      return 'macos';
    default:
      return 'linux';
  }
};

const systemVolume = (): string => {
  switch (process.platform) {
    case 'win32':
      return `${process.env['SystemDrive'] ?? 'C:'}\\`;
    case 'darwin':
      return '/System/Volumes/Data';
    default:
      return '/';
  }
};
