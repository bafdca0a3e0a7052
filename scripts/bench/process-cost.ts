// What a process has cost so far, and what it holds, by /proc (Linux).
import { readFileSync } from 'node:fs';

/** proc_pid_stat(5) counts in hundredths of a second on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
/** Places after the name: user and system time, then the same of children that have ended. */
const [UTIME, STIME, CUTIME, CSTIME] = [11, 12, 13, 14] as const;

const seconds = (pid: number, places: readonly number[]): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return places.reduce((sum, place) => sum + Number(fields[place]), 0) / TICKS_PER_SECOND;
};

/** User and system time of all its threads. */
export const cpuSeconds = (pid: number): number => seconds(pid, [UTIME, STIME]);

/** The same with its children that have ended. */
export const cpuSecondsWithChildren = (pid: number): number => seconds(pid, [UTIME, STIME, CUTIME, CSTIME]);

const kib = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);

export const residentMib = (pid: number): number => kib(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS') / 1024;

export type Memory = { readonly pssAnonMib: number; readonly pssMib: number; readonly rssMib: number };

/** Pss_Anon is what the process alone made necessary; its file pages are the program's, shared where it runs twice. */
export const memoryOf = (pid: number): Memory => {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return {
    pssAnonMib: kib(rollup, 'Pss_Anon') / 1024,
    pssMib: kib(rollup, 'Pss') / 1024,
    rssMib: kib(rollup, 'Rss') / 1024,
  };
};
