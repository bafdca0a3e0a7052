import { expect, it } from 'vitest';

import { isSame } from './same.ts';

it.each<[unknown, unknown, boolean]>([
  [{ a: 1, b: [1, { c: 2, d: 3 }] }, { b: [1, { d: 3, c: 2 }], a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, true],
  [[1, 2], [2, 1], false],
  [{ a: null }, {}, false],
  [undefined, undefined, true],
  [undefined, null, false],
  [{ b: 1, a: 1 }, { a: 1, b: 2 }, false],
])('%j and %j say the same: %s', (one, other, expected) => {
  expect([isSame(one, other), isSame(other, one)]).toEqual([expected, expected]);
});
