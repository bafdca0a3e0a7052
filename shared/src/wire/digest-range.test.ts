import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { comparePlaces, isInRange } from './digest-range.ts';

const place = (rule: string, instance = '') => ({ rule, instance });

describe('comparePlaces', () => {
  it('has the order of the bytes of UTF-8', () => {
    const text = fc.string({ unit: fc.constantFrom('', 'a', 'b', 'é', '\u{d7ff}', '\u{e000}', '\u{ffff}', '𝄞', '𝄟') });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(comparePlaces(place('r', a), place('r', b)))).toBe(expected);
        expect(Math.sign(comparePlaces(place(a), place(b)))).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('looks at the rule first', () => {
    expect(comparePlaces(place('a', 'z'), place('b', 'a'))).toBeLessThan(0);
    expect(comparePlaces(place('a', 'z'), place('a.b', 'a'))).toBeLessThan(0);
  });
});

describe('isInRange', () => {
  it.each([
    ['no bounds', {}, true],
    ['behind it', { after: place('m', 'm') }, false],
    ['up to it', { to: place('m', 'm') }, true],
    ['behind the one before', { after: place('m', 'l') }, true],
    ['up to the one before', { to: place('m', 'l') }, false],
    ['between two rules', { after: place('l', 'z'), to: place('n') }, true],
    ['between two others', { after: place('n'), to: place('o') }, false],
  ])('%s', (_name, range, expected) => expect(isInRange(place('m', 'm'), range)).toBe(expected));
});
