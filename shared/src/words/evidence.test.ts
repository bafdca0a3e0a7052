import { describe, expect, it } from 'vitest';

import { DAY_MS } from '../time.ts';
import { judgedText, limitText } from './evidence.ts';

const plainSpaces = (text: string | null): string => (text ?? 'none').replaceAll('\u00A0', ' ');
const USED = { metric: 'system.filesystem.utilization', unit: '1' };
const LOG = { metric: 'fettle.log.hardware', unit: '{event}' };
const PENDING = { metric: 'fettle.disk.sectors.pending', unit: '{sector}' };

describe('what an alert was judged on', () => {
  it.each([
    ['a value', { ...USED, value: 0.912, threshold: 0.85 }, '91.2 %', '85 %'],
    ['a value without a limit', { ...USED, value: 0.5, threshold: null, rise: null, withinMs: null }, '50 %', 'none'],
    ['a sum', { ...LOG, value: 3, threshold: 2, withinMs: 7 * DAY_MS }, '3 events within 7 d', '2 events'],
    ['a sum of one', { ...LOG, value: 1, threshold: 1, withinMs: DAY_MS }, '1 event within 1 d', '1 event'],
    [
      'a rise',
      { ...PENDING, value: 12, rise: 4, threshold: 1, withinMs: 30 * DAY_MS },
      '12 sectors, 4 more within 30 d',
      '1 more',
    ],
    ['too much of what should not rise', { ...PENDING, value: 12, threshold: 10 }, '12 sectors', '10 sectors'],
    ['a state', { metric: 'fettle.raid.state', unit: '1', value: 2 }, 'degraded', 'none'],
  ])('%s', (_name, judged, value, limit) => {
    expect([plainSpaces(judgedText(judged)), plainSpaces(limitText(judged))]).toEqual([value, limit]);
  });
});
