import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { STANDARD } from './calendar.ts';
import { ALWAYS, CONTRACT, MONDAY, covered } from './fixture.ts';
import { type Contract, STANDARD_TERMS, changesOf, faultOfTerms, hoursAt, targetMs, termsAt } from './terms.ts';

describe('what is promised, in working time', () => {
  it.each([
    ['critical', 30 * MINUTE_MS, 4 * HOUR_MS],
    ['high', 4 * HOUR_MS, 8 * HOUR_MS],
    ['normal', 8 * HOUR_MS, 24 * HOUR_MS],
    ['low', 16 * HOUR_MS, 40 * HOUR_MS],
  ] as const)('%s', (priority, response, resolution) => {
    const of = (clock: 'response' | 'resolution') => targetMs(CONTRACT, { clock, priority, atMs: MONDAY });
    expect([of('response'), of('resolution')]).toEqual([response, resolution]);
  });

  it('a day round the clock has 24 hours, and hurry divides all of it', () => {
    const promised = { clock: 'response', priority: 'normal', atMs: MONDAY } as const;
    expect(targetMs(ALWAYS, promised)).toBe(24 * HOUR_MS);
    expect(targetMs({ ...ALWAYS, pace: { divisor: 60 } }, promised)).toBe(24 * MINUTE_MS);
    expect(targetMs({ ...CONTRACT, pace: { divisor: 60 } }, { ...promised, priority: 'critical' })).toBe(MINUTE_MS / 2);
  });
});

describe('editions', () => {
  const short = { ...STANDARD, holidays: { '2026-11-23': 'off' } };
  const contract: Contract = {
    ...CONTRACT,
    terms: [
      { fromMs: 10, value: covered('own') },
      { fromMs: 50, value: STANDARD_TERMS },
    ],
    calendars: {
      own: [
        { fromMs: 10, value: STANDARD },
        { fromMs: 30, value: short },
      ],
    },
  };

  it('hold from their moment on, and the first of them before it', () => {
    expect([0, 10, 49, 50].map((at) => termsAt(contract, at).tiers.low.coverage)).toEqual([
      'own',
      'own',
      'own',
      'standard',
    ]);
    expect([0, 29, 30, 60].map((at) => hoursAt(contract, 'low', at))).toEqual([STANDARD, STANDARD, short, STANDARD]);
    expect(changesOf(contract)).toEqual([30, 50]);
  });

  it('of nothing are the standard', () => {
    expect(termsAt(CONTRACT, 0)).toBe(STANDARD_TERMS);
    expect(hoursAt({ ...contract, calendars: {} }, 'low', 0)).toBe(STANDARD);
    expect(hoursAt(ALWAYS, 'low', 0)).toBe('always');
  });
});

it('terms that name a calendar which is not there are refused', () => {
  expect(faultOfTerms(covered('c_1'), ['c_1'])).toBeUndefined();
  expect(faultOfTerms(covered('always'), [])).toBeUndefined();
  expect(faultOfTerms(covered('c_1'), [])).toMatch(/coverage of critical names "c_1", and there is no such calendar/);
});
