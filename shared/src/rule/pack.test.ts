import { describe, expect, it } from 'vitest';

import { findMetric } from '../metric/catalog.ts';
import { compileRule } from './compile.ts';
import { contentHash, fnv1a64 } from './hash.ts';
import { isJudged, pack } from './pack.ts';
import { ruleSchema } from './rule.schema.ts';
import { type Rule, metricsOf } from './rule.ts';

describe('the pack', () => {
  it.each(pack)('$id is what the schema says a rule is, and the schema says what the type says', (rule) => {
    const parsed: Rule = ruleSchema.parse(structuredClone(rule));
    expect(parsed).toEqual(rule);
  });

  it.each(pack.filter(isJudged))('$id looks at metrics of the catalogue, with an urgency for each level', (rule) => {
    expect(metricsOf(rule).filter((metric) => findMetric(metric) === undefined)).toEqual([]);
    expect(rule.urgency).toHaveLength(rule.levels.length);
    expect(() => compileRule(rule, 'desktop')).not.toThrow();
  });

  it('has each id once', () => {
    expect(new Set(pack.map((rule) => rule.id)).size).toBe(pack.length);
  });

  it('a threshold outside the catalogue is refused by name', () => {
    const [rule] = pack;
    if (rule?.kind !== 'threshold') throw new Error('the first rule is a threshold rule');
    const [level] = rule.levels;
    if (!level) throw new Error('it has a level');
    const wrong = { ...rule, levels: [{ ...level, any: level.any.map((clause) => ({ ...clause, fireAt: 85 })) }] };
    expect(() => compileRule(wrong, 'server')).toThrow(
      /disk\.space: 85 is no value of system\.filesystem\.utilization/,
    );
  });
});

describe('contentHash', () => {
  it('does not depend on the order of keys, and does on everything else', () => {
    expect(contentHash({ a: 1, b: [1, 2] })).toBe(contentHash({ b: [1, 2], a: 1 }));
    expect(contentHash({ a: 1 })).not.toBe(contentHash({ a: 2 }));
    expect(contentHash([1, 2])).not.toBe(contentHash([2, 1]));
  });

  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])('agrees with the published FNV-1a vector for "%s"', (text, expected) => {
    expect(fnv1a64(text)).toBe(expected);
  });
});
