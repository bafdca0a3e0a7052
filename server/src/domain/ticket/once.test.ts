import { DAY_MS } from '@fettle/shared/time';
import { expect, it } from 'vitest';

import { type KnownKey, decideOnce } from './once.ts';

const NOW = 1_000 * DAY_MS;
const known = (asked: string, ageMs: number): KnownKey => ({ asked, ticket: 't_1', atMs: NOW - ageMs });

it.each([
  ['never used', undefined, 0, { is: 'new' }],
  ['used for the same a moment ago', known('a', 0), 1, { is: 'known', ticket: 't_1' }],
  ['used for the same nearly a day ago', known('a', DAY_MS - 1), 1, { is: 'known', ticket: 't_1' }],
  ['used for the same a day ago', known('a', DAY_MS), 0, { is: 'new' }],
  ['used for another a day ago', known('b', DAY_MS), 0, { is: 'new' }],
  ['used for another a moment ago', known('b', 0), 1, { is: 'refused', code: 'key_reused' }],
  ['one of too many', undefined, 10_000, { is: 'refused', code: 'too_many_keys' }],
  ['used for the same, and one of too many', known('a', 1), 10_000, { is: 'known' }],
])('a key that was %s', (_name, before, keys, expected) => {
  expect(decideOnce({ key: 'k', asked: 'a' }, before, { keys, nowMs: NOW })).toMatchObject(expected);
});
