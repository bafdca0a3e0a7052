import { describe, expect, it } from 'vitest';

import { type Counter, createOctetMeter } from './octets.ts';

const narrow = (value: number): Counter => ({ value, bits: 32 });
const wide = (value: number): Counter => ({ value, bits: 64 });

type Uptimes = readonly [before: number | undefined, after: number | undefined];

describe('bytes per second', () => {
  it.each<[what: string, before: Counter, after: Counter, expected: { uptimes: Uptimes; perSecond?: number }]>([
    ['what it grew by', wide(1_000), wide(7_000), { uptimes: [10, 70], perSecond: 100 }],
    ['nothing when nothing came', wide(1_000), wide(1_000), { uptimes: [10, 70], perSecond: 0 }],
    ['over a wrap of 32 bits', narrow(2 ** 32 - 3_000), narrow(3_000), { uptimes: [10, 70], perSecond: 100 }],
    ['not when 64 bits go back: they do not wrap', wide(7_000), wide(1_000), { uptimes: [10, 70] }],
    ['not over a restart of the device', narrow(2 ** 32 - 3_000), narrow(3_000), { uptimes: [1_000, 50] }],
    ['not when it does not tell how long it is up', narrow(1_000), narrow(7_000), { uptimes: [undefined, undefined] }],
    ['not between counters of two sizes', narrow(1_000), wide(7_000), { uptimes: [10, 70] }],
  ])('%s', (_what, before, after, { uptimes, perSecond }) => {
    const meter = createOctetMeter();
    meter.begin(0, uptimes[0]);
    expect(meter.perSecond('in eth0', before)).toBeUndefined();
    meter.begin(60_000, uptimes[1]);
    expect(meter.perSecond('in eth0', after)).toBe(perSecond);
  });

  it('begins anew for one that was not there the last time', () => {
    const meter = createOctetMeter();
    meter.begin(0, 10);
    meter.perSecond('in eth0', wide(1));
    meter.begin(60_000, 70);
    meter.begin(120_000, 130);
    expect(meter.perSecond('in eth0', wide(7_000))).toBeUndefined();
  });
});
