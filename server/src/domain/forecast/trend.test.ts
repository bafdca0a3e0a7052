import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { expect, it } from 'vitest';

import { NOW } from '../../fixture.ts';
import { ruleBookAt, trendRule } from '../rule-book.ts';
import { type Sample, forecastOf } from './forecast.ts';
import { type TrendState, stepTrend } from './trend.ts';

const RULE = trendRule(ruleBookAt({ divisor: 1 }));
if (!RULE) throw new Error('no rule that looks ahead');

/** What comes of each look, an hour apart: "+" fires, "-" ends, "." nothing. */
const looks = (daysLeft: readonly (number | undefined)[]): string => {
  let state: TrendState | undefined;
  return daysLeft
    .map((days, hour) => {
      const step = stepTrend(state, days === undefined ? undefined : days * DAY_MS, RULE, NOW + hour * HOUR_MS);
      state = step.state;
      return step.change === 'fire' ? '+' : step.change === 'resolve' ? '-' : '.';
    })
    .join('');
};

const times = <T>(count: number, of: T): T[] => Array.from({ length: count }, () => of);

it.each([
  ['near for less than an hour is no alert', [2, 9], '..'],
  ['near for an hour is one', [2, 2, 2], '.++'],
  ['near, far and near again begins anew', [2, 9, 2, 2], '...+'],
  ['at three days it is near, at seven not far yet', [3, 3, 7, ...times(8, 7)], `.+${'.'.repeat(9)}`],
  ['far for less than six hours is no end', [2, 2, ...times(5, 8), 2], `.+${'.'.repeat(6)}`],
  ['far for six hours is one', [2, 2, ...times(7, 8)], `.+${'.'.repeat(6)}-`],
  ['what stops filling ends like what is far', [2, 2, ...times(7, undefined)], `.+${'.'.repeat(6)}-`],
  ['between near and far begins both anew', [2, 2, ...times(5, 8), 5, ...times(7, 8)], `.+${'.'.repeat(12)}-`],
])('%s', (_title, daysLeft, expected) => {
  expect(looks(daysLeft)).toBe(expected);
});

it('looked at between the hours waits as long', () => {
  const first = stepTrend(undefined, DAY_MS, RULE, NOW);
  expect(stepTrend(first.state, DAY_MS, RULE, NOW + 59 * MINUTE_MS).change).toBeUndefined();
  expect(stepTrend(first.state, DAY_MS, RULE, NOW + HOUR_MS).change).toBe('fire');
});

/** A month of looks at a volume. @returns the days with an alert, as first and last */
const month = (free: (day: number) => number): string => {
  const samples: Sample[] = [];
  const days: number[] = [];
  let state: TrendState | undefined;
  let isFiring = false;
  for (let hour = 0; hour < 30 * 24; hour += 1) {
    samples.push({ atMs: hour * HOUR_MS, value: Math.max(0, free(hour / 24)) });
    const step = stepTrend(state, forecastOf(samples.slice(-168))?.leftMs, RULE, hour * HOUR_MS);
    state = step.state;
    if (step.change) isFiring = step.change === 'fire';
    if (isFiring) days.push(hour / 24);
  }
  return days.length === 0 ? 'never' : `${days[0]?.toFixed(1)} to ${days.at(-1)?.toFixed(1)}`;
};

it.each([
  ['of logs that are rotated each night', (day: number) => 20 - (day % 1) * 15, 'never'],
  ['of a steady fill: three days before it is full', (day: number) => 250 - day * 10, '22.0 to 30.0'],
  ['of one large copy', (day: number) => (day < 12 ? 200 : 5), 'never'],
  ['of nothing at all', () => 50, 'never'],
  ['of a fill that a clean-up ends', (day: number) => (day < 24 ? 250 - day * 10 : 200), '22.0 to 24.2'],
])('a month %s', (_title, free, expected) => {
  expect(month(free)).toBe(expected);
});

it('a rule without a level never fires, and one that nothing ends is not ended', () => {
  const far = { is: 'far', sinceMs: NOW } as const;
  expect(stepTrend(undefined, 0, { ...RULE, levels: [] }, NOW).state).toEqual(far);
  expect(stepTrend(far, undefined, { ...RULE, keepMs: null }, NOW + 99 * DAY_MS)).toEqual({ state: far });
});
