// What becomes of an alert beside what its agent tells: it comes and goes, time passes, and people act.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, aDevice, aTransition, anAlert, countingIds } from '../../fixture.ts';
import { timesAt } from '../times.ts';
import {
  type Alert,
  assignAlert,
  confirm,
  laterAlert,
  muteAlert,
  resolutionOf,
  settle,
  snoozeAlert,
  stepAlert,
  wake,
} from './alert.ts';

const times = timesAt({ divisor: 1 });
const LATER = NOW + HOUR_MS;
const context = { device: aDevice(), nowMs: LATER, times, newId: countingIds() };
const RESOLVED = anAlert({ state: 'resolved', resolvedMs: NOW });
const UNTIL = NOW + DAY_MS;

const firesAgo = (...minutes: readonly number[]) => minutes.map((ago) => LATER - ago * MINUTE_MS);

describe('what fires', () => {
  const again = (firesMs: readonly number[]) =>
    stepAlert({ ...RESOLVED, firesMs, heard: 'fired' }, aTransition({ at: LATER }), context);

  it.each([
    ['three times within six hours comes back', firesAgo(90, 60), 'reopened', false],
    ['four times within six hours flaps', firesAgo(359, 60, 30), 'flapping', true],
    ['four times, the first six hours ago, does not', firesAgo(360, 60, 30), 'reopened', false],
    ['by a clock that was put back counts all the same', firesAgo(-359, -60, -30), 'flapping', true],
  ])('%s', (_name, firesMs, change, isFlapping) => {
    const step = again(firesMs);
    expect([step?.change, step?.alert.flapping]).toEqual([
      change,
      isFlapping ? { sinceMs: LATER, isClear: false } : null,
    ]);
    expect(step?.alert.firesMs.length).toBeLessThanOrEqual(4);
  });

  it('and rises so often flaps too', () => {
    const open = anAlert({ firesMs: firesAgo(30, 20, 10), state: 'acked', ackedBy: 'eva' });
    const step = stepAlert(open, aTransition({ change: 'raise', severity: 'critical', at: LATER }), context);
    expect(step).toMatchObject({ change: 'flapping', alert: { state: 'open', ackedBy: null, severity: 'critical' } });
  });
});

describe('what flaps', () => {
  const flapping = (isClear: boolean, change: Partial<Alert> = {}) =>
    anAlert({ flapping: { sinceMs: NOW, isClear }, state: 'acked', ackedBy: 'eva', ...change });
  const held = (alert: Alert, told: Parameters<typeof aTransition>[0]) => stepAlert(alert, aTransition(told), context);

  const NO_CHANGE = { flapping: { sinceMs: NOW, isClear: false }, sinceMs: NOW, updatedMs: LATER };
  const WELL = { ...NO_CHANGE, flapping: { sinceMs: NOW, isClear: true }, occurrences: 1 };
  const BAD = { ...NO_CHANGE, occurrences: 2 };

  it.each<[string, Alert, Parameters<typeof aTransition>[0], string, Partial<Alert>]>([
    ['well again is held open', flapping(false), { change: 'resolve' }, 'held', { ...WELL, state: 'acked' }],
    ['bad again is held open', flapping(true), { change: 'fire' }, 'held', { ...BAD, state: 'acked' }],
    [
      'worse asks for somebody',
      flapping(false),
      { change: 'raise', severity: 'critical' },
      'raised',
      { ...BAD, state: 'open', ackedBy: null, severity: 'critical' },
    ],
    [
      'worse from well does so too',
      flapping(true),
      { change: 'fire', severity: 'critical' },
      'raised',
      { ...BAD, state: 'open', ackedBy: null, severity: 'critical' },
    ],
    [
      'less bad stays as bad as it was',
      flapping(true, { severity: 'critical' }),
      { change: 'fire' },
      'held',
      { ...BAD, state: 'acked', severity: 'critical' },
    ],
  ])('%s', (_name, ...[before, told, change, alert]) => {
    expect(held(before, { ...told, since: LATER })).toMatchObject({ change, alert });
  });

  it('as it was is no step', () => {
    expect(held(flapping(true), { change: 'resolve' })).toBeUndefined();
    expect(held(flapping(false), { change: 'fire' })).toBeUndefined();
    expect(held(flapping(false, { severity: 'critical' }), { change: 'lower' })).toBeUndefined();
  });

  it('and was quiet for long enough is what it is then', () => {
    expect(settle(flapping(true, { firesMs: [1, 2] }), LATER)).toMatchObject({
      change: 'resolved',
      alert: { state: 'resolved', resolvedMs: LATER, flapping: null, firesMs: [] },
    });
    expect(settle(flapping(false, { firesMs: [1, 2] }), LATER)).toMatchObject({
      change: 'settled',
      alert: { state: 'acked', resolvedMs: null, flapping: null, firesMs: [], updatedMs: LATER },
    });
    expect(settle(anAlert(), LATER)).toBeUndefined();
    expect(settle(flapping(true, { state: 'resolved' }), LATER)).toBeUndefined();
  });
});

