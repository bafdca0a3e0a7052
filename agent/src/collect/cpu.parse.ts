// /proc/stat: ticks that each CPU spent in each mode since boot. Layout: proc_stat(5).
import { parseCounters } from './counter.parse.ts';

export type CpuTicks = {
  /** "" for all CPUs together, else the number of one. */
  readonly cpu: string;
  readonly user: number;
  readonly system: number;
  readonly iowait: number;
  readonly steal: number;
  readonly idle: number;
};

export const parseCpuTicks = (text: string): readonly CpuTicks[] =>
  text
    .split('\n')
    .map(parseLine)
    .filter((ticks) => ticks !== undefined);

/** Those after them are of guests, and already in user. Kernels before 2.6.11 have fewer. */
const FIELDS = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
const FIELDS_MIN = 4;

const parseLine = (line: string): CpuTicks | undefined => {
  const [, cpu = '', rest = ''] = /^cpu(\d*) +(.+)/.exec(line) ?? [];
  const counters = parseCounters(rest);
  if (!counters || counters.length < FIELDS_MIN) return undefined;
  const of = (field: (typeof FIELDS)[number]) => counters[FIELDS.indexOf(field)] ?? 0;
  return {
    cpu,
    user: of('user') + of('nice'),
    system: of('system') + of('irq') + of('softirq'),
    iowait: of('iowait'),
    steal: of('steal'),
    idle: of('idle'),
  };
};

/** What a CPU can do but rest. */
export type CpuMode = 'user' | 'system' | 'iowait' | 'steal';
export type CpuShares = { readonly busy: number; readonly modes: Readonly<Record<CpuMode, number>> };

/** How the time between two readings was spent; undefined when no time passed or a counter went back. Waiting for a disk is idle time. */
export const cpuShares = (before: CpuTicks, now: CpuTicks): CpuShares | undefined => {
  const spent = (mode: CpuMode | 'idle') => now[mode] - before[mode];
  const [user, system, iowait, steal, idle] = [
    spent('user'),
    spent('system'),
    // the kernel's iowait and idle can go back a little when a CPU sleeps
    Math.max(0, spent('iowait')),
    spent('steal'),
    Math.max(0, spent('idle')),
  ];
  const total = user + system + iowait + steal + idle;
  if (total <= 0 || user < 0 || system < 0 || steal < 0) return undefined;
  return {
    busy: (user + system + steal) / total,
    modes: { user: user / total, system: system / total, iowait: iowait / total, steal: steal / total },
  };
};
