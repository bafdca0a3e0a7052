// The summary of ping. iputils: "3 packets transmitted, 2 received, +1 errors, 33.3333% packet loss, time 2003ms" and
// "rtt min/avg/max/mdev = 0.025/0.030/0.036/0.004 ms"; busybox: "3 packets transmitted, 3 packets received, 0% packet loss" and
// "round-trip min/avg/max = 0.068/0.084/0.106 ms". Seen with iputils 20221126 and busybox 1.35.
import { firstLine } from '../output.ts';

export type PingSummary = {
  readonly sent: number;
  readonly received: number;
  /** Mean, in ms; undefined when nothing came back. */
  readonly meanMs: number | undefined;
};

const COUNTS = /^(\d{1,6}) packets transmitted, (\d{1,6}) (?:packets )?received/m;
const TIMES = /^(?:rtt|round-trip) min\/avg\/max(?:\/\w+)? = \d{1,9}\.\d{1,6}\/(\d{1,9}\.\d{1,6})\//m;

/** @returns undefined when there is no summary */
export const parsePing = (output: string): PingSummary | undefined => {
  const counts = COUNTS.exec(output);
  const [sent, received] = [Number(counts?.[1]), Number(counts?.[2])];
  // one that was answered twice is received once, but not by every ping
  if (!(sent > 0)) return undefined;
  const mean = TIMES.exec(output)?.[1];
  return {
    sent,
    received: Math.min(sent, received),
    meanMs: mean === undefined || received === 0 ? undefined : Number(mean),
  };
};

/** What ping says when it could not even try: "ping: nowhere.invalid: Name or service not known". */
export const pingProblem = (stderr: string): string => firstLine(stderr).replace(/^ping: /, '');
