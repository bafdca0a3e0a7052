import { expect, it } from 'vitest';

import { isCrowded } from './crowd.ts';

it.each([
  [4, 19, false],
  [5, 5, true],
  [0, 20, true],
  [0, 0, false],
])('%i open tickets and %i new ones within the hour: enough of one device? %s', (open, lately, expected) => {
  expect(isCrowded({ open, lately, summary: undefined })).toBe(expected);
});
