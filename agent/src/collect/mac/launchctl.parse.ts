// What `launchctl print system/LABEL` says of a job. Its manual calls the output "not API": of all that it holds, only what stands
// as NAME = VALUE directly in the job's own braces is read, and only the words below are known.

import { withoutGaps } from '../without-gaps.ts';

export type LaunchdJob = {
  /** "running", "not running", "spawn scheduled", "waiting" … as launchd has it. */
  readonly state: string;
  readonly pid?: number;
  /** Starts since it was loaded. */
  readonly runs?: number;
  /** 0 for a good end; undefined for one that has not ended, or by a signal. */
  readonly exitCode?: number;
  /** In launchd's words: "Killed: 9". */
  readonly signal?: string;
};

const TEXT_MAX = 64 * 1024;
const WORDS_MAX = 40;
const FIELD = /^\t([a-z ]+) = (.*)$/;
const INTEGER = /^-?\d{1,10}$/;

/** @returns undefined for what is no answer */
export const parseLaunchctlPrint = (text: string): LaunchdJob | undefined => {
  const fields = new Map<string, string>();
  for (const line of text.slice(0, TEXT_MAX).split(/\r?\n/)) {
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name !== undefined && value !== undefined && value !== '{' && !fields.has(name)) fields.set(name, value.trim());
  }
  const state = fields.get('state');
  if (state === undefined || state === '') return undefined;
  const known = withoutGaps({
    pid: countOf(fields.get('pid')),
    runs: countOf(fields.get('runs')),
    // "(never exited)", "1", or with a word: "78: EX_CONFIG"
    exitCode: wholeOf(fields.get('last exit code')?.split(':', 1)[0]),
    signal: fields.get('last terminating signal')?.slice(0, WORDS_MAX),
  });
  return { state: state.slice(0, WORDS_MAX), ...known };
};

const countOf = (text: string | undefined): number | undefined => {
  const count = wholeOf(text);
  return count !== undefined && count >= 0 ? count : undefined;
};

const wholeOf = (text: string | undefined): number | undefined =>
  text !== undefined && INTEGER.test(text) ? Number(text) : undefined;

/** launchd's own names, launchd.plist(5): what they look like is the job's affair, but not what a shell or a path could mean. */
const LABEL = /^[A-Za-z0-9][\w.-]{0,199}$/;

export const isLabel = (text: string): boolean => LABEL.test(text);

/** Of `launchctl print` for a label that is not loaded: "Could not find service". */
export const NO_SUCH_JOB = 113;
