import { describe, expect, it } from 'vitest';

import { isParent, parentsOf } from './parents.ts';

const OFFLINE = { rule: 'device.offline', instance: '' };

describe('what says more of the same', () => {
  it.each(['smart.pending', 'smart.reallocated', 'nvme.media', 'ssd.wear'])(
    'of %s: that this disk has failed',
    (rule) => {
      expect(parentsOf({ rule, instance: 'S1' })).toEqual([{ rule: 'smart.failed', instance: 'S1' }, OFFLINE]);
    },
  );

  it.each(['disk.missing', 'disk.link'])('of %s: that any array is degraded', (rule) => {
    expect(parentsOf({ rule, instance: 'S1' })).toEqual([{ rule: 'raid.degraded', instance: undefined }, OFFLINE]);
  });

  it('of all others: that the device is gone, and of that nothing', () => {
    expect(parentsOf({ rule: 'cpu.sustained', instance: '' })).toEqual([OFFLINE]);
    expect(parentsOf(OFFLINE)).toEqual([]);
  });

  it('is known as such', () => {
    const parents = ['smart.failed', 'raid.degraded', 'device.offline', 'site.outage', 'smart.pending', 'disk.space'];
    expect(parents.map(isParent)).toEqual([true, true, true, true, false, false]);
  });
});
