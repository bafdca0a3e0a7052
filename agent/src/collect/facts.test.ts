// Facts as a section takes them: so many, so long, and fit for a record.
import { sectionSchema } from '@fettle/shared/wire/record.schema';
import { describe, expect, it } from 'vitest';

import { fact, onePage, pagesOf } from './facts.ts';

const many = (count: number, value = 'x') =>
  Array.from({ length: count }, (_, index) => fact(`f${index}`, value)).flat();

describe('a fact', () => {
  it.each<[string | number | undefined, string | undefined]>([
    ['Debian', 'Debian'],
    ['  Debian\n', 'Debian'],
    [0, '0'],
    ['', undefined],
    [' ', undefined],
    [undefined, undefined],
    ['a\u0000b\ud800', 'a\ufffdb\ufffd'],
    ['x'.repeat(600), 'x'.repeat(500)],
  ])('%j reads %j', (value, expected) => expect(fact('Name', value)[0]?.value).toBe(expected));

  it('has a label that is cut where it is too long', () => {
    expect(fact('€'.repeat(99), 'x')[0]?.label).toBe('€'.repeat(33));
  });
});

describe('one page', () => {
  it.each([
    [0, 0, undefined],
    [200, 200, 'x'],
    [201, 200, '2'],
    [5_000, 200, '4801'],
  ])('of %i facts has %i, and the last reads %j', (count, length, last) => {
    const facts = onePage(many(count));
    expect([facts.length, facts.at(-1)?.value]).toEqual([length, last]);
  });

  it('of long facts has fewer', () => {
    const facts = [...onePage(many(200, '€'.repeat(166)))];
    expect(facts.at(-1)).toEqual({ label: 'And more', value: String(200 - facts.length + 1) });
    const section = { id: 'x', title: 'X', facts };
    expect(sectionSchema.safeParse(section).error).toBeUndefined();
    expect(Buffer.byteLength(JSON.stringify(section))).toBeLessThan(31 * 1024);
  });
});

it('pages keep every fact, in order', () => {
  const facts = many(450);
  expect(pagesOf(facts).flat()).toEqual(facts);
});
