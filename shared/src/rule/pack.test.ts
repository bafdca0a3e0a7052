import { describe, expect, it } from 'vitest';

import { findMetric } from '../metric/catalog.ts';
import { FRAME_MAX_BYTES } from '../wire/limits.ts';
import { compileRule } from './compile.ts';
import { contentHash, ruleHash, ruleSetVersion } from './hash.ts';
import { pack } from './pack.ts';
import { ruleSchema } from './rule.schema.ts';
import { type Rule, isJudged, isLasting, metricsOf } from './rule.ts';

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

  it('fits into one welcome, with room for as much again as a third', () => {
    const welcome = JSON.stringify({ type: 'rules', ruleSet: { version: ruleSetVersion(pack), rules: pack } });
    expect(Buffer.byteLength(welcome)).toBeLessThan((FRAME_MAX_BYTES * 3) / 4);
  });

  it.each(pack)('$id has a text and two to four steps for people', ({ title, text, steps }) => {
    expect(title).toMatch(/^[A-Z].{5,60}[^.]$/);
    expect(text).toMatch(/^[A-Z].{20,}\.$/);
    expect(steps.length).toBeGreaterThanOrEqual(2);
    expect(steps.length).toBeLessThanOrEqual(4);
    // backquotes come in pairs: what is between them is a command
    expect(steps.filter((step) => step.split('`').length % 2 === 0)).toEqual([]);
  });

  it.each(pack.filter(isJudged))('$id is told by a severity that rises with its levels, each of them once', (rule) => {
    const severities = rule.levels.map(({ severity }) => severity);
    expect(severities).toEqual([...new Set(severities)].toSorted((one) => (one === 'warning' ? -1 : 1)));
  });

  it.each(['reboot.pending', 'reboot.pending.server', 'patches.security', 'os.eol', 'ssd.wear', 'collector.blind'])(
    '%s is a posture: it opens no ticket of its own',
    (id) => {
      expect(pack.find((rule) => rule.id === id)?.ticket).toEqual({ atOnce: [] });
    },
  );

  it('no rule on events or changes asks for a ticket by a reading: those are not in its memory', () => {
    const asking = pack.filter(isLasting).filter(({ ticket }) => ticket.when?.some((when) => 'metric' in when));
    expect(asking).toEqual([]);
  });

  it.each(['service', 'disk-health', 'backup'])(
    'the family %s has one kind of instance: its rules share a ticket',
    (family) => {
      const keys = pack
        .filter(isJudged)
        .filter((rule) => rule.family === family)
        .map(({ signal }) => signal.by);
      expect(new Set(keys).size).toBeLessThanOrEqual(1);
    },
  );

  it.each(pack.filter(isJudged))('$id looks at states that there are', (rule) => {
    if (rule.kind !== 'state') return;
    const states = Object.values(findMetric(rule.signal.metric)?.states ?? {});
    for (const { bad } of rule.levels) expect(states).toEqual(expect.arrayContaining([...bad]));
  });

  it.each(pack.filter(isJudged))('$id names its instances by a key that its metrics have', (rule) => {
    const { by } = rule.signal;
    const lacking = metricsOf(rule).filter(
      (metric) => by !== undefined && !findMetric(metric)?.attributes.includes(by),
    );
    expect(lacking).toEqual([]);
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

describe('ruleHash', () => {
  it('is that of the content, and the version of a set changes with each of its rules', () => {
    expect(pack.map(ruleHash)).toEqual(pack.map(contentHash));
    expect(ruleSetVersion(pack.slice(1))).not.toBe(ruleSetVersion(pack));
  });
});

describe('contentHash', () => {
  it('does not depend on the order of keys, and does on everything else', () => {
    expect(contentHash({ a: 1, b: [1, 2] })).toBe(contentHash({ b: [1, 2], a: 1 }));
    expect(contentHash({ a: 1 })).not.toBe(contentHash({ a: 2 }));
    expect(contentHash([1, 2])).not.toBe(contentHash([2, 1]));
  });

  it('is the beginning of what sha256sum says of the JSON', () => {
    expect(contentHash({ b: 'ü', a: [1] })).toBe('bf09f14c593f0d23');
  });
});
