// A rule set that changes while alerts are open: each is judged under its new rule, and nothing is told twice.
import type { Rule, ThresholdRule } from '@fettle/shared/rule/rule';
import { HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { Evaluator } from './evaluator.ts';
import { SERVER, diskRule, minute, volumes } from './fixture.ts';

/** An evaluator with one open alert, of a volume at `percent`. */
const openAt = (percent: number): Evaluator => {
  const evaluator = new Evaluator(SERVER);
  evaluator.setRules([diskRule], minute(0));
  for (const at of [0, 1, 2]) evaluator.judge([volumes({ '/': percent })], minute(at), HOUR_MS);
  return evaluator;
};

/** The rule with other thresholds, in percent, as [fire, clear]. */
const withLevels = (...thresholds: readonly (readonly [number, number])[]): ThresholdRule => ({
  ...diskRule,
  levels: diskRule.levels.slice(0, thresholds.length).map((level, index) => {
    const [fireAt, clearAt] = thresholds[index] ?? [0, 0];
    return { ...level, any: level.any.map((clause) => ({ ...clause, fireAt: fireAt / 100, clearAt: clearAt / 100 })) };
  }),
});

type Row = {
  readonly name: string;
  readonly percent: number;
  readonly rules: readonly Rule[];
  readonly told: readonly object[];
  /** severity of what stands open after it */
  readonly open: readonly string[];
};

const otherMetric: Rule = { ...diskRule, signal: { ...diskRule.signal, metric: 'fettle.filesystem.readonly' } };
const unknownMetric: Rule = { ...diskRule, signal: { ...diskRule.signal, metric: 'fettle.of.a.newer.version' } };
const unknownThreshold: Rule = {
  ...diskRule,
  levels: [
    {
      ...diskRule.levels[0],
      severity: 'warning',
      forMs: 0,
      any: [{ metric: 'no.such', beyond: 'above', fireAt: 1, clearAt: 0 }],
    },
  ],
};
const over = { change: 'resolve', reason: 'rule changed' };

describe('an open alert, when the rule set changes', () => {
  it.each<Row>([
    {
      name: 'nothing is told when its rule is the same',
      percent: 90,
      rules: [{ ...diskRule }],
      told: [],
      open: ['warning'],
    },
    {
      name: 'it is the same episode when it is still bad',
      percent: 90,
      rules: [withLevels([70, 60], [95, 93])],
      told: [],
      open: ['warning'],
    },
    {
      name: 'it is over when it is not bad any more',
      percent: 90,
      rules: [withLevels([91, 80], [95, 93])],
      told: [over],
      open: [],
    },
    {
      name: 'it sinks to the level that is still bad',
      percent: 97,
      rules: [withLevels([85, 80], [98, 93])],
      told: [{ change: 'lower', severity: 'warning', reason: 'rule changed' }],
      open: ['warning'],
    },
    { name: 'it is over when the rule is gone', percent: 90, rules: [], told: [over], open: [] },
    {
      name: 'it is over when the rule is for other devices now',
      percent: 90,
      rules: [{ ...diskRule, scope: { classes: ['laptop'] } }],
      told: [over],
      open: [],
    },
    {
      name: 'it is over when the rule asks for what nobody here knows',
      percent: 90,
      rules: [unknownThreshold],
      told: [over],
      open: [],
    },
    {
      name: 'it stays until something is read when the rule looks at something else',
      percent: 90,
      rules: [otherMetric],
      told: [],
      open: ['warning'],
    },
    {
      name: 'it is over when nobody here knows what the rule looks at',
      percent: 90,
      rules: [unknownMetric],
      told: [over],
      open: [],
    },
  ])('$name', ({ percent, rules, told, open }) => {
    const evaluator = openAt(percent);
    expect(evaluator.setRules(rules, minute(3))).toMatchObject(told);
    expect(evaluator.setRules(rules, minute(3))).toEqual([]);
    expect(evaluator.digest(0).open.map(({ severity }) => severity)).toEqual(open);
  });

  it('what is open keeps the time when it fired', () => {
    const evaluator = openAt(90);
    evaluator.setRules([withLevels([70, 60], [95, 93])], minute(3));
    expect(evaluator.digest(0).open).toMatchObject([{ since: minute(2).wallMs, ruleHash: evaluator.rules[0]?.hash }]);
  });
});

it('a rule that cannot be judged here harms no other', () => {
  const evaluator = new Evaluator(SERVER);
  const broken = { ...unknownThreshold, id: 'broken' };
  expect(evaluator.setRules([broken, diskRule], minute(0))).toEqual([]);
  const changes = [0, 1, 2].flatMap((at) => evaluator.judge([volumes({ '/': 90 })], minute(at), HOUR_MS));
  expect(changes).toMatchObject([{ change: 'fire', rule: 'disk' }]);
});

it('what was pending begins anew under a changed rule', () => {
  const evaluator = new Evaluator(SERVER);
  evaluator.setRules([diskRule], minute(0));
  for (const at of [0, 1]) evaluator.judge([volumes({ '/': 90 })], minute(at), HOUR_MS);
  expect(evaluator.setRules([withLevels([88, 80], [95, 93])], minute(2))).toEqual([]);
  expect(evaluator.judge([volumes({ '/': 90 })], minute(2), HOUR_MS)).toMatchObject([{ change: 'fire' }]);
});
