import type { AlertChange } from '@fettle/shared/api/alert.schema';
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, anAlert } from '../../fixture.ts';
import type { Alert } from './alert.ts';
import { hushFacts } from './fixture.ts';
import type { HushFacts } from './hush.ts';
import { tellingOf } from './telling.ts';

const QUIET = { untilMs: NOW + HOUR_MS, by: 'eva' };
const told = (change: AlertChange, alert: Partial<Alert> = {}, facts: Partial<HushFacts> = {}) => {
  const { timers, ...telling } = tellingOf({ alert: anAlert(alert), change }, hushFacts(facts));
  const due = timers.flatMap((timer) => ('drop' in timer ? [] : [`${timer.kind} +${(timer.dueMs - NOW) / MINUTE_MS}`]));
  const dropped = timers.flatMap((timer) => ('drop' in timer ? [timer.drop] : []));
  return { ...telling, due, dropped };
};

describe('people are told', () => {
  it.each<[change: AlertChange, heard: Alert['heard'], notice: string | undefined]>([
    ['fired', 'nothing', 'fired'],
    ['reopened', 'nothing', 'reopened'],
    ['reopened', 'resolved', 'reopened'],
    ['reopened', 'fired', undefined],
    ['raised', 'fired', 'raised'],
    ['raised', 'nothing', 'raised'],
    ['flapping', 'fired', undefined],
    ['flapping', 'resolved', 'fired'],
    ['woken', 'nothing', 'fired'],
    ['woken', 'fired', 'fired'],
    ['settled', 'fired', 'fired'],
    ['lowered', 'fired', undefined],
    ['acked', 'fired', undefined],
    ['held', 'fired', undefined],
  ])('of an alert that %s, when they last heard %s: %s', (change, heard, notice) => {
    expect(told(change, { heard }).notice).toBe(notice);
  });

  it('that it is over when it has stayed so, if they had heard of it at all', () => {
    expect(told('resolved', { state: 'resolved' })).toMatchObject({ due: ['tell resolved +10'], isWork: true });
    expect(told('resolved', { state: 'resolved', heard: 'nothing' }).due).toEqual([]);
    const confirmed = told('confirmed', { state: 'resolved' });
    expect([confirmed.notice, confirmed.alert.heard]).toEqual(['resolved', 'resolved']);
  });

  it('of nothing that is hushed, and its ticket hears of it only where it is open', () => {
    const hushed = told('fired', { heard: 'nothing' }, { mute: QUIET });
    expect(hushed).toMatchObject({ isWork: false, due: ['look at alert +60'] });
    expect([hushed.notice, hushed.alert.heard, hushed.alert.hush?.why]).toEqual([undefined, 'nothing', 'muted']);
    expect(told('reopened', {}, { mute: QUIET, hasOpenTicket: true }).isWork).toBe(true);
  });
});

describe('the times of an alert', () => {
  it('are dropped when they have no point any more', () => {
    expect(told('reopened').dropped).toEqual(['tell resolved', 'look at alert']);
    expect(told('resolved').dropped).toEqual(['look at alert', 'end flapping']);
  });

  it('begin anew with each change of what flaps', () => {
    const flapping = { sinceMs: NOW, isClear: false };
    expect(told('flapping', { flapping }).due).toEqual(['end flapping +120']);
    expect(told('held', { flapping }).due).toEqual(['end flapping +120']);
  });

  it('of a snooze and a mute are those that people gave, and no ticket opens meanwhile', () => {
    const hush = { why: 'snoozed', ...QUIET } as const;
    expect(told('snoozed', { hush })).toMatchObject({
      due: ['look at alert +60'],
      dropped: ['open ticket'],
      isWork: false,
    });
  });

  it('are not known where another alert keeps it quiet', () => {
    const { due, dropped } = told('fired', {}, { parent: anAlert({ id: 'a_9' }) });
    expect([due, dropped]).toEqual([[], ['tell resolved']]);
  });
});

describe('what fires in a maintenance window', () => {
  const window = { id: 'w_1', untilMs: NOW + HOUR_MS };

  it('is not counted as coming and going', () => {
    const firesMs = [NOW - 2, NOW - 1, NOW];
    expect(told('reopened', { firesMs }, { window }).alert.firesMs).toEqual([]);
    expect(told('reopened', { firesMs }, { mute: QUIET }).alert.firesMs).toEqual(firesMs);
    expect(told('reopened', { firesMs }).alert.firesMs).toEqual(firesMs);
  });
});

describe('the ticket', () => {
  it.each<[change: AlertChange, hush: Alert['hush'], hasOpenTicket: boolean, isWork: boolean]>([
    ['acked', null, false, true],
    ['assigned', { why: 'muted', ...QUIET }, false, false],
    ['lowered', { why: 'muted', ...QUIET }, true, true],
    ['held', null, true, false],
    ['muted', null, true, false],
    ['confirmed', null, true, false],
    ['fired', null, false, true],
  ])('hears that an alert is %s, quiet by %j, open %s: %s', (change, hush, hasOpenTicket, isWork) => {
    expect(told(change, { hush }, { hasOpenTicket }).isWork).toBe(isWork);
  });
});
