import type { QuietHours } from '@fettle/shared/api/notice.schema';
import { describe, expect, it } from 'vitest';

import { quietUntil } from './quiet.ts';

const ALL = [1, 2, 3, 4, 5, 6, 7];
const at = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;

const quiet = (from: string, to: string, change: Partial<QuietHours> = {}): QuietHours => ({
  zone: 'Europe/Berlin',
  from,
  to,
  days: ALL,
  holdsCritical: false,
  ...change,
});

describe('quiet hours', () => {
  it.each([
    ['before they begin', quiet('22:00', '07:00'), '2026-11-23T20:59:59Z', undefined],
    ['as they begin', quiet('22:00', '07:00'), '2026-11-23T21:00:00Z', '2026-11-24T06:00:00Z'],
    ['after midnight', quiet('22:00', '07:00'), '2026-11-24T03:00:00Z', '2026-11-24T06:00:00Z'],
    ['as they end', quiet('22:00', '07:00'), '2026-11-24T06:00:00Z', undefined],
    ['within a day', quiet('12:00', '13:00'), '2026-11-23T11:30:00Z', '2026-11-23T12:00:00Z'],
    ['a whole day', quiet('09:00', '09:00', { days: [7] }), '2026-11-22T20:00:00Z', '2026-11-23T08:00:00Z'],
    ['on another day', quiet('22:00', '07:00', { days: [6] }), '2026-11-23T22:00:00Z', undefined],
    [
      'that began on Saturday, on Sunday morning',
      quiet('22:00', '07:00', { days: [6] }),
      '2026-11-22T03:00:00Z',
      '2026-11-22T06:00:00Z',
    ],
    ['in the night that has an hour less', quiet('22:00', '07:00'), '2026-03-28T22:00:00Z', '2026-03-29T05:00:00Z'],
    ['in the night that has an hour more', quiet('22:00', '07:00'), '2026-10-25T05:30:00Z', '2026-10-25T06:00:00Z'],
    ['that end in an hour that is not there', quiet('22:00', '02:30'), '2026-03-29T01:15:00Z', '2026-03-29T01:30:00Z'],
  ])('%s', (_name, hours, now, until) => {
    expect(quietUntil(hours, at(now))).toBe(until === undefined ? undefined : at(until));
  });

  it('that are not set are never', () => {
    expect(quietUntil(null, at('2026-11-23T03:00:00Z'))).toBeUndefined();
  });
});
