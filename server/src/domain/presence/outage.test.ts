import { MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW } from '../../fixture.ts';
import { canHaveOutage, isOutage, isOutageOver } from './outage.ts';

const silent = (agoMs = 0, isUnannounced = true) => ({ sinceMs: NOW - agoMs, isUnannounced });
const site = (alwaysOn: number) => ({ alwaysOn, withinMs: MINUTE_MS });

describe('a site is silent as a whole', () => {
  it.each([
    ['three of three', [silent(), silent(), silent()], 3, true],
    ['three of five', [silent(), silent(), silent()], 5, true],
    ['three of six: half is not most', [silent(), silent(), silent()], 6, false],
    ['two of two: fewer than three are a coincidence', [silent(), silent()], 2, false],
    ['three, the last a minute after the first', [silent(), silent(MINUTE_MS), silent(-MINUTE_MS)], 5, true],
    ['three, one of them more than a minute away', [silent(), silent(), silent(MINUTE_MS + 1)], 5, false],
    ['three, one of them too late', [silent(), silent(), silent(-MINUTE_MS - 1)], 5, false],
    ['three, one of which had said so', [silent(), silent(), silent(0, false)], 5, false],
  ])('%s', (_name, silences, alwaysOn, expected) => {
    expect(isOutage(silences, NOW, site(alwaysOn))).toBe(expected);
  });

  it('where three or more are never off', () => {
    expect([2, 3].map(canHaveOutage)).toEqual([false, true]);
  });

  it('until half of them are back', () => {
    expect([isOutageOver(3, 5), isOutageOver(3, 6), isOutageOver(0, 3)]).toEqual([false, true, true]);
  });
});
