// Rules as text and back: nothing changes, whatever they are.
import { pack } from '@fettle/shared/rule/pack';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ruleBookAt } from '../domain/rule-book.ts';
import { type Level, type Override, type RuleDocument, levels } from '../domain/rules/override.ts';
import { RuleShelf } from '../domain/rules/shelf.ts';
import { planOf } from './plan.ts';
import { readRuleText } from './read.ts';
import { writeRuleText } from './write.ts';

const BOOK = ruleBookAt({ divisor: 1 });

const override = (level: Level, place: string, rule: string, document: RuleDocument): Override => ({
  tenant: 'acme',
  level,
  place: level === 'tenant' ? 'acme' : place,
  rule,
  version: 1,
  document,
  author: 'kim',
  atMs: 0,
});

const standingOf = ({ level, place }: Pick<Override, 'level' | 'place'>) => ({
  tenant: 'acme',
  site: level === 'site' ? place : '',
  tags: level === 'tag' ? [place] : [],
  device: level === 'device' ? place : '',
});

const exported = (overrides: readonly Override[]) => {
  const shelf = new RuleShelf(BOOK, pack, overrides);
  return writeRuleText('acme', overrides, (one) => shelf.effective(one.rule, standingOf(one)).rule);
};

const planned = (text: string, overrides: readonly Override[]) =>
  planOf(readRuleText(text), {
    tenant: 'acme',
    shelf: new RuleShelf(BOOK, pack, overrides),
    standingOf,
    isWhole: true,
  });

describe('the rules of a tenant as text', () => {
  it('are by level and place, in the order and the words that one reads them in', () => {
    const text = exported([
      override('tag', 'vip', 'cpu.sustained', { disabled: true }),
      override('site', 'office', 'disk.space', {
        keepMs: 5_400_000,
        levels: [{ any: [{ clearAt: 0.825, fireAt: 0.9 }], forMs: 90_000 }],
      }),
      override('tenant', '', 'disk.space', { ticket: { afterMs: 1_500, when: null }, keepMs: null }),
      override('site', '2024', 'disk.space', { title: 'yes' }),
    ]);
    expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
      'format: 1',
      'tenant:',
      '  disk.space:',
      '    keepMs: null',
      '    ticket:',
      '      afterMs: 1500ms',
      '      when: null',
      'sites:',
      '  "2024":',
      '    disk.space:',
      '      title: yes',
      '  office:',
      '    disk.space:',
      '      levels:',
      '        - forMs: 90s',
      '          any:',
      '            - fireAt: 90 %',
      '              clearAt: 82.5 %',
      '      keepMs: 90m',
      'tags:',
      '  vip:',
      '    cpu.sustained:',
      '      disabled: true',
      '',
    ]);
  });

  it('without a change are an empty text', () => {
    expect(planned(exported([]), [])).toMatchObject({ changes: [], problems: [] });
  });

  it('of every rule of the pack come back as they were', () => {
    const whole = pack.map((rule) => override('tenant', '', rule.id, structuredClone(rule)));
    const own = pack
      .filter(({ kind }) => kind !== 'absence')
      .map(({ id, ...rule }) => override('site', 'office', `own.${id}`, structuredClone(rule)));
    const all = [...whole, ...own];
    expect(planned(exported(all), all)).toMatchObject({ changes: [], problems: [] });
    expect(planned(exported(all), []).changes).toHaveLength(all.length);
  });

  const ratio = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 1_000 }).map((n) => n / 1_000),
  );
  const words = fc.string({ unit: 'grapheme', maxLength: 60 });
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.constantFrom('__proto__', 'null', '1e3', '- a', '#', 'a: b', '~', '0x10', '2024'),
  );
  const document = fc.record(
    {
      disabled: fc.boolean(),
      title: words,
      text: words,
      steps: fc.array(words, { maxLength: 3 }),
      keepMs: fc.option(
        fc.oneof(
          fc.nat(),
          fc.nat(100).map((n) => n * 60_000),
        ),
      ),
      graceMs: fc.nat(),
      levels: fc.array(
        fc.record(
          { forMs: fc.nat(), any: fc.array(fc.record({ fireAt: ratio, clearAt: ratio }, { requiredKeys: [] })) },
          { requiredKeys: [] },
        ),
        { maxLength: 2 },
      ),
      ticket: fc.record({ afterMs: fc.nat(), when: fc.constant(null) }, { requiredKeys: [] }),
      anything: fc.jsonValue({ maxDepth: 4 }),
    },
    { requiredKeys: [] },
  );
  const overrides = fc.uniqueArray(
    fc
      .tuple(fc.constantFrom(...levels), name, fc.oneof(fc.constantFrom('disk.space', 'cpu.sustained'), name), document)
      .map(([level, place, rule, said]) => override(level, place, rule, said)),
    { selector: ({ level, place, rule }) => JSON.stringify([level, place, rule]), maxLength: 8 },
  );

  it('come back as they were, whatever they say, and are the same text again', () => {
    fc.assert(
      fc.property(overrides, (all) => {
        const text = exported(all);
        expect(readRuleText(text).problems).toEqual([]);
        expect(planned(text, all).changes).toEqual([]);
        expect(exported(all.toReversed())).toBe(text);
      }),
      { numRuns: 100 },
    );
  });

  it('any text at all is read or refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string({ unit: fc.constantFrom(...'{}[]:-&*!?|>%@"\'# \n\ta1'.split('')) }),
        ),
        (text) => {
          const { problems } = readRuleText(text);
          for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThan(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});