describe('when what kept it quiet has ended', () => {
  const hush = { why: 'maintenance', by: 'w_1', untilMs: NOW } as const;
  const snoozed = { why: 'snoozed', by: 'eva', untilMs: NOW } as const;

  it.each([
    ['an open one wakes', anAlert({ hush }), 'open'],
    [
      'one that somebody has seen and wanted back wakes',
      anAlert({ hush: snoozed, state: 'acked', ackedBy: 'eva' }),
      'open',
    ],
    ['one that somebody has seen does not', anAlert({ hush, state: 'acked', ackedBy: 'eva' }), undefined],
    ['one that is over does not', anAlert({ hush: snoozed, state: 'resolved' }), undefined],
    ['one that was not quiet does not', anAlert(), undefined],
  ])('%s', (_name, alert, state) => {
    const step = wake(alert);
    expect([step?.change, step?.alert.state, step?.alert.ackedBy]).toEqual(
      state === undefined ? [undefined, undefined, undefined] : ['woken', state, null],
    );
  });
});

it('an end is confirmed to those who had heard of the beginning', () => {
  expect(confirm({ ...RESOLVED, heard: 'fired' })?.change).toBe('confirmed');
  expect(confirm({ ...RESOLVED, heard: 'nothing' })).toBeUndefined();
  expect(confirm({ ...RESOLVED, heard: 'resolved' })).toBeUndefined();
  expect(confirm(anAlert({ heard: 'fired' }))).toBeUndefined();
});

describe('a person', () => {
  it('snoozes what stands open, and mutes it', () => {
    expect(snoozeAlert(anAlert(), 'eva', UNTIL, LATER)).toEqual({
      alert: anAlert({ hush: { why: 'snoozed', by: 'eva', untilMs: UNTIL }, updatedMs: LATER }),
      change: 'snoozed',
    });
    expect(muteAlert(anAlert(), 'eva', UNTIL, LATER)).toEqual({
      alert: anAlert({ hush: { why: 'muted', by: 'eva', untilMs: UNTIL }, updatedMs: LATER }),
      change: 'muted',
    });
    expect([snoozeAlert(RESOLVED, 'eva', UNTIL, LATER), muteAlert(RESOLVED, 'eva', UNTIL, LATER)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('gives it to somebody, takes it away, and does neither twice', () => {
    expect(assignAlert(anAlert(), 'kim', LATER)).toMatchObject({ change: 'assigned', alert: { assignee: 'kim' } });
    expect(assignAlert(anAlert({ assignee: 'kim' }), null, LATER)).toMatchObject({
      alert: { assignee: null, updatedMs: LATER },
    });
    expect(assignAlert(anAlert({ assignee: 'kim' }), 'kim', LATER)).toBeUndefined();
    expect(assignAlert(RESOLVED, 'kim', LATER)).toBeUndefined();
  });

  it('is done with its ticket: it is seen, and asks again in a day', () => {
    const hush = { why: 'snoozed', by: 'eva', untilMs: LATER + DAY_MS };
    expect(laterAlert(anAlert(), 'eva', context)).toMatchObject({ alert: { state: 'acked', ackedBy: 'eva', hush } });
    expect(laterAlert(anAlert({ ackedBy: 'kim' }), 'eva', context)).toMatchObject({ alert: { ackedBy: 'kim', hush } });
    expect(laterAlert(RESOLVED, 'eva', context)).toBeUndefined();
  });
});

it('an end that nobody told is one of the same problem', () => {
  const { rule, instance, severity, sinceMs: since, ruleHash } = anAlert();
  expect(resolutionOf(anAlert(), LATER, 'rule changed')).toEqual({
    change: 'resolve',
    rule,
    ruleHash,
    instance,
    severity,
    at: LATER,
    since,
    reason: 'rule changed',
    evidence: [],
  });
});

it('what comes back is no more what was so at the first look', () => {
  const step = stepAlert({ ...RESOLVED, isFirst: true }, aTransition({ at: LATER }), context);
  expect([step?.change, step?.alert.isFirst]).toEqual(['reopened', false]);
});
