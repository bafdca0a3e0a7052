import { expect, it } from 'vitest';

import { formatAge, formatUntil, formatWorkTime, inReadersTime } from './format.ts';

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

it.each([
  [0, '0 min'],
  [59_999, '0 min'],
  [45 * 60_000, '45 min'],
  [12 * 3_600_000, '12 h'],
  [200 * 60_000 + 1, '3 h 20 min'],
])('%d ms of working time are %s', (ms, text) => {
  expect(formatWorkTime(ms).replaceAll('\u00A0', ' ')).toBe(text);
});

const NOON = new Date(2026, 10, 23, 12, 0).getTime();

it.each([
  [new Date(2026, 10, 23, 16, 5), '16:05'],
  [new Date(2026, 10, 24, 8, 0), 'tomorrow 08:00'],
  [new Date(2026, 10, 26, 8, 0), 'Thu 26 Nov 08:00'],
  [new Date(2027, 10, 26, 8, 0), '26 Nov 2027'],
  [new Date(2026, 10, 20, 8, 0), '20 Nov 2026'],
])('a moment such as %s is as short as it is clear: %s', (at, text) => {
  expect(formatUntil(at.getTime(), NOON)).toBe(text);
});

it("a sentence of the server tells its moments by the reader's clock", () => {
  const instant = new Date(2026, 10, 23, 16, 5).toISOString();
  expect(inReadersTime(`Not told, until ${instant}: it is snoozed (by Ada).`, NOON)).toBe(
    'Not told, until 16:05: it is snoozed (by Ada).',
  );
});
