import { expect, it } from 'vitest';

import { suspectsItself } from './suspicion.ts';

const sites = (...counts: readonly number[]) =>
  counts.flatMap((count, site) => Array.from({ length: count }, () => `site-${site}`));

it.each([
  ['ten of twenty in two sites', 10, sites(9, 1), true],
  ['ten of twenty in one site', 10, sites(10), false],
  ['nine of nine in two sites', 0, sites(8, 1), false],
  ['ten of twenty-one in two sites', 11, sites(5, 5), false],
  ['all of them in three sites', 0, sites(5, 5, 5), true],
])('%s: is it us? %#', (_name, connected, silentSites, expected) => {
  expect(suspectsItself({ connected, silentSites })).toBe(expected);
});
