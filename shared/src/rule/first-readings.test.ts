import { describe, expect, it } from 'vitest';

import type { Sample } from '../metric/sample.ts';
import { type Fired, firedAtFirst } from './first-readings.ts';
import { pack } from './pack.ts';
import { isJudged } from './rule.ts';

const RULES = pack.filter(isJudged);
const DISK = { 'hw.id': 'WD-1', 'hw.name': 'sda' };
const disk = (metric: Sample['metric'], value: number): Sample => ({ metric, attributes: DISK, value });
const fired = (...samples: readonly Sample[]): readonly Fired[] =>
  firedAtFirst(RULES, samples, { os: 'linux', class: 'server' });

describe('the first readings of a machine', () => {
  it.each<[name: string, samples: readonly Sample[], expected: readonly string[]]>([
    ['nothing at all', [], []],
    ['a disk that is well', [disk('fettle.smart.verdict', 0), disk('fettle.disk.sectors.pending', 0)], []],
    ['one that says it fails', [disk('fettle.smart.verdict', 1)], ['smart.failed critical']],
    ['some pending sectors: nobody knows since when', [disk('fettle.disk.sectors.pending', 9)], []],
    ['too many pending sectors', [disk('fettle.disk.sectors.pending', 10)], ['smart.pending warning']],
    ['a SAS disk, which has no pending ones', [disk('fettle.disk.errors.reported', 12)], ['smart.pending warning']],
    ['15 sectors reallocated', [disk('fettle.disk.sectors.reallocated', 15)], []],
    ['16 sectors reallocated', [disk('fettle.disk.sectors.reallocated', 16)], ['smart.reallocated warning']],
    ['media errors from before', [disk('fettle.disk.errors.media', 500)], []],
    ['89 % worn', [disk('fettle.disk.wear', 0.89)], []],
    ['90 % worn', [disk('fettle.disk.wear', 0.9)], ['ssd.wear warning']],
    ['all worn', [disk('fettle.disk.wear', 1)], ['ssd.wear critical']],
    [
      'little worn, and too few spare blocks',
      [disk('fettle.disk.wear', 0.1), disk('fettle.disk.spare.headroom', -0.01)],
      ['ssd.wear warning'],
    ],
    ['a disk that is missing', [disk('fettle.disk.presence', 0)], ['disk.missing critical']],
    ['a disk at its limit', [disk('fettle.disk.temperature.headroom', 4.9)], ['temperature.disk warning']],
    ['a disk beyond it', [disk('fettle.disk.temperature.headroom', -1)], ['temperature.disk critical']],
    ['cable errors from before', [disk('fettle.disk.errors.link', 4_000)], []],
    [
      'one killed for want of memory',
      [{ metric: 'fettle.log.crash', attributes: { 'fettle.log.class': 'oom' }, value: 1 }],
      ['log.oom warning'],
    ],
    ['one crash', [{ metric: 'fettle.log.crash', attributes: { 'fettle.log.class': 'oops' }, value: 1 }], []],
    [
      'two crashes',
      [{ metric: 'fettle.log.crash', attributes: { 'fettle.log.class': 'oops' }, value: 2 }],
      ['log.crash warning'],
    ],
  ])('%s', (_name, samples, expected) => {
    expect(fired(...samples).map(({ rule, severity }) => `${rule} ${severity}`)).toEqual(expected);
  });

  it('each disk is judged by itself, and named by its serial number', () => {
    const other = { metric: 'fettle.smart.verdict', attributes: { ...DISK, 'hw.id': 'WD-2' }, value: 1 } as const;
    expect(fired(disk('fettle.smart.verdict', 0), other)).toMatchObject([{ instance: 'WD-2' }]);
  });

  it('what has no reading of the metric that its rule is about is not looked at, whatever else is known of it', () => {
    const commit: Sample = { metric: 'fettle.memory.commit.utilization', attributes: {}, value: 0.99 };
    const used: Sample = { metric: 'system.memory.utilization', attributes: {}, value: 0.1 };
    expect(fired(commit)).toEqual([]);
    expect(fired(used, commit)).toMatchObject([{ rule: 'memory.pressure', instance: '' }]);
  });

  it('rules for other devices say nothing', () => {
    const health: Sample = { metric: 'fettle.battery.health', attributes: DISK, value: 0.4 };
    expect(fired(health)).toEqual([]);
    expect(firedAtFirst(RULES, [health], { os: 'linux', class: 'laptop' })).toMatchObject([{ rule: 'battery.health' }]);
  });
});
