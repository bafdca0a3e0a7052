// /proc/stat: ticks that each CPU spent in each mode since boot. Layout: proc_stat(5).

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
    .filter((line) => line.startsWith('cpu'))
    .map(parseLine)
    .filter((ticks) => ticks !== undefined);

const parseLine = (line: string): CpuTicks | undefined => {
  const [name = '', ...fields] = line.split(/ +/);
  const [user, nice, system, idle, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields.map(Number);
  if (user === undefined || nice === undefined || system === undefined || idle === undefined) return undefined;
  // guest time, which follows, is already in user
  const ticks = { cpu: name.slice(3), user: user + nice, system: system + irq + softirq, iowait, steal, idle };
  return Object.values(ticks).some(Number.isNaN) ? undefined : ticks;
};

export type CpuShares = { readonly busy: number; readonly modes: Readonly<Record<string, number>> };

/** How the time between two readings was spent; undefined when no time passed or a counter went back. Waiting for a disk is idle time. */
export const cpuShares = (before: CpuTicks, now: CpuTicks): CpuShares | undefined => {
  const spent = (mode: 'user' | 'system' | 'iowait' | 'steal' | 'idle') => now[mode] - before[mode];
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
