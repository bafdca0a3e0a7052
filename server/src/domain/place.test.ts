import { describe, expect, it } from 'vitest';

import { placeOf } from './place.ts';

const mark = { epoch: 'e', seq: 7 };

describe('placeOf', () => {
  it.each([
    ['the first of all', undefined, { epoch: 'e', from: 1, seq: 1 }, 'next'],
    ['the second of all', undefined, { epoch: 'e', from: 2, seq: 2 }, 'early'],
    ['the next', mark, { epoch: 'e', from: 8, seq: 8 }, 'next'],
    ['one too far', mark, { epoch: 'e', from: 9, seq: 9 }, 'early'],
    ['the last again', mark, { epoch: 'e', from: 7, seq: 7 }, 'duplicate'],
    ['the first again', mark, { epoch: 'e', from: 1, seq: 1 }, 'duplicate'],
    ['a gap up to beyond the mark', mark, { epoch: 'e', from: 8, seq: 20 }, 'next'],
    ['a gap that begins before the mark', mark, { epoch: 'e', from: 3, seq: 20 }, 'next'],
    ['a gap that begins too far', mark, { epoch: 'e', from: 9, seq: 20 }, 'early'],
    ['a gap that is known', mark, { epoch: 'e', from: 3, seq: 7 }, 'duplicate'],
    ['the first of a new numbering', mark, { epoch: 'f', from: 1, seq: 1 }, 'next'],
    ['the second of a new numbering', mark, { epoch: 'f', from: 2, seq: 2 }, 'early'],
  ] as const)('%s', (_name, known, place, expected) => expect(placeOf(known, place)).toBe(expected));
});
