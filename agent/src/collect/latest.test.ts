import { expect, it } from 'vitest';

import { Latest } from './latest.ts';
import type { Measured, Outcome } from './runner.ts';

const measured = (key: string, integer: number): Measured => ({
  key,
  metric: 'system.uptime',
  attributes: {},
  integer,
});
const outcome = (collector: string, ...found: readonly Measured[]): Outcome => ({
  collector,
  tier: 'fast',
  provides: [],
  measured: found,
  partial: [],
});

it('is what each collector gave last: what it gives no more is gone, what it could not read stays', () => {
  const latest = new Latest();
  expect(latest.readings()).toEqual([]);
  latest.note([outcome('disks', measured('/', 1), measured('/home', 2)), outcome('cpu', measured('cpu', 3))]);
  latest.note([outcome('disks', measured('/', 4))]);
  latest.note([{ ...outcome('cpu', measured('success', 0)), failed: { code: 'timeout', detail: '' } }]);
  latest.note([]);
  expect(latest.readings()).toEqual([measured('/', 4), measured('cpu', 3)]);
});

it('news are the instances of which anything changed, whole', () => {
  const latest = new Latest();
  const of = (name: string, key: string, integer: number): Measured => ({
    ...measured(`${name}.${key}`, integer),
    attributes: { name },
  });
  const before = outcome('services', of('a', 'state', 1), of('a', 'restarts', 0), of('b', 'state', 1));
  expect(latest.newsIn(before)).toEqual(before.measured);
  latest.note([before]);
  expect(latest.newsIn(before)).toEqual([]);
  const after = outcome('services', of('a', 'state', 1), of('a', 'restarts', 1), of('b', 'state', 1));
  expect(latest.newsIn(after)).toEqual([of('a', 'state', 1), of('a', 'restarts', 1)]);
});
