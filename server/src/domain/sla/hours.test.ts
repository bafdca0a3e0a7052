// Laws of working time, in zones that change their clocks by an hour, by half an hour, and in the other half of the year.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Calendar, type Opening, STANDARD } from './calendar.ts';
import { type Hours, businessMs, dueAt, nextOpen, openings } from './hours.ts';

const at = (text: string): number => Temporal.ZonedDateTime.from(text).epochMilliseconds;
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'] as const;

const allDay: readonly Opening[] = [{ fromMinute: 0, toMinute: 1_440 }];
const daily = (zone: string, day: readonly Opening[], holidays: Calendar['holidays'] = {}): Calendar => ({
  zone,
  week: Array.from({ length: 7 }, () => day),
  holidays,
});

/** Ranges of a day, in order and apart. */
const someDay = fc
  .uniqueArray(fc.integer({ min: 0, max: 1_440 }), { maxLength: 6 })
  .map((minutes) => minutes.toSorted((one, other) => one - other))
  .map((minutes) =>
    minutes.flatMap((fromMinute, index) => {
      const toMinute = minutes[index + 1];
      return index % 2 === 0 && toMinute !== undefined ? [{ fromMinute, toMinute }] : [];
    }),
  );
const START = Date.UTC(2026, 0, 1);
const someDate = fc
  .integer({ min: 0, max: 700 })
  .map((day) => new Date(START + day * DAY_MS).toISOString().slice(0, 10));
const calendar = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    week: fc.array(someDay, { minLength: 7, maxLength: 7 }),
    holidays: fc.dictionary(someDate, fc.constant('off'), { maxKeys: 30 }),
  })
  .filter(({ week }) => week.some((day) => day.length > 0));
const hours: fc.Arbitrary<Hours> = fc.oneof(
  { weight: 9, arbitrary: calendar },
  { weight: 1, arbitrary: fc.constant('always' as const) },
);
const moment = fc.integer({ min: START, max: START + 400 * DAY_MS });
const moments = fc
  .array(moment, { minLength: 3, maxLength: 3 })
  .map((found) => found.toSorted((one, other) => one - other));

