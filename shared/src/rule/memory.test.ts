// How many rows each kind of rule keeps, and which. That they are enough to judge by is in remember.test.ts.
import { describe, expect, it } from 'vitest';

import { DAY_MS, MINUTE_MS, SECOND_MS } from '../time.ts';
import { compileRule } from './compile.ts';
import { plain } from './fixture.ts';
import { memoryFor, remember } from './remember.ts';
import type { ChangeRule, JudgedRule, StateLevel } from './rule.ts';
import { MISSING, type Ring } from './window.ts';

const common = { ...plain, id: 'r', keepMs: MINUTE_MS } as const;

const threshold = (forMs: number): JudgedRule => {
  const clause = { metric: 'system.memory.utilization', beyond: 'above', fireAt: 0.9, clearAt: 0.8 } as const;
  const levels = [{ severity: 'warning', forMs, any: [clause] }] as const;
  return { ...common, kind: 'threshold', signal: { metric: clause.metric }, levels };
};
const bad = (states: readonly number[], change: Partial<StateLevel> = {}): StateLevel => ({
  severity: 'warning',
  forMs: 5 * MINUTE_MS,
  bad: states,
  readings: 1,
  ...change,
});
const state = (...levels: readonly StateLevel[]): JudgedRule => ({
  ...common,
  kind: 'state',
  signal: { metric: 'fettle.raid.state' },
  levels,
});
const event = (...counts: readonly number[]): JudgedRule => {
  const levels = counts.map((count) => ({ severity: 'warning', count, withinMs: DAY_MS }) as const);
  return { ...common, kind: 'event', signal: { metric: 'fettle.log.crash' }, levels };
};
const SECTORS = 'fettle.disk.sectors.pending';
const change = (...any: ChangeRule['levels'][number]['any']): JudgedRule => {
  const levels = [{ severity: 'warning', any }] as const;
  return { ...common, kind: 'change', signal: { metric: SECTORS }, levels };
};
const rise = (by: number) => ({ metric: SECTORS, rise: by, withinMs: DAY_MS });

describe('the rows kept at most', () => {
  it.each<[name: string, rule: JudgedRule, everyMs: number, rows: number]>([
    ['all readings of a threshold, and one beyond each end', threshold(10 * MINUTE_MS), 10 * SECOND_MS, 62],
    ['of a long one no more than eleven hours', threshold(DAY_MS), 10 * SECOND_MS, 4_096],
    ['one run of a state, however long its time', state(bad([2], { forMs: DAY_MS, readings: 5 })), SECOND_MS, 6],
    ['a run is its two ends at least', state(bad([2])), MINUTE_MS, 3],
    ['of a state with two levels all readings', state(bad([1, 2]), bad([2])), MINUTE_MS, 7],
    ['or one run, where that is more', state(bad([1, 2], { readings: 9 }), bad([2])), MINUTE_MS, 10],
    ['but no more than many runs', state(bad([1, 2], { forMs: DAY_MS }), bad([2])), MINUTE_MS, 256],
    ['of events a few', event(3), MINUTE_MS, 32],
    ['or as many as the largest count', event(3, 40), MINUTE_MS, 40],
    ['but no more than a thousand', event(5_000), MINUTE_MS, 1_024],
    ['of changes a few', change(rise(10)), MINUTE_MS, 32],
    ['or one for each step of every rise', change(rise(50), rise(40)), MINUTE_MS, 92],
    ['how much is too much at all needs none', change(rise(50), { metric: SECTORS, atLeast: 900 }), MINUTE_MS, 52],
  ])('%s', (_name, rule, everyMs, rows) => {
    const ring = memoryFor(compileRule(rule, 'server'), everyMs);
    for (let index = 0; index < 9_000; index += 1) ring.push(index, [index]);
    expect(ring.length).toBe(rows);
  });
});

const rowsOf = (ring: Ring) =>
  Array.from({ length: ring.length }, (_, index) => [ring.atOf(index), ring.valueOf(index, 0)]);

describe('the rows of a state', () => {
  /** Good is 0; 1 is bad for the first level, 2 and 3 for both. */
  const rule = state(bad([1, 2, 3], { forMs: DAY_MS }), bad([2, 3]));
  const one = state(bad([2], { readings: 3 }));

  it.each<{ name: string; of?: JudgedRule; values: readonly number[]; from?: number; kept: readonly number[] }>([
    { name: 'the first and the newest of a run', values: [0, 0, 0, 0, 0], kept: [0, 4] },
    { name: 'as many as must be bad, for they are counted', of: one, values: [2, 2, 2, 2, 2], kept: [0, 1, 4] },
    { name: 'both ends of each run', values: [0, 0, 0, 2, 2, 2, 0], kept: [0, 2, 3, 5, 6] },
    { name: 'states that are equally bad are one run', values: [2, 3, 2, 3], kept: [0, 3] },
    { name: 'not so where one level tells them apart', values: [1, 2, 1, 2], kept: [0, 1, 2, 3] },
    { name: 'no reading is neither good nor bad', values: [0, 0, 0, MISSING, 0, 0, 0], kept: [0, 2, 3, 4, 6] },
    { name: 'and a run of its own', values: [MISSING, MISSING, MISSING, MISSING, 2], kept: [0, 3, 4] },
    { name: 'what counts no more is not part of the run', values: [2, 2, 2, 2, 2, 2], from: 2, kept: [0, 1, 2, 5] },
  ])('$name', ({ of = rule, values, from = 0, kept }) => {
    const compiled = compileRule(of, 'server');
    const ring = memoryFor(compiled, MINUTE_MS);
    const isMore = values.map((value, at) =>
      remember(ring, compiled, { at, row: [value], from: at < from ? 0 : from }),
    );
    expect(rowsOf(ring)).toEqual(kept.map((at) => [at, values[at]]));
    expect(isMore.filter(Boolean)).toHaveLength(kept.length);
  });
});

it('every reading of a threshold is a row more', () => {
  const rule = compileRule(threshold(MINUTE_MS), 'server');
  const ring = memoryFor(rule, SECOND_MS);
  expect([7, 7, MISSING].map((value, at) => remember(ring, rule, { at, row: [value], from: 0 }))).toEqual([
    true,
    true,
    true,
  ]);
  expect(ring.length).toBe(3);
});
