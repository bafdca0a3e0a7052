import { expect, it } from 'vitest';

import { isAlwaysOn, isSlowToBoot } from './device.ts';

it('Windows may take long to boot, no other does', () => {
  expect((['windows', 'linux', 'macos', 'unknown'] as const).map((os) => isSlowToBoot({ os }))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

it('what people call always on is', () => {
  expect([isAlwaysOn({ tags: ['vip', 'always-on'] }), isAlwaysOn({ tags: ['vip'] })]).toEqual([true, false]);
});
