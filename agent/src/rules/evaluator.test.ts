// Rules over readings: what fires, rises and is over, and what a reading that fails, is partial or comes late does to it.
import type { Transition } from '@fettle/shared/alert/alert';
import { findMetric } from '@fettle/shared/metric/catalog';
import { pack } from '@fettle/shared/rule/pack';
import type { Rule, ThresholdRule } from '@fettle/shared/rule/rule';
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { Evaluator } from './evaluator.ts';
import { SERVER, diskRule, minute, volumes } from './fixture.ts';
import type { Observation } from './observation.ts';

const evaluatorOf = (...rules: readonly Rule[]): Evaluator => {
  const evaluator = new Evaluator(SERVER);
  evaluator.setRules(rules, minute(0));
  return evaluator;
};

const short = ({ change, rule, instance, severity, reason }: Transition) =>
  `${change} ${rule} ${instance} ${severity}: ${reason}`;

/** Judges one observation a minute, and says what changed when. */
const judgeAll = (evaluator: Evaluator, observations: readonly (Observation | undefined)[], from = 0) =>
  observations.flatMap((observation, index) =>
    evaluator
      .judge(observation ? [observation] : [], minute(from + index), HOUR_MS)
      .map((transition) => `${from + index} ${short(transition)}`),
  );

const constantly = (percent: number, count: number): readonly Observation[] =>
  Array.from({ length: count }, () => volumes({ '/': percent }));
const FULL = constantly(90, 3);
const failed: Observation = { ...volumes({}), failed: { detail: 'no answer' } };
const partial = (observation: Observation): Observation => ({ ...observation, isPartial: true });

describe('readings', () => {
  it('fire, rise, sink and are over, each after its time', () => {
    const readings = [90, 90, 90, 97, 97, 97, 90, 90, 90, 50, 50, 50, 50].map((percent) => volumes({ '/': percent }));
    expect(judgeAll(evaluatorOf(diskRule), readings)).toEqual([
      '2 fire disk / warning: threshold',
      '5 raise disk / critical: threshold',
      '8 lower disk / warning: recovered',
      '11 resolve disk / warning: recovered',
    ]);
  });

  it('a transition says since when, under which rule, and on which readings', () => {
    const evaluator = evaluatorOf(diskRule);
    const readings = [88, 90, 92].map((percent) => volumes({ '/': percent }));
    const [fired] = readings.flatMap((seen, index) => evaluator.judge([seen], minute(index), HOUR_MS));
    expect(fired).toMatchObject({
      ruleHash: evaluator.rules[0]?.hash,
      at: minute(2).wallMs,
      since: minute(2).wallMs,
      evidence: [{ metric: 'system.filesystem.utilization', value: 0.92, mean: 0.9, threshold: 0.85 }],
    });
    const resolved = constantly(10, 3).flatMap((seen, index) => evaluator.judge([seen], minute(3 + index), HOUR_MS));
    expect(resolved).toMatchObject([{ change: 'resolve', at: minute(5).wallMs, since: minute(2).wallMs }]);
  });

  it('each instance is judged by itself', () => {
    const readings = FULL.map(() => volumes({ '/': 90, '/home': 99, '/tmp': 10 }));
    expect(judgeAll(evaluatorOf(diskRule), readings)).toEqual([
      '2 fire disk / warning: threshold',
      '2 fire disk /home critical: threshold',
    ]);
  });

  it("a rule without instances looks at the whole machine's series alone", () => {
    const metric = 'system.cpu.utilization';
    const clause = { metric, beyond: 'above', fireAt: 0.9, clearAt: 0.8 } as const;
    const level = { severity: 'warning', forMs: 0, any: [clause] } as const;
    const rule: ThresholdRule = { ...diskRule, id: 'cpu', signal: { metric }, levels: [level] };
    const cpus = (all: number, first: number): Observation => ({
      ...volumes({}),
      provides: [metric],
      measured: [
        { metric, attributes: { 'cpu.logical_number': '0' }, integer: first },
        { metric, attributes: {}, integer: all },
      ],
    });
    const seen = [cpus(100, 1000), cpus(1000, 100)];
    expect(judgeAll(evaluatorOf(rule), seen)).toEqual(['1 fire cpu  warning: threshold']);
  });

  it('a machine that has just started is left its grace', () => {
    const evaluator = evaluatorOf({ ...diskRule, graceMs: 10 * MINUTE_MS });
    const uptimes = [7, 8, 9, 10, 11, 12, 13].map((uptime) => uptime * MINUTE_MS);
    const changes = uptimes.map((uptime, index) => evaluator.judge([volumes({ '/': 90 })], minute(index), uptime));
    expect(changes.map(({ length }) => length)).toEqual([0, 0, 0, 0, 0, 1, 0]);
  });

  it('what was pending starts again after the machine slept', () => {
    const evaluator = evaluatorOf(diskRule);
    expect(judgeAll(evaluator, constantly(90, 2))).toEqual([]);
    evaluator.interrupt(minute(2));
    expect(judgeAll(evaluator, constantly(90, 3), 2)).toEqual(['4 fire disk / warning: threshold']);
  });

  it.each([
    ['five of six half minutes, of which two were seen before', 2, 3],
    ['fifteen of eighteen', 6, 14],
  ])('another rhythm keeps what was seen and looks back as far: %s', (_name, perMinute, firesAt) => {
    const evaluator = evaluatorOf(diskRule);
    judgeAll(evaluator, constantly(90, 2));
    const faster = { ...volumes({ '/': 90 }), everyMs: MINUTE_MS / perMinute };
    const changes = Array.from({ length: 30 }, (_, index) =>
      evaluator.judge([faster], minute(2 + index / perMinute), HOUR_MS),
    );
    expect(changes.flat().map(short)).toEqual(['fire disk / warning: threshold']);
    expect(changes.findIndex((found) => found.length > 0)).toBe(firesAt);
  });
});

