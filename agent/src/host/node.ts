// The real machine, by Node.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus, freemem, hostname, loadavg, totalmem, uptime } from 'node:os';

import type { Os } from '@fettle/shared/rule/scope';
import type { Clock } from '@fettle/shared/time';

import type { Declared } from '../config/declared.schema.ts';
import type { Host, Memory } from './host.ts';
import { inheritedKernelLog, openKernelLog } from './kernel-log.ts';
import { createPatience } from './patience.ts';
import { tidyEngine } from './small-engine.ts';
import { statVolume } from './stat-volume.ts';
import { systemBus } from './system-bus.ts';

export type NodeHostParts = {
  readonly clock: Clock;
  readonly declared: Declared;
  readonly memory: Memory;
  readonly probe: Host['probe'];
  /** Without it nothing looks at targets. */
  readonly checks?: Host['checks'];
  /** What "/" is, for a recorded tree. */
  readonly root?: string;
};

export const nodeHost = ({ clock, declared, memory, probe, checks = NO_NEWS, root = '' }: NodeHostParts): Host => {
  const patience = createPatience(clock);
  return {
    os: systemName(),
    hostname,
    uptimeMs: () => uptime() * 1000,
    wallMs: clock.wallMs,
    bootId: () => {
      try {
        return readFileSync(`${root}/proc/sys/kernel/random/boot_id`, 'utf8').trim();
      } catch {
        return '';
      }
    },
    // not join: it takes "LINK/.." for nothing, where /sys means the folder that the link leads to
    readKernel: (path) => readFileSync(`${root}${path}`, 'utf8'),
    listKernel: (path) => readdirSync(`${root}${path}`),
    readSensor: (path) => patience(path, () => readFile(`${root}${path}`, 'utf8')),
    openKernelLog: () =>
      (root === '' ? inheritedKernelLog(process.env) : undefined) ?? openKernelLog(`${root}/dev/kmsg`),
    readLink: (path) => readlinkSync(`${root}${path}`),
    statVolume: (path) => patience(path, () => statVolume(path)),
    builtin: {
      cpus: () => cpus().map(({ times }) => times),
      memory: () => ({ totalBytes: totalmem(), freeBytes: freemem() }),
      load: loadavg,
      systemVolume: systemVolume(),
    },
    cpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    memoryBytes: () => process.memoryUsage.rss(),
    tidy: tidyEngine,
    declared,
    memory,
    systemBus: systemBus(clock, root),
    probe,
    checks,
  };
};

const NO_NEWS: Host['checks'] = () => ({ lines: new Map(), cost: { cpuMs: 0, children: 0, bytes: 0 } });

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
