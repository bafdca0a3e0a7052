// A clock that is off by less than a minute is right enough; beyond it, either way, is told.
import { MINUTE_MS } from '@fettle/shared/time';
import { expect, it } from 'vitest';

import { clockFault } from './clock-fault.ts';

const NOW = 1_800_000_000_000;

it.each([
  [0, undefined],
  [MINUTE_MS - 1, undefined],
  [1 - MINUTE_MS, undefined],
  [MINUTE_MS, "the clock of this machine is 1\u{A0}min ahead of the server's: set one of them right"],
  [-6 * MINUTE_MS, "the clock of this machine is 6\u{A0}min behind the server's: set one of them right"],
])('%i ms ahead: %s', (aheadMs, said) => {
  expect(clockFault(NOW + aheadMs, NOW)).toBe(said);
});
