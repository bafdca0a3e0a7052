import { describe, expect, it } from 'vitest';

import type { Frame } from './frame.ts';
import { Walk } from './walk.ts';

const data = (position: number, bytes = 10): Frame => ({
  kind: 'data',
  from: position,
  position,
  atMs: 100 + position,
  monoMs: position,
  payload: new Uint8Array(bytes),
});
const aWalk = (limits: { readonly max?: number; readonly maxBytes?: number } = {}) =>
  new Walk({ after: 0, max: 10, maxBytes: 1_000, names: undefined, ...limits });
const placesOf = ({ found }: Walk) => found.map(({ kind, from, position }) => [kind, from, position]);

describe('a walk', () => {
  it('ends where it has as many bytes as it may give', () => {
    const walk = aWalk({ maxBytes: 20 });
    walk.take(data(1), 9, new Map());
    expect(walk.isFull).toBe(false);
    walk.take(data(2), 9, new Map());
    expect(walk.isFull).toBe(true);
    walk.take(data(3), 9, new Map());
    walk.end(9, 0);
    expect(placesOf(walk)).toEqual([
      ['data', 1, 1],
      ['data', 2, 2],
    ]);
    expect(walk.expected).toBe(3);
  });

  it('counts a gap as a record and not as bytes', () => {
    const walk = aWalk({ max: 1, maxBytes: 10 });
    walk.take(data(4), 9, new Map());
    expect(placesOf(walk)).toEqual([['gap', 1, 3]]); // and no record behind it
    expect(walk.expected).toBe(4);
  });

  it('passes over what it has, and what stands in a later segment', () => {
    const walk = aWalk();
    walk.take(data(2), 2, new Map());
    walk.take(data(2), 2, new Map());
    walk.take(data(3), 2, new Map());
    walk.end(3, 7_000);
    expect(placesOf(walk)).toEqual([
      ['gap', 1, 1],
      ['data', 2, 2],
      ['gap', 3, 3],
    ]);
    expect(walk.found.at(-1)).toMatchObject({ atMs: 7_000, reason: 'corrupt' });
  });
});
