import { describe, expect, it } from 'vitest';

import { formatBytes, formatDuration, formatPercent } from './format.ts';

const plainSpaces = (text: string): string => text.replaceAll('\u00A0', ' ');

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1_023, '1 KiB'],
    [1_536, '1.5 KiB'],
    [10 * 2 ** 30, '10 GiB'],
    [9.3 * 2 ** 30, '9.3 GiB'],
    [171.4 * 2 ** 30, '171 GiB'],
    [999.96 * 2 ** 20, '1 GiB'],
    [2 ** 70, '1024 EiB'],
  ])('%d is %s', (bytes, text) => {
    expect(plainSpaces(formatBytes(bytes))).toBe(text);
  });
});

describe('percent', () => {
  it.each([
    [0, 0, '0 %'],
    [0.962, 0, '96 %'],
    [0.962, 1, '96.2 %'],
    [0.85, 1, '85 %'],
    [1, 1, '100 %'],
  ])('%d with %d decimals is %s', (ratio, decimals, text) => {
    expect(plainSpaces(formatPercent(ratio, decimals))).toBe(text);
  });
});

describe('durations', () => {
  it.each([
    [250, '250 ms'],
    [59_499, '59 s'],
    [90_000, '1 min 30 s'],
    [12 * 60_000 + 30_000, '12 min'],
    [12_000_000, '3 h 20 min'],
    [24 * 3_600_000, '1 d'],
    [100 * 3_600_000, '4 d 4 h'],
  ])('%d ms is %s', (durationMs, text) => {
    expect(plainSpaces(formatDuration(durationMs))).toBe(text);
  });
});
