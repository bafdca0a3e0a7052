import { anywhere } from '@fettle/shared/metric/read-by-any';
import { type Attributes, NO_ATTRIBUTES, type Sample } from '@fettle/shared/metric/sample';

import type { CpuTimes, Host } from '../host/host.ts';
import { type Collector, available, probeKernelFile, unavailable } from './collector.ts';
import { type CpuMode, type CpuTicks, cpuShares, parseCpuTicks } from './cpu.parse.ts';

const METRIC = 'system.cpu.utilization';
const STAT = '/proc/stat';

/** Of Linux: with modes, and each CPU by itself. */
export const cpu = (): Collector =>
  cpuFrom({
    modes: ['user', 'system', 'iowait', 'steal'],
    read: (host) => machineAndCpus(parseCpuTicks(host.readKernel(STAT))),
    probe: (host) => probeKernelFile(host, STAT),
  });

/** Without it nothing is known: that is no machine without load. @throws SyntaxError */
const machineAndCpus = (all: readonly CpuTicks[]): readonly CpuTicks[] => {
  if (!all.some((ticks) => ticks.cpu === '')) throw new SyntaxError(`${STAT} has no line of all CPUs`);
  return all;
};

/** Of any system, by what Node knows: each CPU by itself and all together. */
export const cpuBuiltin = (): Collector =>
  cpuFrom({
    // waiting and stolen time are not told here: no 0 in their place
    modes: ['user', 'system'],
    read: (host) => withTotal(host.builtin.cpus().map(builtinTicks)),
    probe: async (host) =>
      host.builtin.cpus().length > 0 ? available('os.cpus') : unavailable('service_broken', 'the system names no CPU'),
  });

type Source = {
  readonly modes: readonly CpuMode[];
  readonly read: (host: Host) => readonly CpuTicks[];
  readonly probe: Collector['probe'];
};

const cpuFrom = ({ modes, read, probe }: Source): Collector => {
  let last = new Map<string, CpuTicks>();
  return {
    id: 'cpu',
    ...anywhere.cpu,
    timeoutMs: 3_000,
    probe,
    collect: (host) => {
      const all = read(host);
      const samples = all.flatMap((now) => samplesOf(modes, last.get(now.cpu), now));
      last = new Map(all.map((ticks) => [ticks.cpu, ticks]));
      return Promise.resolve({ samples });
    },
  };
};

const samplesOf = (modes: readonly CpuMode[], before: CpuTicks | undefined, now: CpuTicks): readonly Sample[] => {
  const shares = before && cpuShares(before, now);
  if (!shares) return [];
  if (now.cpu !== '') return [sample({ 'cpu.logical_number': now.cpu }, shares.busy)];
  const byMode = modes.map((mode) => sample({ 'cpu.mode': mode }, shares.modes[mode]));
  return [sample(NO_ATTRIBUTES, shares.busy), ...byMode];
};

const sample = (attributes: Attributes, value: number): Sample => ({ metric: METRIC, attributes, value });

const builtinTicks = (times: CpuTimes, index: number): CpuTicks => ({
  cpu: String(index),
  user: times.user + times.nice,
  system: times.sys + times.irq,
  iowait: 0,
  steal: 0,
  idle: times.idle,
});

const withTotal = (each: readonly CpuTicks[]): readonly CpuTicks[] => {
  const sum = (mode: Exclude<keyof CpuTicks, 'cpu'>) => each.reduce((total, ticks) => total + ticks[mode], 0);
  const total = { cpu: '', user: sum('user'), system: sum('system'), iowait: 0, steal: 0, idle: sum('idle') };
  return [total, ...each];
};
