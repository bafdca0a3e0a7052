import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MISSING, createRing } from './window.ts';

describe('a ring', () => {
  it('holds the latest rows, as an array that is cut at its head would', () => {
    const row = fc.array(fc.integer(), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(row, { maxLength: 30 }), (capacity, rows) => {
        const ring = createRing(capacity, 2);
        for (const [at, values] of rows.entries()) ring.push(at, values);
        const seen = Array.from({ length: ring.length }, (_, i) => [ring.valueOf(i, 0), ring.valueOf(i, 1)]);
        const times = Array.from({ length: ring.length }, (_, i) => ring.atOf(i));
        const first = Math.max(0, rows.length - capacity);
        expect(seen).toEqual(rows.slice(first));
        expect(times).toEqual(rows.slice(first).map((_, index) => first + index));
      }),
    );
  });

  it('what a row lacks is missing, and so is what was never there', () => {
    const ring = createRing(2, 3);
    ring.push(5, [1]);
    expect([0, 1, 2].map((column) => ring.valueOf(0, column))).toEqual([1, MISSING, MISSING]);
    expect(ring.valueOf(9, 99)).toBe(MISSING);
    expect(createRing(0, 1).atOf(0)).toBeNaN();
  });
});
