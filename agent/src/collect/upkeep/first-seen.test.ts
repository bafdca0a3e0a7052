// Since when an update for security waits, as far as it is remembered.
import { DAY_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { memoryOf } from '../fixture.ts';
import { oldestAgeS } from './first-seen.ts';
import type { Pending } from './pending.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

describe('since when an update for security waits', () => {
  const libssl = (to: string, from = '3.0.1') => ({ name: 'libssl3', from, to, isSecurity: true });
  const plain = { name: 'vim', from: '8', to: '9', isSecurity: false };
  const read = (days: readonly (readonly Pending[])[]): number => {
    const memory = memoryOf();
    return days.map((pending, day) => oldestAgeS(pending, memory, NOW + day * DAY_MS)).at(-1) ?? Number.NaN;
  };

  it.each<[string, readonly (readonly Pending[])[], number]>([
    ['none is pending', [[plain]], 0],
    ['it is first seen', [[libssl('3.0.2')]], 0],
    ['it was seen two days ago', [[libssl('3.0.2')], [libssl('3.0.2')], [libssl('3.0.2')]], 2],
    ['a still newer one came meanwhile: the hole is as old', [[libssl('3.0.2')], [libssl('3.0.3')]], 1],
    ['it was installed, and the next one came', [[libssl('3.0.2')], [libssl('3.0.3', '3.0.2')]], 0],
    ['it was gone for a day', [[libssl('3.0.2')], [], [libssl('3.0.2')]], 0],
    ['the oldest of two counts', [[libssl('3.0.2')], [libssl('3.0.2'), { ...plain, isSecurity: true }]], 1],
  ])('%s', (_what, days, expected) => expect(read(days)).toBe(expected * 86_400));

  it('is never below 0, also when the clock was set back', () => {
    const memory = memoryOf();
    oldestAgeS([libssl('2')], memory, NOW);
    expect(oldestAgeS([libssl('2')], memory, NOW - DAY_MS)).toBe(0);
    expect(oldestAgeS([libssl('2')], memory, NOW)).toBe(86_400);
  });

  it.each([undefined, null, 7, { since: { 'libssl3 3.0.1': 'long' } }, { since: [1] }])(
    'what is remembered (%j) may be nonsense',
    (kept) => expect(oldestAgeS([libssl('2')], memoryOf({ patches: kept }), NOW)).toBe(0),
  );

  it('remembers no more than is bearable', () => {
    const memory = memoryOf();
    const many = Array.from({ length: 5_000 }, (_, index) => ({ ...libssl('2'), name: `p${index}` }));
    oldestAgeS(many, memory, NOW);
    expect(JSON.stringify(memory.read('patches')).length).toBeLessThan(100_000);
  });
});
