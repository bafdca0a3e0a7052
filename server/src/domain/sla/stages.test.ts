import { MINUTE_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ALWAYS, CONTRACT, MONDAY, type Told, historyOf } from './fixture.ts';
import { type StageKey, planStages, worthTelling } from './stages.ts';

const after = (minutes: number): number => MONDAY + minutes * MINUTE_MS;
const HIGH = (...told: readonly Told[]) => historyOf('high', ...told);
const plan = (
  phases: ReturnType<typeof historyOf>,
  minute: number,
  told: readonly StageKey[] = [],
  contract = ALWAYS,
) => {
  const { due, nextMs } = planStages(phases, { contract, told, nowMs: after(minute) });
  return {
    due: due.map(({ clock, stage, isLate }) => `${clock} ${stage}${isLate ? ' late' : ''}`),
    next: nextMs === undefined ? undefined : (nextMs - MONDAY) / MINUTE_MS,
  };
};
const key = (stage: StageKey['stage'], clock: StageKey['clock'] = 'response', round = 0): StageKey => ({
  clock,
  stage,
  round,
});

describe('a ticket with 240 and 480 minutes, round the clock', () => {
  it.each([
    ['nothing is due before three quarters', 179, [], { due: [], next: 180 }],
    ['right to the moment', 180, [], { due: ['response 75'], next: 216 }],
    ['each once', 180, [key('75')], { due: [], next: 216 }],
    ['the next in its turn', 216, [key('75')], { due: ['response 90'], next: 240 }],
    ['and the breach', 240, [key('75'), key('90')], { due: ['response breach'], next: 360 }],
    [
      'after a stop of the server all that was missed, marked late',
      500,
      [key('75')],
      {
        due: [
          'response 90 late',
          'response breach late',
          'resolution 75 late',
          'resolution 90 late',
          'resolution breach late',
        ],
        next: undefined,
      },
    ],
    [
      'what came within the last minute is not late',
      240.9,
      [key('75'), key('90')],
      { due: ['response breach'], next: 360 },
    ],
  ] as const)('%s', (_name, minute, told, wanted) => {
    expect(plan(HIGH(), minute, told)).toEqual(wanted);
  });

  it('of several at once the last of each clock is worth telling', () => {
    const { due } = planStages(HIGH(), { contract: ALWAYS, told: [], nowMs: after(440) });
    expect(worthTelling(due).map(({ clock, stage }) => [clock, stage])).toEqual([
      ['response', 'breach'],
      ['resolution', '90'],
    ]);
  });

  it('that was answered in time is warned of its solution alone', () => {
    expect(plan(HIGH([60, { is: 'answered' }]), 240)).toEqual({ due: [], next: 360 });
  });

  it('that was answered too late is breached all the same, and not warned of', () => {
    expect(plan(HIGH([300, { is: 'answered' }]), 300)).toEqual({ due: ['response breach late'], next: 360 });
  });

  it('that waits is looked at again when it goes on', () => {
    const waits: Told = [100, { is: 'waits', for: 'vendor' }];
    expect(plan(HIGH([60, { is: 'answered' }], waits), 9_000)).toEqual({ due: [], next: undefined });
    expect(plan(HIGH([60, { is: 'answered' }], waits, [200, { is: 'continues' }]), 9_000).due).toContain(
      'resolution breach late',
    );
  });

  it('that is merged, or of which nothing is known, asks for nothing', () => {
    expect(plan(HIGH([100, { is: 'merged' }]), 9_000)).toEqual({ due: [], next: undefined });
    expect(plan([], 5)).toEqual({ due: [], next: undefined });
  });

  it('that was reopened warns of its new answer anew', () => {
    const again = HIGH([60, { is: 'resolved', by: 'person' }], [100, { is: 'reopened' }]);
    expect(plan(again, 340, [key('75'), key('90'), key('breach')]).due).toContain('response breach');
    expect(plan(again, 340, [key('breach', 'response', 1)]).due).not.toContain('response breach');
  });

  it('that became critical is late from then on, not since a time at which nothing was promised', () => {
    const raised = HIGH([200, { is: 'priority', priority: 'critical' }]);
    const { due } = planStages(raised, { contract: ALWAYS, told: [], nowMs: after(200) });
    expect(due.map(({ stage, atMs, isLate }) => [stage, atMs, isLate])).toEqual(
      [
        ['75', after(200), false],
        ['90', after(200), false],
        ['breach', after(200), false],
        ['75', after(200), false],
      ].slice(0, due.length),
    );
    expect(due).toHaveLength(4);
  });
});

describe('by a calendar', () => {
  // opened on Monday at nine, open until five
  it('what is reached in the hours is told in them', () => {
    expect(plan(HIGH(), 240, [key('75'), key('90')], CONTRACT)).toEqual({ due: ['response breach'], next: 360 });
  });

  it('what was missed in them waits for the next of them', () => {
    const evening = 12 * 60;
    expect(plan(HIGH(), evening, [], CONTRACT)).toEqual({ due: [], next: 24 * 60 });
    expect(plan(HIGH(), 24 * 60, [], CONTRACT).due).toContain('response breach late');
  });

  it('what is reached at the last moment of the day is told then', () => {
    expect(
      plan(HIGH([0, { is: 'answered' }]), 480, [key('75', 'resolution'), key('90', 'resolution')], CONTRACT).due,
    ).toEqual(['resolution breach']);
  });

  it('what is reached at night by a higher priority waits for the morning', () => {
    const raised = historyOf('normal', [12 * 60, { is: 'priority', priority: 'high' }]);
    expect(plan(raised, 12 * 60, [], CONTRACT)).toEqual({ due: [], next: 24 * 60 });
  });

  it('but not of a critical one', () => {
    expect(plan(historyOf('critical'), 12 * 60, [], CONTRACT).due).toContain('response breach late');
  });
});

it('whenever the server looks, and however often it is stopped, each stage comes once and none too early', () => {
  const looks = fc
    .array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 30 })
    .map((found) => [...found, 3_000].toSorted((one, other) => one - other));
  fc.assert(
    fc.property(looks, (minutes) => {
      const told: StageKey[] = [];
      for (const minute of minutes) {
        const { due } = planStages(HIGH(), { contract: ALWAYS, told, nowMs: after(minute) });
        for (const stage of due) expect(stage.atMs).toBeLessThanOrEqual(after(minute));
        told.push(...due);
      }
      expect(new Set(told.map(({ clock, stage }) => clock + stage)).size).toBe(6);
      expect(told).toHaveLength(6);
    }),
  );
});
