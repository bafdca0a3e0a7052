import type { AlertView } from '@fettle/shared/api/alert.schema';
import { describe, expect, it } from 'vitest';

import { directActs, formsFor, tenantOf } from './alert-choices.ts';

type Standing = Parameters<typeof tenantOf>[0][number];
const of = (state: AlertView['state'], why?: NonNullable<AlertView['quiet']>['why'], tenant = 'acme'): Standing => ({
  state,
  tenant,
  quiet: why === undefined ? null : { why, by: null, until: null },
});

describe('what can be done at once', () => {
  it.each<[string, readonly Standing[], readonly string[]]>([
    ['nothing, about none', [], []],
    ['an open one is acknowledged', [of('open')], ['ack']],
    ['one that was seen asks for nothing', [of('acked')], []],
    ['a snooze ends early', [of('acked', 'snoozed')], ['unsnooze']],
    ['a mute is taken back', [of('open', 'muted')], ['ack', 'unmute']],
    [
      'of many, what some need, and what all have',
      [of('open', 'snoozed'), of('acked', 'snoozed')],
      ['ack', 'unsnooze'],
    ],
    ['of many not what only some have', [of('acked', 'snoozed'), of('acked')], []],
    ['nothing of one that is over', [of('resolved', 'snoozed')], []],
  ])('%s', (_name, alerts, verbs) => {
    expect(directActs(alerts, false).map(({ verb }) => verb)).toEqual(verbs);
  });

  it('the mute of a problem is taken back between two of its alerts', () => {
    expect(directActs([of('resolved')], true).map(({ verb }) => verb)).toEqual(['unmute']);
  });
});

it('what is over can only be muted', () => {
  expect(formsFor([of('resolved')])).toEqual(['mute']);
  expect(formsFor([of('resolved'), of('open')])).toEqual(['snooze', 'assign', 'mute']);
});

it('alerts of several tenants go to who works for any', () => {
  expect(tenantOf([of('open'), of('acked')])).toBe('acme');
  expect(tenantOf([of('open'), of('open', undefined, 'shop')])).toBe('');
  expect(tenantOf([])).toBe('');
});
