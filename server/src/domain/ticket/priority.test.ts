import type { Priority } from '@fettle/shared/api/alert.schema';
import { describe, expect, it } from 'vitest';

import { STANDARD_MATRIX, higherOf, impactOf, priorityOf } from './priority.ts';

describe('the weight of a device', () => {
  it.each([
    ['server', [], 'high'],
    ['network', [], 'medium'],
    ['kiosk', [], 'medium'],
    ['desktop', [], 'low'],
    ['laptop', [], 'low'],
    ['ephemeral', [], 'low'],
    ['laptop', ['vip'], 'medium'],
    ['desktop', ['shared'], 'medium'],
    ['laptop', ['critical'], 'high'],
    ['network', ['critical'], 'high'],
    ['laptop', ['vip', 'critical'], 'high'],
    ['server', ['shared'], 'high'],
    ['laptop', ['always-on', 'watch:spooler', 'Critical'], 'low'],
  ] as const)('%s with the tags %j is %s', (deviceClass, tags, impact) => {
    expect(impactOf(deviceClass, tags)).toBe(impact);
  });
});

describe('priority is urgency by impact', () => {
  it.each([
    ['high', 'high', 'critical'],
    ['high', 'medium', 'high'],
    ['high', 'low', 'normal'],
    ['medium', 'high', 'high'],
    ['medium', 'medium', 'normal'],
    ['medium', 'low', 'normal'],
    ['low', 'high', 'normal'],
    ['low', 'medium', 'low'],
    ['low', 'low', 'low'],
  ] as const)('%s by %s is %s', (urgency, impact, priority) => {
    expect(priorityOf(urgency, impact, STANDARD_MATRIX)).toBe(priority);
  });
});

it('of two priorities the higher one counts, in any order', () => {
  const rising: readonly Priority[] = ['low', 'normal', 'high', 'critical'];
  for (const [low, one] of rising.entries()) {
    for (const other of rising.slice(low)) {
      expect([higherOf(one, other), higherOf(other, one)]).toEqual([other, other]);
    }
  }
});
