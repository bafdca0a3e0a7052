// Each connection is an open file on both of its ends.
import { readFileSync } from 'node:fs';

/** For what a process has open beside its connections. */
const SPARE = 500;

/** Of this process and those it starts, by /proc (Linux). Node itself raises the soft limit to the hard one at its start. */
const openFilesMax = (): number => {
  const line = /^Max open files +(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return line === undefined || line === 'unlimited' ? Number.POSITIVE_INFINITY : Number(line);
};

/** @throws where so many cannot be had, with what to do */
export const checkOpenFiles = (connections: number): void => {
  const [most, needed] = [openFilesMax(), connections + SPARE];
  if (most >= needed) return;
  throw new Error(
    `This shell allows ${most} open files and the server needs ${needed}: raise the limit (as root: ulimit -n ${needed}) or take fewer --agents.`,
  );
};
