// Which programs use most: all of /proc read twice, the difference is what each used. Names only, no command lines: those hold secrets.
import type { ProcessUse } from '@fettle/shared/alert/alert';

import type { Host } from '../../host/host.ts';
import { type ProcessStat, parseProcessStat, parseResidentBytes } from './process.parse.ts';

export type ProcessTable = {
  readonly monoMs: number;
  readonly uptimeMs: number;
  readonly byPid: ReadonlyMap<number, ProcessStat>;
};

type Candidate = ProcessStat & { readonly pid: number; readonly cpu: number | undefined };

/** More than any machine runs that an agent can still read in a moment. */
const PROCESSES_MAX = 10_000;
/** The kernel counts CPU time in hundredths of a second on every Linux that Node runs on. */
const TICK_MS = 10;
/** Below that a share is little more than chance. */
const SPAN_MIN_MS = 500;

/** About 15 µs for each process. @throws as fs does where there is no /proc */
export const readProcesses = (host: Host, monoMs: number): ProcessTable => {
  const byPid = new Map<number, ProcessStat>();
  const uptimeMs = host.uptimeMs();
  const pids = host.listKernel('/proc').filter((name) => /^[1-9]\d{0,9}$/.test(name));
  for (const pid of pids.slice(0, PROCESSES_MAX)) {
    const stat = ofEnded(() => parseProcessStat(host.readKernel(`/proc/${pid}/stat`)));
    if (stat) byPid.set(Number(pid), stat);
  }
  return { monoMs, uptimeMs, byPid };
};

/**
 * The `most` that used most CPU since `before`, then of the others the `most` that hold most memory.
 * Without `before`, or so soon after it that it says nothing, by memory alone.
 */
export const busiest = (
  host: Host,
  now: ProcessTable,
  before: ProcessTable | undefined,
  most: number,
): readonly ProcessUse[] => {
  const all = [...now.byPid].map(([pid, stat]) => ({ ...stat, pid, cpu: shareOf(pid, stat, now, before) }));
  const byCpu = all
    .filter(({ cpu = 0 }) => cpu > 0)
    .toSorted((one, other) => (other.cpu ?? 0) - (one.cpu ?? 0))
    .slice(0, most);
  const byMemory = all
    .filter(({ residentPages }) => residentPages > 0)
    .toSorted((one, other) => other.residentPages - one.residentPages)
    .slice(0, most)
    .filter((one) => !byCpu.includes(one));
  return [...byCpu, ...byMemory].map((one) => useOf(host, one));
};

/** Of one CPU. A process that began since then counts from its beginning; one that was there and was not read does not. */
const shareOf = (
  pid: number,
  { ticks, startTicks }: ProcessStat,
  now: ProcessTable,
  before: ProcessTable | undefined,
): number | undefined => {
  if (!before || now.monoMs - before.monoMs < SPAN_MIN_MS) return undefined;
  const known = before.byPid.get(pid);
  const isSame = known?.startTicks === startTicks;
  if (!isSame && startTicks * TICK_MS < before.uptimeMs - SPAN_MIN_MS) return undefined;
  const used = Math.max(0, ticks - (isSame ? known.ticks : 0));
  return (used * TICK_MS) / (now.monoMs - before.monoMs);
};

const useOf = (host: Host, { pid, name, cpu }: Candidate): ProcessUse => ({
  pid,
  name,
  ...(cpu !== undefined && { cpu: Math.round(cpu * 1000) / 1000 }),
  memoryBytes: ofEnded(() => parseResidentBytes(host.readKernel(`/proc/${pid}/status`))) ?? 0,
});

/** A process may end between two files of it. */
const ofEnded = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};
