const RUNS = /\d+|[A-Za-z]+|~/g;

/**
 * Which of two versions is the later: below 0, 0 or above 0. Runs of digits count as numbers and above runs of letters,
 * whatever stands between them separates, "~" is before the end: as rpm (rpm-version(7)) and, for what kernels are called, dpkg.
 */
export const compareVersions = (one: string, other: string): number => {
  const [left, right] = [one.match(RUNS) ?? [], other.match(RUNS) ?? []];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const order = compareRuns(left[at], right[at]);
    if (order !== 0) return order;
  }
  return 0;
};

const compareRuns = (a: string | undefined, b: string | undefined): number => {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (a === undefined || b === undefined || a === b) return 0;
  return isNumber(a) ? compareNumbers(a, b) : a < b ? -1 : 1;
};

/** "~" before the end before letters before digits. */
const rank = (run: string | undefined): number => {
  if (run === undefined) return 1;
  if (run === '~') return 0;
  return isNumber(run) ? 3 : 2;
};

const isNumber = (run: string): boolean => /^\d/.test(run);

/** Of any length: more digits without leading zeros are more. */
const compareNumbers = (a: string, b: string): number => {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (x.length !== y.length) return x.length - y.length;
  return x < y ? -1 : Number(x > y);
};
