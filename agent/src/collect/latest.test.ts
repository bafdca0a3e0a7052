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