describe('working time', () => {
  it('is additive over any split', () => {
    fc.assert(
      fc.property(hours, moments, (hours_, [a = 0, b = 0, c = 0]) => {
        expect(businessMs(hours_, a, b) + businessMs(hours_, b, c)).toBe(businessMs(hours_, a, c));
      }),
      { numRuns: 60 },
    );
  });

  it('never runs backwards, nor faster than time', () => {
    fc.assert(
      fc.property(hours, moments, (hours_, [a = 0, b = 0, c = 0]) => {
        const [ab, ac] = [businessMs(hours_, a, b), businessMs(hours_, a, c)];
        expect(ab).toBeGreaterThanOrEqual(0);
        expect(ac).toBeGreaterThanOrEqual(ab);
        expect(ac - ab).toBeLessThanOrEqual(c - b);
        expect(businessMs(hours_, b, a)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('is used up at the moment when it is due, and not a millisecond before', () => {
    fc.assert(
      fc.property(hours, moment, fc.integer({ min: 1, max: 30 * HOUR_MS }), (hours_, from, budget) => {
        const due = dueAt(hours_, from, budget);
        if (due === undefined) return;
        expect(businessMs(hours_, from, due)).toBe(budget);
        expect(businessMs(hours_, from, due - 1)).toBe(budget - 1);
      }),
      { numRuns: 100 },
    );
  });

  it('comes in openings that are in order and apart', () => {
    fc.assert(
      fc.property(calendar, moment, (calendar_, from) => {
        let lastMs = from;
        for (const { startMs, endMs } of openings(calendar_, from).take(40)) {
          expect(startMs < endMs && endMs > from && startMs >= Math.min(lastMs, startMs)).toBe(true);
          if (startMs > from) expect(startMs).toBeGreaterThanOrEqual(lastMs);
          lastMs = endMs;
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('across a change of the clocks', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25', 25],
    ['America/New_York', '2026-03-08', 23],
    ['America/New_York', '2026-11-01', 25],
    ['Australia/Lord_Howe', '2026-10-04', 23.5],
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
  ])('%s on %s: a whole day has %d hours', (zone, date, wanted) => {
    const from = at(`${date}T00:00[${zone}]`);
    const to = Temporal.PlainDate.from(date).add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
    expect(businessMs(daily(zone, allDay), from, to)).toBe(wanted * HOUR_MS);
    expect(dueAt(daily(zone, allDay), from, wanted * HOUR_MS)).toBe(to);
  });

  it.each(ZONES)('%s: nine to five is eight hours on every day of the year', (zone) => {
    const office = daily(zone, [{ fromMinute: 540, toMinute: 1_020 }]);
    const first = Temporal.PlainDate.from('2026-01-01');
    for (let day = 0; day < 365; day += 1) {
      const date = first.add({ days: day });
      const [from, to] = [date, date.add({ days: 1 })].map((one) => one.toZonedDateTime(zone).epochMilliseconds);
      expect(businessMs(office, from ?? 0, to ?? 0)).toBe(8 * HOUR_MS);
    }
  });

  it('ranges within the hour that is leapt over count nothing, and none counts twice', () => {
    const night = daily('Europe/Berlin', [
      { fromMinute: 120, toMinute: 150 },
      { fromMinute: 150, toMinute: 195 },
    ]);
    const from = at('2026-03-29T00:00[Europe/Berlin]');
    expect(businessMs(night, from, from + 12 * HOUR_MS)).toBe(15 * MINUTE_MS);
    expect([...openings(night, from).take(1)]).toEqual([
      { startMs: at('2026-03-29T03:00[Europe/Berlin]'), endMs: at('2026-03-29T03:15[Europe/Berlin]') },
    ]);
  });

  it('a range that holds the hour that comes twice is an hour longer', () => {
    const night = daily('America/New_York', [{ fromMinute: 0, toMinute: 180 }]);
    const from = at('2026-11-01T00:00[America/New_York]');
    expect(businessMs(night, from, from + DAY_MS)).toBe(4 * HOUR_MS);
  });
});

describe('weekends and holidays', () => {
  const friday = at('2026-11-27T16:00[UTC]');
  it('are not counted: what is begun on Friday at four is done on Monday', () => {
    expect(dueAt(STANDARD, friday, 2 * HOUR_MS)).toBe(at('2026-11-30T10:00[UTC]'));
    const off: Calendar = { ...STANDARD, holidays: { '2026-11-30': 'St Andrew' } };
    expect(dueAt(off, friday, 2 * HOUR_MS)).toBe(at('2026-12-01T10:00[UTC]'));
    expect(dueAt(STANDARD, friday, HOUR_MS)).toBe(at('2026-11-27T17:00[UTC]'));
    expect(dueAt(STANDARD, friday, 0)).toBe(friday);
  });

  it('lunch is not counted either', () => {
    const lunch = daily('UTC', [
      { fromMinute: 480, toMinute: 720 },
      { fromMinute: 780, toMinute: 1_020 },
    ]);
    expect(dueAt(lunch, at('2026-11-23T11:30[UTC]'), HOUR_MS)).toBe(at('2026-11-23T13:30[UTC]'));
  });

  it('it is open now, or on Monday, or never again', () => {
    expect(nextOpen(STANDARD, friday)).toBe(friday);
    expect(nextOpen(STANDARD, friday + HOUR_MS)).toBe(at('2026-11-30T09:00[UTC]'));
    expect(nextOpen('always', friday)).toBe(friday);
    const never: Calendar = { zone: 'UTC', week: [[], [], [], [], [], [], []], holidays: {} };
    expect([nextOpen(never, friday), dueAt(never, friday, 1), businessMs(never, 0, friday)]).toEqual([
      undefined,
      undefined,
      0,
    ]);
    expect(dueAt('always', friday, 5)).toBe(friday + 5);
  });
});
