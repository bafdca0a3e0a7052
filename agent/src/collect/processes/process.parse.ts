// /proc/PID/stat and /proc/PID/status, as proc_pid_stat(5) and proc_pid_status(5) lay them out.
import { cleanText } from '@fettle/shared/wire/bytes';

export type ProcessStat = {
  readonly name: string;
  /** CPU time so far, of all its threads, in ticks. */
  readonly ticks: number;
  /** When it began, in ticks since boot: with the pid it is this process and no later one. */
  readonly startTicks: number;
  /** In memory, in pages of whatever size. */
  readonly residentPages: number;
};

/** Longer ones are the kernel's own threads. */
const NAME_MAX_BYTES = 64;
/** Places behind the name, which ends with the last parenthesis and may hold others. */
const [UTIME, STIME, STARTTIME, RSS] = [11, 12, 19, 21] as const;
const KIB = 1024;

/** @returns undefined for what is no such line */
export const parseProcessStat = (text: string): ProcessStat | undefined => {
  const [open, close] = [text.indexOf('('), text.lastIndexOf(')')];
  if (open < 0 || close < open) return undefined;
  const fields = text.slice(close + 2, close + 600).split(' ');
  const [user, system, startTicks, residentPages] = [UTIME, STIME, STARTTIME, RSS].map((place) =>
    countOf(fields[place]),
  );
  if (user === undefined || system === undefined || startTicks === undefined || residentPages === undefined)
    return undefined;
  return {
    name: cleanText(text.slice(open + 1, close), NAME_MAX_BYTES),
    ticks: user + system,
    startTicks,
    residentPages,
  };
};

/** In memory at the moment; undefined where nothing is said of it, as of a thread of the kernel's. */
export const parseResidentBytes = (text: string): number | undefined => {
  const kib = countOf(/^VmRSS:[ \t]{0,20}(\d{1,15}) kB$/m.exec(text)?.[1]);
  return kib === undefined ? undefined : kib * KIB;
};

const countOf = (field: string | undefined): number | undefined =>
  field !== undefined && /^\d{1,15}$/.test(field) ? Number(field) : undefined;
