// One step after the other: what phase each reading leads to. Whole traces of real rules are in step.test.ts.
import { describe, expect, it } from 'vitest';

import { MINUTE_MS, SECOND_MS } from '../time.ts';
import { compileRule } from './compile.ts';
import { plain } from './fixture.ts';
import { memoryFor, remember } from './remember.ts';
import type { JudgedRule, StateLevel, ThresholdLevel } from './rule.ts';
import { type RuleState, type Step, initialState, step } from './step.ts';

const common = { ...plain, id: 'r', keepMs: 5 * MINUTE_MS } as const;

const [USED, COMMITTED] = ['system.memory.utilization', 'fettle.memory.commit.utilization'] as const;
const over = (minutes: number, fireAt: number, metric: string = USED): ThresholdLevel => ({
  severity: 'warning',
  forMs: minutes * MINUTE_MS,
  any: [{ metric, beyond: 'above', fireAt, clearAt: fireAt - 0.05 }],
});
const threshold = (...levels: readonly ThresholdLevel[]): JudgedRule => ({
  ...common,
  kind: 'threshold',
  signal: { metric: USED },
  levels,
});

const GOOD = 0;
const BAD = 2;
const down = (minutes: number, readings = 1): StateLevel => ({
  severity: 'warning',
  forMs: minutes * MINUTE_MS,
  bad: [BAD],
  readings,
});
const stateOf = (...levels: readonly StateLevel[]): JudgedRule => ({
  ...common,
  kind: 'state',
  signal: { metric: 'fettle.raid.state', by: 'hw.name' },
  levels,
});

type Reading = readonly [minute: number, ...row: readonly number[]];

/** The step that each reading is. */
const follow = (judged: JudgedRule, readings: readonly Reading[], everyMs = MINUTE_MS): readonly Step[] => {
  const rule = compileRule(judged, 'server');
  const ring = memoryFor(rule, everyMs);
  let state = initialState((readings[0]?.[0] ?? 0) * MINUTE_MS);
  return readings.map(([minute, ...row]) => {
    const at = Math.round(minute * MINUTE_MS);
    remember(ring, rule, { at, row, from: state.from });
    const next = step(state, { kind: 'sample', window: ring, everyMs }, rule, at);
    state = next.state;
    return next;
  });
};
const phases = (rule: JudgedRule, ...readings: readonly Reading[]) =>
  follow(rule, readings).map(({ state }) => state.phase);
const told = (rule: JudgedRule, readings: readonly Reading[], everyMs = MINUTE_MS) =>
  follow(rule, readings, everyMs).flatMap(({ transition }, index) =>
    transition ? [`${readings[index]?.[0]} ${transition.change} ${transition.level} ${transition.reason}`] : [],
  );
/** The same reading each minute, both ends included. */
const each = (from: number, to: number, ...row: readonly number[]): readonly Reading[] =>
  Array.from({ length: to - from + 1 }, (_, index) => [from + index, ...row]);
const times = <T>(count: number, one: T): readonly T[] => Array.from({ length: count }, () => one);

describe('pending', () => {
  it('of a threshold: from the first bad reading until the longest window has passed without a fire', () => {
    const rule = threshold(over(4, 0.5), over(2, 0.9));
    const readings: readonly Reading[] = [[7, 100], [8, 600], ...each(9, 13, 100)];
    expect(phases(rule, ...readings)).toEqual(['ok', ...times(4, 'pending'), 'ok', 'ok']);
    expect(follow(rule, readings).map(({ state }) => state.since / MINUTE_MS)).toEqual([7, 8, 8, 8, 8, 12, 12]);
  });

  it('of a state: from the first bad reading to the first good one', () => {
    const seen = phases(stateOf(down(9)), [0, GOOD], [1, BAD], [2, BAD], [3, GOOD], [4, GOOD], [5, BAD]);
    expect(seen.join(' ')).toBe('ok pending pending ok ok pending');
  });

  it('of a state that must be bad so many times: until it was', () => {
    expect(phases(stateOf(down(0, 4)), ...each(0, 3, BAD))).toEqual(['pending', 'pending', 'pending', 'firing']);
  });
});

