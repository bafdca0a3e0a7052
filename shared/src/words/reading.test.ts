import { describe, expect, it } from 'vitest';

import { formatReading } from './reading.ts';

const plainSpaces = (text: string): string => text.replaceAll('\u00A0', ' ');

describe('readings', () => {
  it.each([
    ['system.cpu.utilization', 0.912, '1', '91.2 %'],
    ['fettle.system.load.1m', 12.34, '1', '12.3'],
    ['fettle.filesystem.available', 9.3 * 2 ** 30, 'By', '9.3 GiB'],
    ['fettle.disk.io.rate', 5 * 2 ** 20, 'By/s', '5 MiB/s'],
    ['fettle.disk.operations.rate', 120, '{operation}/s', '120 operations/s'],
    ['fettle.log.crash', 1, '{event}', '1 event'],
    ['system.uptime', 90_000, 's', '1 d 1 h'],
    ['fettle.service.state', 4, '1', 'failed'],
    ['fettle.service.state', 9, '1', '9'],
    ['someone.elses.metric', 0.5, '1', '0.5'],
  ])('%s %d %s is %s', (metric, value, unit, text) => {
    expect(plainSpaces(formatReading(metric, value, unit))).toBe(text);
  });
});
