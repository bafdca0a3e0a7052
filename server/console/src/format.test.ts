import { expect, it } from 'vitest';

import { formatAge } from './format.ts';

it.each([
  [-60_000, 'now'],
  [4_999, 'now'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [86_400_000, '1 d'],
])('an age of %d ms is %s', (ageMs, text) => {
  expect(formatAge(ageMs).replaceAll('\u00A0', ' ')).toBe(text);
});
