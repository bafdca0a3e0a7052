// What a process has cost so far, by /proc (Linux).
import { readFileSync } from 'node:fs';

/** proc_pid_stat(5) counts in hundredths of a second on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system time of all its threads. */
export const cpuSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
};

export const residentMib = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
