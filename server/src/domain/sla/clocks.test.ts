// The clocks over a ticket’s life, by tables.
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { STANDARD } from './calendar.ts';
import {
  after,
  clocks,
  short,
  type Case,
  answered,
  resolved,
  cleared,
  waits,
  continues,
  reopened,
} from './clocks-fixture.ts';
import { clocksAt } from './clocks.ts';
import { ALWAYS, CONTRACT, covered } from './fixture.ts';
import { phasesOf } from './phases.ts';
import type { Contract } from './terms.ts';

describe('a ticket of high priority, promised in 240 and 480 minutes round the clock', () => {
  const rows: readonly (readonly [name: string, ...Case])[] = [
    ['at its opening', 0, [], ['running', 0, 240], ['running', 0, 480]],
    ['before its answer is due', 239, [], ['running', 239, 240], ['running', 239, 480]],
    ['when it is due', 240, [], ['breached', 240, 240], ['running', 240, 480]],
    ['a breached clock goes on counting', 600, [], ['breached', 600, 240], ['breached', 600, 480]],
    ['answered in time', 100, [[60, answered]], ['met', 60, null], ['running', 100, 480]],
    [
      'answered twice: the first counts',
      100,
      [
        [60, answered],
        [90, answered],
      ],
      ['met', 60, null],
      ['running', 100, 480],
    ],
    ['answered too late', 400, [[300, answered]], ['breached', 300, 240], ['running', 400, 480]],
    [
      'waiting',
      200,
      [
        [60, answered],
        [100, waits],
      ],
      ['met', 60, null],
      ['paused', 100, null],
    ],
    [
      'waiting for something else',
      200,
      [
        [60, answered],
        [100, waits],
        [150, { is: 'waits', for: 'vendor' }],
      ],
      ['met', 60, null],
      ['paused', 100, null],
    ],
    [
      'going on after a wait',
      300,
      [
        [60, answered],
        [100, waits],
        [200, continues],
      ],
      ['met', 60, null],
      ['running', 200, 580],
    ],
    [
      'waiting with its time used up',
      700,
      [
        [60, answered],
        [600, waits],
      ],
      ['met', 60, null],
      ['breached', 600, 480],
    ],
    ['resolved by a person, which is an answer', 99, [[50, resolved]], ['met', 50, null], ['met', 50, null]],
    ['over before anybody came', 99, [[50, cleared]], ['cancelled', 50, null], ['met', 50, null]],
    [
      'resolved while waiting',
      300,
      [
        [60, answered],
        [100, waits],
        [200, resolved],
      ],
      ['met', 60, null],
      ['met', 100, null],
    ],
    [
      'resolved too late',
      700,
      [
        [60, answered],
        [500, resolved],
      ],
      ['met', 60, null],
      ['breached', 500, 480],
    ],
    [
      'reopened: the answer anew, the solution where it was',
      300,
      [
        [50, resolved],
        [250, reopened],
      ],
      ['running', 50, 490],
      ['running', 100, 680],
    ],
    [
      'reopened and answered',
      400,
      [
        [50, resolved],
        [250, reopened],
        [300, answered],
      ],
      ['met', 50, null],
      ['running', 200, 680],
    ],
    [
      'reopened twice',
      400,
      [
        [50, resolved],
        [250, reopened],
        [300, resolved],
        [350, reopened],
      ],
      ['running', 50, 590],
      ['running', 150, 730],
    ],
    ['merged', 300, [[100, { is: 'merged' }]], ['cancelled', 100, null], ['cancelled', 100, null]],
    [
      'merged when it was answered',
      300,
      [
        [60, answered],
        [100, { is: 'merged' }],
      ],
      ['met', 60, null],
      ['cancelled', 100, null],
    ],
    [
      'merged when it was resolved',
      300,
      [
        [60, resolved],
        [100, { is: 'merged' }],
      ],
      ['met', 60, null],
      ['met', 60, null],
    ],
    [
      'opened twice counts from the first',
      30,
      [[20, { is: 'opened', priority: 'low' }]],
      ['running', 30, 240],
      ['running', 30, 480],
    ],
    ['going on without a wait', 30, [[20, continues]], ['running', 30, 240], ['running', 30, 480]],
    [
      'waiting when it is resolved',
      90,
      [
        [50, resolved],
        [60, waits],
      ],
      ['met', 50, null],
      ['met', 50, null],
    ],
    [
      'a clock set back turns nothing round',
      90,
      [
        [60, answered],
        [30, resolved],
      ],
      ['met', 60, null],
      ['met', 60, null],
    ],
  ];
  it.each(rows)('%s', (_name, ...[minute, history, response, resolution]: Case) => {
    const found = clocks(minute, history);
    expect([short(found.response), short(found.resolution)]).toEqual([response, resolution]);
  });

  it('of which no opening is known has no clocks', () => {
    expect(clocksAt(phasesOf([{ is: 'answered', atMs: 1 }]), ALWAYS, 5)).toBeUndefined();
  });

  it('tells when they ended, and in which round', () => {
    const { response, resolution } = clocks(400, [
      [50, resolved],
      [250, reopened],
      [300, answered],
    ]);
    expect([response.endedMs, response.round, resolution.endedMs]).toEqual([after(300), 1, null]);
  });
});

