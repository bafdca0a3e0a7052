// What a process has cost so far, and what it holds, by /proc (Linux).
import { readFileSync, readdirSync } from 'node:fs';

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
const cpuSecondsWithChildren = (pid: number): number => seconds(pid, [UTIME, STIME, CUTIME, CSTIME]);

/** The same in ms, to the nanosecond for its own threads: for what is short. */
export const startedCpuMs = (pid: number): number => {
  const tasks = `/proc/${pid}/task`;
  const threads = readdirSync(tasks).map((id) => runningMs(readFileSync(`${tasks}/${id}/schedstat`, 'utf8')));
  return threads.reduce((sum, ms) => sum + ms, seconds(pid, [CUTIME, CSTIME]) * 1000);
};

/** @param schedstat of a thread: time on the CPU in ns, time waiting, time slices (the kernel's sched-stats) */
export const runningMs = (schedstat: string): number => Number(schedstat.split(' ')[0]) / 1e6;

/** The same with everything below it that still lives. */
export const cpuSecondsOfTree = (pid: number): number =>
  treeOf(pid).reduce((sum, one) => sum + whileAlive(() => cpuSecondsWithChildren(one), 0), 0);

/** Open files, sockets and the like. */
export const handlesOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

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

/** The same with everything below it. */
export const memoryOfTree = (pid: number): Memory =>
  treeOf(pid)
    .map((one) => whileAlive(() => memoryOf(one), { pssAnonMib: 0, pssMib: 0, rssMib: 0 }))
    .reduce((sum, one) => ({
      pssAnonMib: sum.pssAnonMib + one.pssAnonMib,
      pssMib: sum.pssMib + one.pssMib,
      rssMib: sum.rssMib + one.rssMib,
    }));

const treeOf = (pid: number): readonly number[] => {
  const children = whileAlive(() => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), '');
  return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(treeOf)];
};

/** One that has ended in between costs nothing more. */
const whileAlive = <T>(read: () => T, ended: T): T => {
  try {
    return read();
  } catch {
    return ended;
  }
};

const kib = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);

/** What it caused to be written to disks, as proc_pid_io(5) counts it. */
export const bytesToDisk = (pid: number): number =>
  Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
