// The machine behind the real collectors: the kernel's files as text, made from the model.
import { parseInventory } from '@fettle/agent/collect/inventory.parse';
import type { ProbeAnswer } from '@fettle/agent/collect/probe-answer.schema';
import { NOTHING_DECLARED } from '@fettle/agent/config/config';
import type { Host } from '@fettle/agent/host/host';
import { type Clock, DAY_MS } from '@fettle/shared/time';

import type { Machine } from './machine.ts';

const KIB = 1024;
const BLOCK_BYTES = 4096;
const INODES = 1_000_000;
/** The kernel counts CPU time in hundredths of a second. */
const TICKS_PER_MS = 0.1;

export const simulatedHost = (machine: Machine, clock: Clock): Host => {
  const startedMs = clock.monoMs();
  const sinceMs = () => clock.monoMs() - startedMs;
  const cpu = cpuTicks(machine, sinceMs);
  const files: Readonly<Record<string, () => string>> = {
    '/proc/stat': () => cpu().text,
    '/proc/meminfo': () => meminfo(machine, sinceMs()),
    '/proc/sys/vm/overcommit_memory': () => '0',
    '/proc/pressure/cpu': () => 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
    '/proc/pressure/memory': NO_PRESSURE,
    '/proc/pressure/io': NO_PRESSURE,
    '/proc/self/mountinfo': () =>
      machine.volumes
        .map(
          ({ mountpoint }, index) =>
            `${20 + index} 1 259:${index} / ${mountpoint} rw - ext4 /dev/nvme0n1p${index + 1} rw`,
        )
        .join('\n'),
    '/proc/diskstats': () => diskstats(sinceMs()),
    '/proc/net/dev': () => netdev(sinceMs()),
  };
  return {
    os: machine.os,
    hostname: () => machine.name,
    uptimeMs: () => clock.monoMs() - startedMs + UP_BEFORE_MS,
    wallMs: clock.wallMs,
    bootId: () => 'demo',
    readKernel: (path) => files[path]?.() ?? missing(path),
    readSensor: async (path) => missing(path),
    openKernelLog: () => missing('/dev/kmsg'),
    readLink: missing,
    listKernel: (path) => (path === '/sys/block' ? ['nvme0n1'] : missing(path)),
    statVolume: (path) => Promise.resolve(stat(machine, path, sinceMs())),
    builtin: {
      cpus: () => Array.from({ length: machine.cpus }, () => cpu().times),
      memory: () => ({
        totalBytes: machine.memoryBytes,
        freeBytes: machine.memoryBytes * (1 - machine.memoryAt(sinceMs())),
      }),
      load: () => [machine.cpuAt(sinceMs()) * machine.cpus, 1, 1],
      systemVolume: '/',
    },
    cpuMs: () => 0, // shared by the whole fleet: nobody's
    memoryBytes: () => 0,
    tidy: () => undefined,
    declared: NOTHING_DECLARED,
    memory: { read: () => undefined, write: () => undefined },
    systemBus: { connect: async () => missing('/run/dbus/system_bus_socket') },
    probe: (id) => Promise.resolve(answerOf(id, machine, machine.memoryAt(sinceMs()))),
    checks: () => ({ lines: new Map(), cost: { cpuMs: 0, children: 0, bytes: 0 } }),
  };
};

const UP_BEFORE_MS = 40 * DAY_MS;

const missing = (path: string): never => {
  throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
};

const NO_PRESSURE = () =>
  'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n';

/** Counters that grow with the model's load between two readings. */
const cpuTicks = (machine: Machine, sinceMs: () => number) => {
  let lastMs = 0;
  let [user, idle] = [1000, 1000];
  return () => {
    const nowMs = sinceMs();
    const busy = machine.cpuAt(nowMs);
    user += (nowMs - lastMs) * TICKS_PER_MS * busy;
    idle += (nowMs - lastMs) * TICKS_PER_MS * (1 - busy);
    lastMs = nowMs;
    const line = `${Math.round(user)} 0 0 ${Math.round(idle)} 0 0 0 0 0 0`;
    const each = Array.from({ length: machine.cpus }, (_, index) => `cpu${index} ${line}`);
    const times = { user: user * 10, nice: 0, sys: 0, idle: idle * 10, irq: 0 };
    return { text: [`cpu  ${line}`, ...each].join('\n'), times };
  };
};

const meminfo = (machine: Machine, ms: number): string => {
  const total = machine.memoryBytes / KIB;
  const available = Math.round(total * (1 - machine.memoryAt(ms)));
  return `MemTotal:       ${total} kB\nMemAvailable:   ${available} kB\nSwapTotal:       0 kB\nSwapFree:        0 kB\n`;
};

const diskstats = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  return ` 259 0 nvme0n1 ${seconds * 20} 0 ${seconds * 900} 0 ${seconds * 12} 0 ${seconds * 700} 0 0 ${Math.round(ms * 0.03)} 0`;
};

const netdev = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  return `eth0: ${seconds * 60_000} ${seconds * 50} 0 0 0 0 0 0 ${seconds * 20_000} ${seconds * 30} 0 0 0 0 0 0`;
};

const stat = (machine: Machine, path: string, ms: number) => {
  const volume = machine.volumes.find(({ mountpoint }) => mountpoint === path) ?? machine.volumes[0];
  const blocks = (volume?.bytes ?? 0) / BLOCK_BYTES;
  const free = Math.round(blocks * (1 - (volume?.usedAt(ms) ?? 0)));
  const inodesFree = Math.round(INODES * (1 - (volume?.inodesAt(ms) ?? 0)));
  return { blockBytes: BLOCK_BYTES, blocks, free, available: free, inodes: INODES, inodesFree };
};

const DISTRO = {
  linux: ['Debian GNU/Linux', '12'],
  windows: ['Windows 11 Pro', '10.0.26100'],
  macos: ['macOS', '26.1'],
} as const;

/** @param used of its memory, which a Mac must be asked for by a child */
const answerOf = (id: string, machine: Machine, used: number): ProbeAnswer => ({
  source: 'simulated',
  samples: id === 'memory' ? memoryOf(machine, used) : [],
  partial: [],
  sections: id === 'inventory' ? [...parseInventory(inventory(machine))] : [],
  cost: { cpuMs: 0, children: 0, bytes: 0 },
  ...(id !== 'inventory' &&
    id !== 'memory' && { unavailable: { code: 'virtual', detail: 'a simulated machine has none' } }),
});

const memoryOf = ({ memoryBytes }: Machine, used: number): ProbeAnswer['samples'] => [
  { metric: 'system.memory.limit', attributes: {}, value: memoryBytes },
  { metric: 'system.memory.usage', attributes: {}, value: memoryBytes * used },
  { metric: 'system.memory.utilization', attributes: {}, value: used },
];

const inventory = ({ os, name, cpus }: Machine) => ({
  osInfo: { distro: DISTRO[os][0], release: DISTRO[os][1], arch: 'x64' },
  system: { manufacturer: 'Simulated', model: 'Demo machine', serial: `DEMO-${name}` },
  cpu: { manufacturer: 'Simulated', brand: 'CPU', cores: cpus, physicalCores: cpus },
});
