import { describe, expect, it } from 'vitest';

import { Pace } from './pace.ts';

const KIB = 1024;

/** The largest amount that may be on the way. */
const most = (pace: Pace): number => {
  let bytes = 0;
  while (pace.allows(KIB, bytes)) bytes += KIB;
  return bytes;
};

/** As much as may be is on its way all the time. @returns how much that is in the end */
const drain = (way: { readonly bytesPerSecond: number; readonly roundTripMs: number }, seconds: number): number => {
  const pace = new Pace();
  pace.sent(0);
  for (let nowMs = 0, more = 0; nowMs < seconds * 1_000; nowMs += more) {
    const bytes = most(pace);
    more = Math.max(way.roundTripMs, (bytes / way.bytesPerSecond) * 1_000);
    pace.acked(bytes, nowMs + more, false);
  }
  return most(pace);
};

describe('Pace', () => {
  it('begins with 16 KiB, and one record may go whatever its size', () => {
    const pace = new Pace();
    expect(most(pace)).toBe(16 * KIB);
    expect([pace.allows(0, 64 * KIB), pace.allows(1, 16 * KIB)]).toEqual([true, false]);
  });

  it.each([
    ['a local network: as much as is ever allowed', { bytesPerSecond: 1e8, roundTripMs: 20 }, 1_024],
    ['a slow line: a second of it', { bytesPerSecond: 40 * KIB, roundTripMs: 100 }, 40],
    ['16 kbit/s: the least', { bytesPerSecond: 2 * KIB, roundTripMs: 300 }, 8],
    ['a round trip of 2 s: the least', { bytesPerSecond: 1e8, roundTripMs: 2_000 }, 8],
  ])('%s', (_way, way, kib) => expect(drain(way, 60)).toBe(kib * KIB));

  it('learns nothing from a batch now and then', () => {
    const pace = new Pace();
    for (let minute = 0; minute < 100; minute += 1) {
      pace.sent(minute * 60_000);
      pace.acked(2 * KIB, minute * 60_000 + 50, true);
    }
    expect(most(pace)).toBe(16 * KIB);
  });

  it('does not take the first of many for the rate of all', () => {
    const pace = new Pace();
    pace.sent(0);
    for (let count = 1; count < 16; count += 1) pace.acked(KIB, count * 10, false);
    expect(most(pace)).toBe(16 * KIB);
  });
});
