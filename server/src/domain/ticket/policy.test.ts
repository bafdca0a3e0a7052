import { DAY_MS, HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { anAlert } from '../../fixture.ts';
import { ruleBookAt } from '../rule-book.ts';
import { wantsTicket } from './policy.ts';

const GIB = 2 ** 30;
const FREE = 'fettle.filesystem.available';
const NOW = { at: 'now' };
const NEVER = { at: 'never' };
const policyOf = (rule: string) => {
  const policy = ruleBookAt({ divisor: 1 }).byId.get(rule)?.ticket;
  if (!policy) throw new Error(rule);
  return policy;
};
const free = (value: number) => anAlert({ evidence: [{ metric: FREE, value }] });
const withLeft = (leftMs: number, metric: string = FREE) => ({ ...free(20 * GIB), outlook: { metric, leftMs } });

describe.each([
  ['disk.space', 'server', 'any warning', anAlert(), NOW],
  ['disk.space', 'laptop', 'a warning with much space left', free(20 * GIB), NEVER],
  ['disk.space', 'laptop', 'a warning with little space left', free(20 * GIB - 1), NOW],
  ['disk.space', 'laptop', 'a warning, free space not read', anAlert({ evidence: [] }), NEVER],
  [
    'disk.space',
    'laptop',
    'a warning, another reading is low',
    anAlert({ evidence: [{ metric: 'other', value: 1 }] }),
    NEVER,
  ],
  ['disk.space', 'laptop', 'a warning, and two weeks left', withLeft(14 * DAY_MS), NOW],
  ['disk.space', 'laptop', 'a warning, and longer left', withLeft(14 * DAY_MS + 1), NEVER],
  ['disk.space', 'laptop', 'a warning, and little left of something else', withLeft(1, 'other'), NEVER],
  ['disk.trend', 'server', 'any one', anAlert(), NOW],
  ['disk.space', 'laptop', 'a critical one', anAlert({ severity: 'critical', evidence: [] }), NOW],
  ['cpu.sustained', 'server', 'any warning', anAlert(), NOW],
  ['cpu.sustained', 'desktop', 'any warning', anAlert(), { at: 'later', afterMs: HOUR_MS }],
  ['service.stopped', 'laptop', 'any one', anAlert(), NOW],
  ['service.failed', 'laptop', 'any one', anAlert(), NEVER],
  ['smart.pending', 'laptop', 'any one', anAlert(), NOW],
  ['raid.degraded', 'server', 'one that rebuilds', anAlert(), NEVER],
  ['raid.degraded', 'server', 'one that has lost a disk', anAlert({ severity: 'critical' }), NOW],
  ['log.oom', 'server', 'any one', anAlert(), NOW],
  ['log.oom', 'laptop', 'any one', anAlert(), NEVER],
  ['battery.health', 'laptop', 'one that holds less than 60 %', anAlert(), NEVER],
  ['battery.health', 'laptop', 'one that holds less than half', anAlert({ severity: 'critical' }), NOW],
  ['time.skew', 'server', 'a minute', anAlert(), NEVER],
  ['time.skew', 'server', 'five minutes', anAlert({ severity: 'critical' }), NOW],
  ['patches.security', 'server', 'a month', anAlert({ severity: 'critical' }), NEVER],
  ['admin.added', 'desktop', 'any one', anAlert(), NOW],
] as const)('%s on a %s', (...[rule, deviceClass, name, alert, wanted]) => {
  it(name, () => {
    expect(wantsTicket(policyOf(rule), deviceClass, alert)).toEqual(wanted);
  });
});

it('a forecast in a policy is not judged on readings', () => {
  const policy = { atOnce: [], when: [{ metric: FREE, exhaustedWithinMs: HOUR_MS }] };
  expect(wantsTicket(policy, 'laptop', free(1))).toEqual(NEVER);
});
