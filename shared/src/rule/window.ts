// The evaluator's memory of one instance: rows of integers of the catalogue, one column a metric, each with its time.

/** A missing value within a row: the sibling metric had no reading. */
export const MISSING = Number.MIN_SAFE_INTEGER;

/** What `step` may see of it. Index 0 is the oldest. */
export type Window = {
  readonly length: number;
  readonly atOf: (index: number) => number;
  readonly valueOf: (index: number, column: number) => number;
  /** Time of the reading before the newest, whether it has a row of its own or not; NaN when there was none. */
  readonly previousAt: number;
};

/** `from` is where readings begin to count, `at` is now. */
export type View = { readonly window: Window; readonly everyMs: number; readonly from: number; readonly at: number };

/** MISSING without any. */
export const newestOf = (window: Window, column: number): number =>
  window.length === 0 ? MISSING : window.valueOf(window.length - 1, column);

/** NaN without any. */
export const newestAtOf = (window: Window): number =>
  window.length === 0 ? Number.NaN : window.atOf(window.length - 1);

export type Ring = Window & {
  readonly push: (at: number, row: readonly number[]) => void;
  /** In place of the newest row. */
  readonly replace: (at: number, row: readonly number[]) => void;
};

/** @param capacity rows kept; the oldest gives way */
export const createRing = (capacity: number, columns: number): Ring => {
  const times = new Float64Array(capacity);
  const values = new Float64Array(capacity * columns);
  let start = 0;
  let length = 0;
  let previousAt = Number.NaN;
  const slot = (index: number) => (start + index < capacity ? start + index : start + index - capacity);
  const write = (at: number, row: readonly number[]) => {
    const into = slot(length - 1);
    times[into] = at;
    for (let column = 0; column < columns; column += 1) values[into * columns + column] = row[column] ?? MISSING;
  };
  const newestAt = () => (length === 0 ? Number.NaN : (times[slot(length - 1)] ?? Number.NaN));
  return {
    get length() {
      return length;
    },
    get previousAt() {
      return previousAt;
    },
    atOf: (index) => times[slot(index)] ?? Number.NaN,
    valueOf: (index, column) => values[slot(index) * columns + column] ?? MISSING,
    push: (at, row) => {
      previousAt = newestAt();
      if (length === capacity) start = (start + 1) % capacity;
      else length += 1;
      write(at, row);
    },
    replace: (at, row) => {
      previousAt = newestAt();
      length = Math.max(length, 1);
      write(at, row);
    },
  };
};
