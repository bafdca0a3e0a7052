import { HOUR_MS } from '@fettle/shared/time';
import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { localMs, localText, nextMorning, snoozeChoices } from './moments.ts';

const NOON = new Date(2026, 10, 23, 12, 34, 56).getTime();

describe('a snooze', () => {
  it('lasts an hour, four, or until tomorrow at eight', () => {
    expect(snoozeChoices.map(({ untilMs }) => untilMs(NOON))).toEqual([
      NOON + HOUR_MS,
      NOON + 4 * HOUR_MS,
      new Date(2026, 10, 24, 8).getTime(),
    ]);
  });

  it('until the morning ends at eight of another day, at any moment of any year', () => {
    const moments = integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) });
    assert(
      property(moments, (nowMs) => {
        const morning = new Date(nextMorning(nowMs));
        expect([morning.getHours(), morning.getMinutes()]).toEqual([8, 0]);
        expect(morning.getTime()).toBeGreaterThan(nowMs);
        expect(morning.getTime() - nowMs).toBeLessThanOrEqual(33 * HOUR_MS);
      }),
    );
  });
});

describe('a field for a moment', () => {
  it('says it in the reader’s time, to the minute, and is read back', () => {
    expect(localText(NOON)).toBe('2026-11-23T12:34');
    expect(localMs('2026-11-23T12:34')).toBe(new Date(2026, 10, 23, 12, 34).getTime());
  });

  it.each(['', '2026-11-99T00:00', 'tomorrow'])('"%s" is none yet', (text) => {
    expect(localMs(text)).toBeNull();
  });
});
