import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { expect, it } from 'vitest';

import { NOW } from '../../fixture.ts';
import { timesAt } from '../times.ts';
import { commonOf, dueAt, repeatAfterMs, topicOf } from './group.ts';

const times = timesAt({ divisor: 1 });

it.each([
  ['the first of a group waits for others', null, 30 * SECOND_MS],
  ['one after another comes five minutes after that', NOW - MINUTE_MS, 4 * MINUTE_MS],
  ['one long after another waits as the first', NOW - HOUR_MS, 30 * SECOND_MS],
])('%s', (_name, lastMs, afterMs) => {
  expect(dueAt(NOW, lastMs, times)).toBe(NOW + afterMs);
});

it('an alert is told again by its severity, a ticket is not', () => {
  expect(repeatAfterMs({ type: 'alert' }, 'critical', times)).toBe(4 * HOUR_MS);
  expect(repeatAfterMs({ type: 'alert' }, 'warning', times)).toBe(DAY_MS);
  expect(repeatAfterMs({ type: 'ticket' }, 'critical', times)).toBeNull();
});

const FIRED = 'alert.fired';

it('a group is of one channel, tenant, site and rule, whatever is in their names', () => {
  const topics = [
    topicOf('c', { tenant: 't', site: 's', rule: 'r' }, FIRED),
    topicOf('c,t', { tenant: '', site: 's', rule: 'r' }, FIRED),
    topicOf('c', { tenant: 't', site: 's', rule: 'x' }, FIRED),
    topicOf('c', { tenant: 't', site: 'x', rule: 'r' }, FIRED),
    topicOf('c', { tenant: 'x', site: 's', rule: 'r' }, FIRED),
  ];
  expect(new Set(topics).size).toBe(topics.length);
  expect(topicOf('c', { tenant: 't', site: 's', rule: 'r' }, FIRED)).toBe(topics[0]);
});

it('what is promised to a tenant is one group, whatever it is about', () => {
  const one = topicOf('c', { tenant: 't', site: 's', rule: 'r' }, 'sla.warning');
  expect(topicOf('c', { tenant: 't', site: 'x', rule: 'x' }, 'sla.breached')).toBe(one);
  expect(topicOf('c', { tenant: 'x', site: 's', rule: 'r' }, 'sla.warning')).not.toBe(one);
});

it('a group is named by what all in it have in common', () => {
  const one = { tenant: 't', site: 's', rule: 'r' };
  expect(commonOf([one])).toEqual(one);
  expect(commonOf([one, { ...one, site: 'x', rule: 'x' }, one])).toEqual({ tenant: 't', site: '', rule: '' });
  expect(commonOf([])).toEqual({ tenant: '', site: '', rule: '' });
});
