import { DAY_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, aDevice, aTransition, anAlert, countingIds } from '../../fixture.ts';
import { timesAt } from '../times.ts';
import { type Alert, ackAlert, stepAlert } from './alert.ts';

const context = (nowMs = NOW) => ({ device: aDevice(), nowMs, times: timesAt({ divisor: 1 }), newId: countingIds() });

const OPEN_WARNING = anAlert();
const OPEN_CRITICAL = anAlert({ severity: 'critical' });
const ACKED_WARNING = anAlert({ state: 'acked', ackedBy: 'eva' });
const ACKED_CRITICAL = anAlert({ state: 'acked', ackedBy: 'eva', severity: 'critical' });
const RESOLVED = anAlert({ state: 'resolved', resolvedMs: NOW - 1_000, updatedMs: NOW - 1_000, ackedBy: 'eva' });
const RESOLVED_LONG_AGO = anAlert({ state: 'resolved', resolvedMs: NOW - DAY_MS - 1 });

type Outcome = 'nothing' | `${string} -> ${Alert['state']} ${Alert['severity']}`;

const told = (last: Alert | undefined, change: 'fire' | 'raise' | 'lower' | 'resolve', severity: Alert['severity']) => {
  const step = stepAlert(last, aTransition({ change, severity }), context());
  return step ? (`${step.change} -> ${step.alert.state} ${step.alert.severity}` as Outcome) : 'nothing';
};

describe('every transition in every state', () => {
  type Row = { name: string; last?: Alert; warning: Outcome; critical: Outcome; resolve: Outcome };
  // what follows from being told of a warning or a critical (fire, raise and lower alike), and of a resolve of either
  const table: readonly Row[] = [
    {
      name: 'none',
      warning: 'fired -> open warning',
      critical: 'fired -> open critical',
      resolve: 'nothing',
    },
    {
      name: 'open warning',
      last: OPEN_WARNING,
      warning: 'nothing',
      critical: 'raised -> open critical',
      resolve: 'resolved -> resolved warning',
    },
    {
      name: 'open critical',
      last: OPEN_CRITICAL,
      warning: 'lowered -> open warning',
      critical: 'nothing',
      resolve: 'resolved -> resolved critical',
    },
    {
      name: 'acked warning',
      last: ACKED_WARNING,
      warning: 'nothing',
      critical: 'raised -> open critical',
      resolve: 'resolved -> resolved warning',
    },
    {
      name: 'acked critical',
      last: ACKED_CRITICAL,
      warning: 'lowered -> acked warning',
      critical: 'nothing',
      resolve: 'resolved -> resolved critical',
    },
    {
      name: 'resolved',
      last: RESOLVED,
      warning: 'reopened -> open warning',
      critical: 'reopened -> open critical',
      resolve: 'nothing',
    },
    {
      name: 'resolved long ago',
      last: RESOLVED_LONG_AGO,
      warning: 'fired -> open warning',
      critical: 'fired -> open critical',
      resolve: 'nothing',
    },
  ];

  describe.each(table)('$name', ({ last, warning, critical, resolve }) => {
    it.each(['fire', 'raise', 'lower'] as const)('told of a %s', (change) => {
      expect(told(last, change, 'warning')).toBe(warning);
      expect(told(last, change, 'critical')).toBe(critical);
    });

    it('told of a resolve, whatever its severity', () => {
      expect(told(last, 'resolve', 'warning')).toBe(resolve);
      expect(told(last, 'resolve', 'critical')).toBe(resolve);
    });

    it('the same again changes nothing', () => {
      for (const change of ['fire', 'raise', 'lower', 'resolve'] as const) {
        const once = stepAlert(last, aTransition({ change }), context())?.alert ?? last;
        expect(stepAlert(once, aTransition({ change }), context())).toBeUndefined();
      }
      const resolved = stepAlert(last, aTransition({ change: 'resolve' }), context())?.alert ?? last;
      expect(told(resolved, 'resolve', 'warning')).toBe('nothing');
    });
  });
});

