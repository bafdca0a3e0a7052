import { sources } from '@fettle/shared/metric/read-by';
import { describe, expect, it } from 'vitest';

import { collectorsFor } from './collectors.ts';

/** Beyond nothing: a system that a collector knows nothing of yet has one that gives nothing. */
const giving = (os: Parameters<typeof collectorsFor>[0]) =>
  collectorsFor(os).filter(({ provides }) => provides.length > 0);

describe('what reads a metric, as everybody is told', () => {
  it('is what the collectors of Linux say of themselves', () => {
    const said = giving('linux').map(({ id, tier, provides }) => [id, { tier, metrics: [...provides] }] as const);
    expect(sources).toEqual(Object.fromEntries(said));
  });

  it.each(['macos', 'windows'] as const)('holds for the collectors of %s, which read less', (os) => {
    for (const { id, tier, provides } of giving(os)) {
      expect(sources[id]?.tier).toBe(tier);
      expect(sources[id]?.metrics).toEqual(expect.arrayContaining([...provides]));
    }
  });
});
