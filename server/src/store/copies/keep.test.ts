import { HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { type Kept, leastWanted, tooMany } from './keep.ts';

const aKept = (name: string, hours: number, change: Partial<Kept> = {}): Kept => ({
  name,
  kind: 'hourly',
  madeMs: hours * HOUR_MS,
  isGood: true,
  ...change,
});
const bad = { isGood: false };
const daily = { kind: 'daily' } as const;
const manual = { kind: 'manual' } as const;
const keeping = { hourly: 2, daily: 1 };

describe('too many', () => {
  it.each<[string, readonly Kept[], readonly string[]]>([
    ['are none of none', [], []],
    ['are the oldest of a kind', [aKept('a', 1), aKept('c', 3), aKept('b', 2)], ['a']],
    ['is each kind by itself', [aKept('a', 1, daily), aKept('b', 2), aKept('c', 3), aKept('d', 4, daily)], ['a']],
    ['are never those of a person', [1, 2, 3, 4].map((n) => aKept(`m${n}`, n, manual)), []],
    ['is not the last good one', [aKept('a', 1), aKept('b', 2, bad), aKept('c', 3, bad), aKept('d', 4, bad)], ['b']],
  ])('%s', (_name, all, gone) => {
    expect(tooMany(all, keeping)).toEqual(gone);
  });
});

describe('least wanted, when there is no room', () => {
  it.each<[string, readonly Kept[], string | undefined]>([
    ['is the oldest', [aKept('b', 2), aKept('a', 1)], 'a'],
    ['is none when there is but one', [aKept('a', 1)], undefined],
    ['is not the only good one', [aKept('a', 1), aKept('b', 2, bad)], undefined],
    ['is a bad one before it', [aKept('a', 1, bad), aKept('b', 2)], 'a'],
    ['is not what a person made', [aKept('a', 1, manual), aKept('b', 2)], 'b'],
  ])('%s', (_name, all, name) => {
    expect(leastWanted(all)).toBe(name);
  });
});
