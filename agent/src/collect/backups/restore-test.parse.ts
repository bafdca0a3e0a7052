import { isoInstant } from '../instant.parse.ts';

const FAILED = /fail/i;
/** The last ones: what is older is of no interest. */
const LINES_MAX = 1_000;

/**
 * When a restore was last tested and worked: each line begins with a time, and one that says "fail" did not work.
 * @param touchedMs when the file was last written: taken where no line has a time
 */
export const parseRestoreTests = (text: string, touchedMs: number): number | undefined => {
  const tests = text
    .split('\n')
    .slice(-LINES_MAX)
    .flatMap((line) => {
      const atMs = isoInstant(line.trim()) ?? dayOf(line);
      return atMs === undefined ? [] : [{ atMs, isGood: !FAILED.test(line) }];
    });
  if (tests.length === 0) return FAILED.test(text) ? undefined : touchedMs;
  const good = tests.filter(({ isGood }) => isGood).map(({ atMs }) => atMs);
  return good.length === 0 ? undefined : good.reduce((newest, atMs) => Math.max(newest, atMs));
};

/** A date alone is its midnight. */
const dayOf = (line: string): number | undefined => {
  const [, day] = /^\s*(\d{4}-\d{2}-\d{2})(?!\d)/.exec(line) ?? [];
  return day === undefined ? undefined : isoInstant(`${day}T00:00Z`);
};