describe('a gap', () => {
  it.each<{ name: string; rule: JudgedRule; everySeconds: number; gapSeconds: number; isOne: boolean }>([
    {
      name: 'of two and a half readings is none',
      rule: stateOf(down(5)),
      everySeconds: 60,
      gapSeconds: 150,
      isOne: false,
    },
    { name: 'of more than that is one', rule: stateOf(down(5)), everySeconds: 60, gapSeconds: 151, isOne: true },
    { name: 'of a third of the time is none', rule: stateOf(down(5)), everySeconds: 10, gapSeconds: 100, isOne: false },
    { name: 'of more than a third is one', rule: stateOf(down(5)), everySeconds: 10, gapSeconds: 101, isOne: true },
    {
      name: 'is measured by the shortest level',
      rule: stateOf(down(5), down(60)),
      everySeconds: 10,
      gapSeconds: 101,
      isOne: true,
    },
  ])('$name', ({ rule, everySeconds, gapSeconds, isOne }) => {
    const end = 2 + gapSeconds / 60;
    const readings: readonly Reading[] = [
      [0, BAD],
      [1, BAD],
      [2, BAD],
      ...each(0, 9, BAD).map(([m]) => [end + m, BAD] as const),
    ];
    const [fired] = told(rule, readings, everySeconds * SECOND_MS);
    // bad for five minutes: since the beginning, or since the gap
    expect(fired?.split(' ')[0]).toBe(String(isOne ? end + 5 : readings.find(([minute]) => minute >= 5)?.[0]));
  });
});

describe('what interrupts', () => {
  const rule = stateOf(down(5));
  const firing: RuleState = { phase: 'firing', level: 0, since: 3, from: 1 };
  const pending: RuleState = { phase: 'pending', level: -1, since: 3, from: 1 };

  it.each<[name: string, state: RuleState, after: RuleState]>([
    ['pending begins again', pending, { phase: 'ok', level: -1, since: 9, from: 9 }],
    ['firing stays, and readings from before count no more', firing, { ...firing, from: 9 }],
    ['clearing begins again', { ...firing, phase: 'clearing' }, { ...firing, from: 9 }],
  ])('%s', (_name, state, after) => {
    expect(step(state, { kind: 'interrupted' }, compileRule(rule, 'server'), 9)).toEqual({ state: after });
  });

  it('a gap while it clears makes the clearing begin again', () => {
    const readings: readonly Reading[] = [...each(0, 5, BAD), ...each(6, 10, GOOD), ...each(13, 20, GOOD)];
    expect(told(rule, readings)).toEqual(['5 fire 0 threshold', '18 resolve 0 recovered']);
  });

  it.each<[name: string, state: RuleState, isTold: boolean]>([
    ['firing is resolved when its instance is gone', firing, true],
    ['clearing too', { ...firing, phase: 'clearing' }, true],
    ['pending is over without a word', pending, false],
  ])('%s', (_name, state, isTold) => {
    const { state: after, transition } = step(state, { kind: 'gone' }, compileRule(rule, 'server'), 9);
    expect(after).toEqual({ phase: 'ok', level: -1, since: 9, from: 1 });
    expect(transition).toEqual(isTold ? { change: 'resolve', level: 0, reason: 'instance removed' } : undefined);
  });

  it('what was resolved fires again when it is bad again', () => {
    const readings: readonly Reading[] = [...each(0, 5, BAD), ...each(6, 11, GOOD), ...each(12, 17, BAD)];
    expect(told(rule, readings)).toEqual(['5 fire 0 threshold', '11 resolve 0 recovered', '17 fire 0 threshold']);
  });
});

describe('levels', () => {
  it('are told with what each was judged on', () => {
    const rule = threshold(over(0, 0.5), over(0, 0.9));
    const readings: readonly Reading[] = [[0, 600], [1, 950], ...each(2, 7, 600), ...each(8, 13, 100)];
    expect(told(rule, readings)).toEqual([
      '0 fire 0 threshold',
      '1 raise 1 threshold',
      '6 lower 0 recovered',
      '12 resolve 0 recovered',
    ]);
    expect(
      follow(rule, readings)
        .slice(0, 7)
        .map(({ state }) => state.since),
    ).toEqual(times(7, 0));
  });

  it('it never recovers to a higher one, even where that one is not clear', () => {
    const rule = threshold(over(0, 0.5), over(0, 0.9, COMMITTED));
    const readings: readonly Reading[] = [[0, 600, 870], ...each(1, 6, 100, 870)]; // 87 %: neither beyond 90 % nor below 85 %
    expect(told(rule, readings)).toEqual(['0 fire 0 threshold', '5 resolve 0 recovered']);
  });
});
