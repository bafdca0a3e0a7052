// However long a digest is, records say the same as it would: judged by what the server does with them.
import { type DigestPlace, comparePlaces, isInRange } from '@fettle/shared/wire/digest-range';
import { FRAME_MAX_BYTES } from '@fettle/shared/wire/limits';
import { type Digest, recordBody } from '@fettle/shared/wire/record.schema';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { digestParts } from './digest-parts.ts';

const AT = 1_763_856_000_000;
const evidence = Array.from({ length: 4 }, () => ({ metric: 'system.filesystem.utilization', value: 0.987_654_321 }));
const anOpen = ({ rule, instance }: DigestPlace) => ({
  rule,
  instance,
  ruleHash: '0123456789abcdef',
  severity: 'warning' as const,
  since: AT,
  evidence,
});
const aDigest = (change: Partial<Digest>): Digest => ({
  kind: 'digest',
  at: AT,
  open: [],
  judged: [],
  undecided: [],
  ...change,
});
const sizesOf = (parts: readonly Digest[]) => parts.map((part) => Buffer.byteLength(JSON.stringify(part)));

/** What the records of a digest make the server do with what it has open: the rule of PROTOCOL.md. */
const endedBy = (parts: readonly Digest[], ours: readonly DigestPlace[]): readonly DigestPlace[] =>
  ours.filter((place) =>
    parts.some(
      ({ range = {}, open, judged, undecided }) =>
        isInRange(place, range) &&
        judged.includes(place.rule) &&
        ![...open, ...undecided].some((one) => comparePlaces(one, place) === 0),
    ),
  );

describe('digestParts', () => {
  it('is one record without a range where that is enough', () => {
    const digest = aDigest({ open: [anOpen({ rule: 'a', instance: '/' })], judged: ['a', 'b'] });
    expect(digestParts(digest)).toEqual([digest]);
    expect(digestParts(aDigest({}))).toEqual([aDigest({})]);
  });

  it('2,000 open alerts of one rule are records that each fit into a frame, and lack none', () => {
    const open = Array.from({ length: 2_000 }, (_, index) => anOpen({ rule: 'service', instance: `unit-${index}` }));
    const parts = digestParts(aDigest({ open, judged: ['service'] }));
    expect(parts.length).toBeGreaterThan(10);
    expect(Math.max(...sizesOf(parts))).toBeLessThan(FRAME_MAX_BYTES - 1_024);
    expect(parts.flatMap((part) => part.open).toSorted(comparePlaces)).toEqual(open.toSorted(comparePlaces));
    expect(parts.every(({ judged }) => judged.includes('service'))).toBe(true);
    expect(parts.flatMap((part) => recordBody.safeParse(part).error ?? [])).toEqual([]);
  });

  it.each([
    [
      'undecided instances',
      aDigest({ undecided: Array.from({ length: 1_200 }, (_, n) => ({ rule: 'a', instance: `${n}` })) }),
    ],
    ['judged rules', aDigest({ judged: Array.from({ length: 1_200 }, (_, n) => `rule-${n}`) })],
    [
      'very long names',
      aDigest({
        open: Array.from({ length: 60 }, (_, n) => anOpen({ rule: 'a', instance: `${n}${'é'.repeat(500)}` })),
      }),
    ],
  ])('so are very many %s', (_what, digest) => {
    const parts = digestParts(digest);
    expect(parts.length).toBeGreaterThan(1);
    expect(Math.max(...sizesOf(parts))).toBeLessThan(FRAME_MAX_BYTES - 1_024);
    expect(parts.flatMap((part) => recordBody.safeParse(part).error ?? [])).toEqual([]);
  });

  it('the ranges are without a hole and do not overlap', () => {
    const open = Array.from({ length: 900 }, (_, n) => anOpen({ rule: `rule-${n % 7}`, instance: `/${n}` }));
    const ranges = digestParts(aDigest({ open, judged: ['rule-1', 'rule-x'] })).map(({ range }) => range);
    expect(ranges[0]).not.toHaveProperty('after');
    expect(ranges.at(-1)).not.toHaveProperty('to');
    for (const [index, range] of ranges.slice(1).entries()) expect(range?.after).toEqual(ranges[index]?.to);
  });

  it('a rule whose place is the last of a record is judged in the next one too, where its instances are', () => {
    const undecided = [
      ...Array.from({ length: 498 }, (_, n) => ({ rule: 'a', instance: `${n}` })),
      ...Array.from({ length: 20 }, (_, n) => ({ rule: 'c', instance: `${n}` })),
    ];
    const parts = digestParts(aDigest({ undecided, judged: ['b'] }));
    expect(parts[0]?.range).toEqual({ to: { rule: 'b', instance: '' } });
    const left = [{ rule: 'b', instance: '/' }];
    expect(endedBy(parts, left)).toEqual(left);
  });

  it('end on the server what the whole would end, and nothing else', () => {
    const rule = fc.constantFrom('a', 'a.b', 'b', 'ü', 'z');
    const instance = fc.oneof(fc.constant(''), fc.nat(900).map(String), fc.constantFrom('é', '𝄞', '\u{ffff}'));
    const places = fc.uniqueArray(fc.record({ rule, instance }), {
      maxLength: 900,
      size: 'max',
      selector: (place) => `${place.rule}\n${place.instance}`,
    });
    fc.assert(
      fc.property(places, places, fc.uniqueArray(rule), (theirs, ours, judged) => {
        const digest = aDigest({
          open: theirs.filter((_, index) => index % 3 > 0).map(anOpen),
          undecided: theirs.filter((_, index) => index % 3 === 0),
          judged,
        });
        expect(endedBy(digestParts(digest), ours)).toEqual(endedBy([digest], ours));
      }),
      { numRuns: 25 },
    );
  });
});
