// The evaluator's ring of the latest readings of one instance: integers of the catalogue, one column a metric.

/** A missing value within a row: the sibling metric had no reading. */
export const MISSING = Number.MIN_SAFE_INTEGER;

/** What `step` may see of it. Index 0 is the oldest. */
export type Window = {
  readonly length: number;
  readonly atOf: (index: number) => number;
  readonly valueOf: (index: number, column: number) => number;
};

export type Ring = Window & { readonly push: (at: number, row: readonly number[]) => void };

/** @param capacity rows kept; the oldest gives way */
export const createRing = (capacity: number, columns: number): Ring => {
  const times = new Float64Array(capacity);
  const values = new Float64Array(capacity * columns);
  let start = 0;
  let length = 0;
  const slot = (index: number) => (start + index) % capacity;
  return {
    get length() {
      return length;
    },
    atOf: (index) => times[slot(index)] ?? Number.NaN,
    valueOf: (index, column) => values[slot(index) * columns + column] ?? MISSING,
    push: (at, row) => {
      if (length === capacity) start = (start + 1) % capacity;
      else length += 1;
      const into = slot(length - 1);
      times[into] = at;
      for (let column = 0; column < columns; column += 1) values[into * columns + column] = row[column] ?? MISSING;
    },
  };
};