describe('a reading that failed', () => {
  it('changes nothing: what is open stays, what is not does not fire', () => {
    const evaluator = evaluatorOf(diskRule);
    judgeAll(evaluator, FULL);
    expect(
      judgeAll(
        evaluator,
        Array.from({ length: 5 }, () => failed),
        3,
      ),
    ).toEqual([]);
    expect(evaluator.entries).toMatchObject([{ state: { phase: 'firing', stale: 'no answer' } }]);
  });

  it.each([
    ['another collector', { ...volumes({}), provides: ['system.uptime'] }],
    ['nothing at all', undefined],
  ])('%s says nothing about it', (_name, observation) => {
    const evaluator = evaluatorOf(diskRule);
    judgeAll(evaluator, FULL);
    expect(judgeAll(evaluator, [observation, observation, observation], 3)).toEqual([]);
    expect(evaluator.entries).toMatchObject([{ state: { phase: 'firing' }, absences: 0 }]);
  });
});

describe('an instance that is not there', () => {
  const nothing = volumes({});

  it.each([
    ['gone in two complete readings is over', [nothing, nothing], ['4 resolve disk / warning: instance removed']],
    ['gone in one is not', [nothing, volumes({ '/': 90 }), nothing], []],
    ['missing in partial readings is not', [nothing, partial(nothing), partial(nothing)], []],
    ['missing while nothing can be read is not', [nothing, failed, failed], []],
  ])('%s', (_name, readings, expected) => {
    const evaluator = evaluatorOf(diskRule);
    judgeAll(evaluator, FULL);
    expect(judgeAll(evaluator, readings, 3)).toEqual(expected);
  });

  it('a partial reading is judged as far as it goes', () => {
    expect(judgeAll(evaluatorOf(diskRule), FULL.map(partial))).toEqual(['2 fire disk / warning: threshold']);
  });

  it('is forgotten, and makes room: instances are bounded', () => {
    const many = (from: number) =>
      volumes(Object.fromEntries(Array.from({ length: 2_001 }, (_, index) => [`/${from + index}`, 10])));
    const evaluator = evaluatorOf(diskRule);
    judgeAll(evaluator, [many(0)]);
    expect([evaluator.entries.length, evaluator.dropped]).toEqual([2_000, 1]);
    judgeAll(evaluator, [nothing, nothing], 1);
    expect(evaluator.entries).toEqual([]);
    judgeAll(evaluator, [many(5_000)], 3);
    expect(evaluator.entries).toHaveLength(2_000);
  });
});

