// What follows where a collector fails: nothing, unless the rule says otherwise, and then after the time that it says.
import { describe, expect, it } from 'vitest';

import { MINUTE_MS } from '../time.ts';
import { compileRule } from './compile.ts';
import { plain } from './fixture.ts';
import { ruleSchema } from './rule.schema.ts';
import type { Missing, StateRule, ThresholdRule } from './rule.ts';
import { type TraceEntry, runTrace } from './trace.ts';

const USED = 'system.memory.utilization';
const threshold: ThresholdRule = {
  ...plain,
  id: 'r',
  kind: 'threshold',
  signal: { metric: USED },
  levels: [
    { severity: 'warning', forMs: 0, any: [{ metric: USED, beyond: 'above', fireAt: 0.5, clearAt: 0.4 }] },
    { severity: 'critical', forMs: 0, any: [{ metric: USED, beyond: 'above', fireAt: 0.9, clearAt: 0.8 }] },
  ],
  keepMs: 0,
};
const state: StateRule = {
  ...plain,
  id: 's',
  kind: 'state',
  signal: { metric: 'fettle.raid.state', by: 'hw.name' },
  levels: [{ severity: 'critical', forMs: 0, bad: [2], readings: 1 }],
  urgency: ['high'],
  keepMs: 0,
};

const read = (minute: number, value: number): TraceEntry => ({ at: minute * MINUTE_MS, row: [value] });
const failed = (...minutes: readonly number[]): readonly TraceEntry[] =>
  minutes.map((minute) => ({ at: minute * MINUTE_MS, input: { kind: 'nothing', reason: 'timeout' } }));
const interrupted = (minute: number): TraceEntry => ({ at: minute * MINUTE_MS, input: { kind: 'interrupted' } });

const told = (rule: ThresholdRule | StateRule, missing: Missing | undefined, trace: readonly TraceEntry[]) => {
  const compiled = compileRule({ ...rule, ...(missing && { missing }) }, 'server');
  return runTrace(compiled, MINUTE_MS, trace).changes.map(
    ({ at, change, level, reason }) => `${at / MINUTE_MS} ${change} ${level} ${reason}`,
  );
};

const FIRE: Missing = { change: 'fire', afterMs: 5 * MINUTE_MS };
const RESOLVE: Missing = { change: 'resolve', afterMs: 5 * MINUTE_MS };

describe('where the collector fails', () => {
  it.each<
    [string, readonly [ThresholdRule | StateRule, Missing | undefined], readonly TraceEntry[], readonly string[]]
  >([
    ['all stays as it was', [threshold, undefined], [read(0, 600), ...failed(1, 60, 600)], ['0 fire 0 threshold']],
    [
      'an alert ends after the time of its rule, once',
      [threshold, RESOLVE],

      [read(0, 600), ...failed(1, 4, 5, 6, 60)],
      ['0 fire 0 threshold', '5 resolve 0 no data'],
    ],
    [
      'one comes after the time of its rule, once',
      [threshold, FIRE],

      [read(0, 100), ...failed(1, 4, 5, 6, 60)],
      ['5 fire 0 no data'],
    ],
    [
      'one that stands already stays as it is',
      [threshold, FIRE],

      [read(0, 950), ...failed(1, 5, 60)],
      ['0 fire 1 threshold'],
    ],
    [
      'one that came of it ends with a good reading, or is raised by a bad one',
      [threshold, FIRE],

      [read(0, 100), ...failed(5), read(6, 100), ...failed(11), read(12, 950)],
      ['5 fire 0 no data', '6 resolve 0 recovered', '11 fire 0 no data', '12 raise 1 threshold'],
    ],
    [
      'one that ended comes again with a bad reading',
      [threshold, RESOLVE],

      [read(0, 600), ...failed(5), read(6, 600)],
      ['0 fire 0 threshold', '5 resolve 0 no data', '6 fire 0 threshold'],
    ],
    [
      'a reading between begins the time anew',
      [threshold, FIRE],

      [read(0, 100), ...failed(4), read(4, 100), ...failed(8)],
      [],
    ],
    ['a boot or a sleep begins the time anew', [threshold, FIRE], [read(0, 100), interrupted(4), ...failed(8)], []],
    ['nothing is said of what was never read', [threshold, FIRE], failed(0, 5, 60), []],
    ['states have it too', [state, FIRE], [read(0, 0), ...failed(5)], ['5 fire 0 no data']],
  ])('%s', (_, [rule, missing], trace, expected) => {
    expect(told(rule, missing, trace)).toEqual(expected);
  });

  it('what is remembered says why it may be out of date, also after an end', () => {
    const compiled = compileRule({ ...threshold, missing: RESOLVE }, 'server');
    const { state: after } = runTrace(compiled, MINUTE_MS, [read(0, 600), ...failed(5)]);
    expect(after).toMatchObject({ phase: 'ok', level: -1, stale: 'timeout' });
  });

  it('a rule says it in one form, and not where it looks back over days', () => {
    const parse = (missing: unknown, rule: object = threshold) => ruleSchema.safeParse({ ...rule, missing }).success;
    expect([FIRE, RESOLVE].map((missing) => parse(missing))).toEqual([true, true]);
    expect(parse({ change: 'keep', afterMs: 1 })).toBe(false);
    expect(parse({ change: 'fire', afterMs: 0 })).toBe(false);
    expect(parse({ change: 'fire' })).toBe(false);
    const event = { ...threshold, kind: 'event', levels: [{ severity: 'warning', count: 1, withinMs: 1 }] };
    expect([ruleSchema.safeParse(event).success, parse(FIRE, event)]).toEqual([true, false]);
  });
});