describe('a change of priority', () => {
  it('keeps what was used, and what is promised is the new', () => {
    const { response, resolution } = clocks(100, [[90, { is: 'priority', priority: 'critical' }]]);
    expect([short(response), response.targetMs]).toEqual([['breached', 100, 30], 30 * MINUTE_MS]);
    expect(short(resolution)).toEqual(['running', 100, 240]);
  });

  it('does not judge anew what had ended before it', () => {
    const { response } = clocks(100, [
      [60, answered],
      [90, { is: 'priority', priority: 'critical' }],
    ]);
    expect([response.state, response.targetMs]).toEqual(['met', 240 * MINUTE_MS]);
  });

  it('to one with other hours counts each by its own', () => {
    const terms = covered('standard');
    const tiers = { ...terms.tiers, critical: { ...terms.tiers.critical, coverage: 'always' } };
    const contract: Contract = { ...CONTRACT, terms: [{ fromMs: 0, value: { ...terms, tiers } }] };
    // opened at nine, normal: eight hours until five; critical from eight in the evening on
    const { resolution } = clocks(12 * 60, [[11 * 60, { is: 'priority', priority: 'critical' }]], 'normal', contract);
    expect(resolution.usedMs).toBe(9 * HOUR_MS);
  });
});

describe('an edit of the calendar or of the terms', () => {
  const closed = { ...STANDARD, week: STANDARD.week.map((day, index) => (index === 2 ? day : [])) };
  const edited = (fromMs: number): Contract => ({
    ...CONTRACT,
    terms: [{ fromMs: 0, value: covered('own') }],
    calendars: {
      own: [
        { fromMs: 0, value: STANDARD },
        { fromMs, value: closed },
      ],
    },
  });

  it('leaves what was used before it, and moves what is due after it', () => {
    const before = clocks(60, [], 'high', edited(after(10_000)));
    const since = clocks(60, [], 'high', edited(after(60)));
    expect([before.response.usedMs, since.response.usedMs]).toEqual([HOUR_MS, HOUR_MS]);
    expect(before.response.dueMs).toBe(after(240));
    // open on Wednesdays alone from now on
    expect(since.response.dueMs).toBe(Date.UTC(2026, 10, 25, 12));
  });

  it('of what is promised holds for what has not ended', () => {
    const terms = covered('always');
    const tiers = { ...terms.tiers, high: { ...terms.tiers.high, response: { minutes: 30 } } };
    const contract: Contract = {
      ...ALWAYS,
      terms: [...ALWAYS.terms, { fromMs: after(100), value: { ...terms, tiers } }],
    };
    expect(clocks(120, [], 'high', contract).response.state).toBe('breached');
    expect(clocks(120, [[60, answered]], 'high', contract).response.state).toBe('met');
  });
});
