import type { Priority } from '@fettle/shared/api/alert.schema';
import { describe, expect, it } from 'vitest';

import { higherOf, priorityOf } from './priority.ts';

describe('a ticket is as urgent as its rule and as weighty as its device', () => {
  it.each([
    ['high', 'server', 'critical'],
    ['high', 'network', 'high'],
    ['high', 'kiosk', 'high'],
    ['high', 'desktop', 'normal'],
    ['high', 'laptop', 'normal'],
    ['high', 'ephemeral', 'normal'],
    ['medium', 'server', 'high'],
    ['medium', 'network', 'normal'],
    ['medium', 'kiosk', 'normal'],
    ['medium', 'desktop', 'low'],
    ['medium', 'laptop', 'low'],
    ['medium', 'ephemeral', 'low'],
    ['low', 'server', 'normal'],
    ['low', 'network', 'low'],
    ['low', 'kiosk', 'low'],
    ['low', 'desktop', 'low'],
    ['low', 'laptop', 'low'],
    ['low', 'ephemeral', 'low'],
  ] as const)('%s on a %s is %s', (urgency, deviceClass, priority) => {
    expect(priorityOf(urgency, deviceClass)).toBe(priority);
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
