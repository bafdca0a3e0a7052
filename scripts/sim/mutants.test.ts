// Each planted bug can still be planted: the text that it replaces stands where it is said to.
import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { mutants } from './mutant-list.ts';

const root = new URL('../../', import.meta.url);

it.each(mutants)('$id can be planted', ({ file, from }) => {
  expect(readFileSync(new URL(file, root), 'utf8').split(from)).toHaveLength(2);
});

it('no two have the same name', () => {
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
});