describe('a fire', () => {
  it('makes an alert of the device, with what was told', () => {
    const step = stepAlert(undefined, aTransition({ since: NOW - 5_000, instance: '/home' }), context());
    expect(step?.alert).toEqual(
      anAlert({
        id: `a_${'1'.padStart(22, '0')}`,
        sinceMs: NOW - 5_000,
        updatedMs: NOW,
        instance: '/home',
        heard: 'nothing',
        firesMs: [NOW],
      }),
    );
  });

  it('within a day is the same row: it counts, and the acknowledgement is gone', () => {
    const again = stepAlert(RESOLVED, aTransition({ since: NOW - 10, reason: 'threshold' }), context());
    expect(again?.alert).toMatchObject({
      id: RESOLVED.id,
      occurrences: 2,
      ackedBy: null,
      resolvedMs: null,
      sinceMs: NOW - 10,
    });
  });

  it.each([
    ['to the millisecond a day', DAY_MS, 'reopened'],
    ['a millisecond more', DAY_MS + 1, 'fired'],
    ['when the clock was set back', -DAY_MS, 'reopened'],
  ])('%s after it was resolved: %s ms, %s', (_name, agoMs, change) => {
    const last = anAlert({ state: 'resolved', resolvedMs: NOW - agoMs });
    expect(stepAlert(last, aTransition(), context())?.change).toBe(change);
  });

  it('later is a new row', () => {
    expect(stepAlert(RESOLVED_LONG_AGO, aTransition(), context())?.alert).toMatchObject({ occurrences: 1 });
    expect(stepAlert(RESOLVED_LONG_AGO, aTransition(), context())?.alert.id).not.toBe(RESOLVED_LONG_AGO.id);
  });
});

describe('a change while it is open', () => {
  it('a raise drops the acknowledgement, and keeps when it began', () => {
    const raised = stepAlert(ACKED_WARNING, aTransition({ severity: 'critical', since: NOW + 9 }), context(NOW + 9));
    expect(raised?.alert).toMatchObject({ ackedBy: null, sinceMs: NOW, updatedMs: NOW + 9, occurrences: 1 });
  });

  it('what used most is that of the last time when it got worse', () => {
    const [then, now] = [[{ pid: 1, name: 'then', memoryBytes: 1 }], [{ pid: 2, name: 'now', memoryBytes: 2 }]];
    const after = (last: Alert, told: Parameters<typeof aTransition>[0]) =>
      stepAlert({ ...last, processes: then }, aTransition(told), context())?.alert.processes;
    expect(after(OPEN_WARNING, { change: 'raise', severity: 'critical', processes: now })).toBe(now);
    expect(after(OPEN_CRITICAL, { change: 'lower' })).toBe(then);
    expect(after(OPEN_WARNING, { change: 'resolve' })).toBe(then);
    expect(after(RESOLVED, { change: 'fire', processes: now })).toBe(now);
    expect(after(RESOLVED, { change: 'fire' })).toEqual([]); // not what used most another day
  });

  it('a lowering keeps it', () => {
    expect(stepAlert(ACKED_CRITICAL, aTransition(), context())?.alert).toMatchObject({ ackedBy: 'eva' });
  });

  it('a resolve keeps who had seen it, and says when and why', () => {
    const told = aTransition({ change: 'resolve', reason: 'instance removed' });
    expect(stepAlert(ACKED_WARNING, told, context(NOW + 5))?.alert).toEqual({
      ...ACKED_WARNING,
      state: 'resolved',
      resolvedMs: NOW + 5,
      updatedMs: NOW + 5,
      reason: 'instance removed',
    });
  });
});

describe('ackAlert', () => {
  it('of an open one', () => {
    expect(ackAlert(OPEN_WARNING, 'eva', NOW + 1)).toEqual({
      alert: { ...OPEN_WARNING, state: 'acked', ackedBy: 'eva', updatedMs: NOW + 1 },
      change: 'acked',
    });
  });

  it.each([['acked', ACKED_WARNING] as const, ['resolved', RESOLVED] as const])(
    'of one that is %s',
    (_state, alert) => {
      expect(ackAlert(alert, 'otto', NOW)).toBeUndefined();
    },
  );
});
