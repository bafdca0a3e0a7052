import { describe, expect, it } from 'vitest';

import { Pressure } from './pressure.ts';

const KIB = 1024;
const filled = (records: number, bytes: number): Pressure => {
  const pressure = new Pressure();
  for (let count = 0; count < records; count += 1) pressure.take(bytes);
  return pressure;
};

describe('Pressure', () => {
  it.each([
    ['nothing waits', 0, 0, 64],
    ['a hundred records', 100, KIB, 63],
    ['half of the records', 10_000, KIB, 32],
    ['half of the bytes in few records', 512, 63.5 * KIB, 32],
    ['all of it', 20_000, 0, 4],
  ])('grants a window by what waits: %s', (_case, records, bytes, window) => {
    expect(filled(records, bytes).window).toBe(window);
  });

  it('takes no more than 20,000 records, and one again for each that is decided', () => {
    const pressure = filled(20_000, 0);
    expect(pressure.take(0)).toBe(false);
    pressure.give(0);
    expect([pressure.take(0), pressure.take(0)]).toEqual([true, false]);
  });

  it('takes no more than 64 MiB', () => {
    const pressure = filled(1_016, 64 * KIB);
    expect([pressure.take(64 * KIB), pressure.take(1)]).toEqual([false, true]);
    for (let count = 0; count < 1_016; count += 1) pressure.give(64 * KIB);
    pressure.give(1);
    expect(pressure.window).toBe(64);
  });
});
