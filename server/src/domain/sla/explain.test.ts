import { MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { STANDARD } from './calendar.ts';
import { STRETCHES_MAX, explain } from './explain.ts';
import { ALWAYS, CONTRACT, MONDAY, type Told, covered, historyOf } from './fixture.ts';
import type { Contract } from './terms.ts';

const told = (minute: number, history: readonly Told[], contract: Contract = CONTRACT) =>
  explain(historyOf('high', ...history), contract, MONDAY + minute * MINUTE_MS).stretches.map(
    ({ fromMs, toMs, why, response, resolution }) => [
      (fromMs - MONDAY) / MINUTE_MS,
      (toMs - MONDAY) / MINUTE_MS,
      why,
      `${response.state} ${response.usedMs / MINUTE_MS}`,
      `${resolution.state} ${resolution.usedMs / MINUTE_MS}`,
    ],
  );

describe('a ticket explains its clocks', () => {
  it('by its hours', () => {
    expect(told(25 * 60, [[60, { is: 'answered' }]])).toEqual([
      [0, 60, 'open hours', 'runs 60', 'runs 60'],
      [60, 480, 'open hours', 'over 60', 'runs 480'],
      [480, 1_440, 'outside hours', 'over 60', 'stands 480'],
      [1_440, 1_500, 'open hours', 'over 60', 'runs 540'],
    ]);
  });

  it('with the holidays in between by name', () => {
    const off = { ...STANDARD, holidays: { '2026-11-24': 'Founding day' } };
    const contract: Contract = {
      ...CONTRACT,
      terms: [{ fromMs: 0, value: covered('own') }],
      calendars: { own: [{ fromMs: 0, value: off }] },
    };
    expect(told(2_881, [], contract)[1]).toEqual([
      480,
      2_880,
      'outside hours, with Founding day',
      'stands 480',
      'stands 480',
    ]);
  });

  it('by what it waits for, and by what came of it', () => {
    const history: readonly Told[] = [
      [10, { is: 'answered' }],
      [20, { is: 'waits', for: 'customer' }],
      [30, { is: 'waits', for: 'vendor' }],
      [40, { is: 'waits', for: 'scheduled' }],
      [50, { is: 'waits', for: 'hold' }],
      [60, { is: 'continues' }],
      [70, { is: 'resolved', by: 'person' }],
      [80, { is: 'reopened' }],
      [90, { is: 'merged' }],
    ];
    expect(told(100, history, ALWAYS)).toEqual([
      [0, 10, 'round the clock', 'runs 10', 'runs 10'],
      [10, 20, 'round the clock', 'over 10', 'runs 20'],
      [20, 30, 'waiting for the customer', 'over 10', 'stands 20'],
      [30, 40, 'waiting for a vendor', 'over 10', 'stands 20'],
      [40, 50, 'waiting for its date', 'over 10', 'stands 20'],
      [50, 60, 'on hold', 'over 10', 'stands 20'],
      [60, 70, 'round the clock', 'over 10', 'runs 30'],
      [70, 80, 'resolved', 'over 10', 'over 30'],
      [80, 90, 'round the clock', 'runs 10', 'runs 40'],
      [90, 100, 'merged into another ticket', 'over 10', 'over 40'],
    ]);
  });

  it('with nothing of the time that is to come, and of a long one the newest', () => {
    expect(explain(historyOf('high'), ALWAYS, MONDAY)).toEqual({ stretches: [], leftOut: 0 });
    const { stretches, leftOut } = explain(historyOf('high'), CONTRACT, MONDAY + 600 * 1_440 * MINUTE_MS);
    expect(stretches).toHaveLength(STRETCHES_MAX);
    expect(leftOut).toBeGreaterThan(300);
  });
});