describe('a sibling metric', () => {
  const FREE = 'fettle.filesystem.available';
  const rule: ThresholdRule = {
    ...diskRule,
    levels: diskRule.levels.map((level) => ({
      ...level,
      forMs: MINUTE_MS,
      any: level.any.map((clause) => ({ ...clause, guards: [{ metric: FREE, below: 2 ** 30 }] })),
    })),
  };
  const free = (bytes: number): Observation => ({
    ...volumes({}),
    provides: [FREE],
    measured: [{ metric: FREE, attributes: { 'system.filesystem.mountpoint': '/' }, integer: bytes / 4096 }],
  });

  it.each([
    ['counts while it is fresh', 2, 1],
    ['is not known any more after two and a half of its intervals', 3, 0],
  ])('%s', (_name, age, fires) => {
    const evaluator = evaluatorOf(rule);
    evaluator.judge([free(4096)], minute(0), HOUR_MS);
    expect(evaluator.judge([volumes({ '/': 90 })], minute(age), HOUR_MS)).toHaveLength(fires);
  });

  it('that is not bad enough holds the rule back', () => {
    const evaluator = evaluatorOf(rule);
    expect(evaluator.judge([free(2 ** 31), volumes({ '/': 90 })], minute(0), HOUR_MS)).toEqual([]);
  });
});

describe('a metric that two collectors give', () => {
  const other = (percents: Readonly<Record<string, number>>): Observation => ({
    ...volumes(percents),
    source: 'other',
  });

  it('is judged from both, and what one does not see may be the other’s', () => {
    const evaluator = evaluatorOf(diskRule);
    const told = Array.from({ length: 6 }, (_, index) =>
      evaluator.judge([volumes({ '/': 90 }), other({ '/data': 97 })], minute(index), HOUR_MS).map(short),
    );
    expect(told.flat()).toEqual(['fire disk / warning: threshold', 'fire disk /data critical: threshold']);
    expect(evaluator.entries.map(({ instance, absences }) => [instance, absences])).toEqual([
      ['/', 0],
      ['/data', 0],
    ]);
  });

  it('one that fails freezes what is its own alone', () => {
    const evaluator = evaluatorOf(diskRule);
    evaluator.judge([volumes({ '/': 10 }), other({ '/data': 10 })], minute(0), HOUR_MS);
    evaluator.judge([{ ...other({}), failed: { detail: 'no answer' } }, volumes({ '/': 10 })], minute(1), HOUR_MS);
    expect(evaluator.entries.map(({ state }) => state.stale)).toEqual([undefined, 'no answer']);
  });

  it('what one of them does not see any more is gone, whatever the other sees', () => {
    const evaluator = evaluatorOf(diskRule);
    for (const at of [0, 1, 2]) evaluator.judge([volumes({ '/': 90 }), other({ '/data': 10 })], minute(at), HOUR_MS);
    const told = [3, 4].flatMap((at) => evaluator.judge([volumes({}), other({ '/data': 10 })], minute(at), HOUR_MS));
    expect(told.map(short)).toEqual(['resolve disk / warning: instance removed']);
  });

  it('no conclusion is told before each of them has been read twice', () => {
    const evaluator = evaluatorOf(diskRule);
    for (const at of [0, 1, 2]) evaluator.judge([volumes({ '/': 10 })], minute(at), HOUR_MS);
    expect(evaluator.digest(0).judged).toEqual(['disk']);
    evaluator.judge([other({})], minute(3), HOUR_MS);
    expect(evaluator.digest(0).judged).toEqual([]);
  });
});

describe('a rule on some of the instances', () => {
  it('looks at these alone', () => {
    const rule: ThresholdRule = { ...diskRule, signal: { ...diskRule.signal, only: ['/home'] } };
    const readings = FULL.map(() => volumes({ '/': 90, '/home': 99 }));
    expect(judgeAll(evaluatorOf(rule), readings)).toEqual(['2 fire disk /home critical: threshold']);
  });
});

it('rules that this version cannot judge are named, with the reason', () => {
  const unknown: Rule = { ...diskRule, id: 'new', signal: { metric: 'of.a.newer.version' } };
  expect(evaluatorOf(unknown, diskRule).leftOut).toEqual([
    { rule: 'new', why: 'Rule new: there is no metric of.a.newer.version.' },
  ]);
});

it('the pack can be judged on every device', () => {
  const signals = evaluatorOf(...pack).rules.map(({ rule }) => rule.signal.metric);
  expect(signals.length).toBeGreaterThan(4);
  expect(signals.map(findMetric)).not.toContain(undefined);
});
