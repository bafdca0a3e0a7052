import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { freshFolder } from '../fixture.ts';
import { Ballast } from './ballast.ts';

it('gives nothing, and throws nothing, where it cannot be shortened', () => {
  const folder = freshFolder();
  mkdirSync(join(folder, 'ballast')); // has a size, and is opened for writing by nobody
  const ballast = new Ballast(folder);
  expect([ballast.bytes > 0, ballast.give()]).toEqual([true, false]);
});
