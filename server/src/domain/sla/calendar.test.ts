import { HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { type CalendarText, HOLIDAYS_MAX, STANDARD, businessDayMs, calendarText, parseCalendar } from './calendar.ts';

const day = [
  { from: '13:00', to: '17:30' },
  { from: '08:00', to: '12:00' },
];
const TEXT: CalendarText = {
  zone: 'Europe/Berlin',
  week: [day, day, day, day, [{ from: '08:00', to: '24:00' }], [], []],
  holidays: [{ date: '2026-12-25', name: 'Christmas' }],
};

const whyOf = (change: Partial<CalendarText>): string => {
  const parsed = parseCalendar({ ...TEXT, ...change });
  return parsed.is === 'refused' ? parsed.why : 'taken';
};

it('a calendar is taken with several ranges a day, put in order, and is written again as it is', () => {
  const parsed = parseCalendar(TEXT);
  if (parsed.is === 'refused') throw new Error(parsed.why);
  expect(parsed.calendar.week[0]).toEqual([
    { fromMinute: 480, toMinute: 720 },
    { fromMinute: 780, toMinute: 1_050 },
  ]);
  expect(parsed.calendar.holidays).toEqual({ '2026-12-25': 'Christmas' });
  const again = parseCalendar(calendarText(parsed.calendar));
  expect(again).toEqual(parsed);
});

it('holidays come out by date', () => {
  const holidays = [
    { date: '2026-12-26', name: 'Boxing Day' },
    { date: '2026-01-01', name: 'New Year' },
  ];
  const parsed = parseCalendar({ ...TEXT, holidays });
  if (parsed.is === 'refused') throw new Error(parsed.why);
  expect(calendarText(parsed.calendar).holidays).toEqual(holidays.toReversed());
});

describe('what is refused says why', () => {
  const open = [{ from: '09:00', to: '17:00' }];
  const week = (first: CalendarText['week'][number]) => [first, [], [], [], [], [], []];
  it.each([
    [
      'an unknown zone',
      { zone: 'Europe/Atlantis' },
      '"Europe/Atlantis" is no time zone. Name one of the IANA list, such as "Europe/Berlin".',
    ],
    [
      'an offset for a zone',
      { zone: '+01:00' },
      '"+01:00" is no time zone. Name one of the IANA list, such as "Europe/Berlin".',
    ],
    ['no hours', { week: week([]) }, 'The calendar has no hours: open it on one day at least.'],
    ['a short week', { week: [open] }, 'A week has 7 days, Monday first; this one has 1.'],
    [
      'a range that ends first',
      { week: week([{ from: '17:00', to: '09:00' }]) },
      'Monday: "17:00" to "09:00" is no range. Write it as "09:00" to "17:00".',
    ],
    [
      'a range of no length',
      { week: week([{ from: '09:00', to: '09:00' }]) },
      'Monday: "09:00" to "09:00" is no range. Write it as "09:00" to "17:00".',
    ],
    [
      'no time of day',
      { week: week([{ from: '9', to: '24:01' }]) },
      'Monday: "9" to "24:01" is no range. Write it as "09:00" to "17:00".',
    ],
    [
      'ranges that overlap',
      { week: week([...open, { from: '16:59', to: '20:00' }]) },
      'Monday: the ranges overlap at 16:59. Make one of them, or part them.',
    ],
    [
      'too many ranges',
      { week: week(Array.from({ length: 9 }, (_, hour) => ({ from: `0${hour}:00`, to: `0${hour}:30` }))) },
      'Monday: more than 8 ranges.',
    ],
    [
      'a day that is not in its month',
      { holidays: [{ date: '2026-02-30', name: '' }] },
      'The holiday "2026-02-30" is no date. Write it as "2026-12-25".',
    ],
    [
      'a holiday in words',
      { holidays: [{ date: 'Christmas', name: '' }] },
      'The holiday "Christmas" is no date. Write it as "2026-12-25".',
    ],
    [
      'too many holidays',
      { holidays: Array.from({ length: HOLIDAYS_MAX + 1 }, () => ({ date: '2026-01-01', name: '' })) },
      'There are more than 1000 holidays. Leave out those of years gone by.',
    ],
  ] as const)('%s', (_name, change, why) => {
    expect(whyOf(change)).toBe(why);
  });

  it('all of it at once', () => {
    const why = whyOf({ zone: 'x', week: week([]), holidays: [{ date: 'y', name: '' }] });
    expect(why.split('. ').length).toBeGreaterThan(2);
  });

  it('ranges that only touch are not refused', () => {
    expect(whyOf({ week: week([...open, { from: '17:00', to: '20:00' }]) })).toBe('taken');
  });
});

it('a business day is what the open days of a week have on average', () => {
  expect(businessDayMs(STANDARD)).toBe(8 * HOUR_MS);
  const parsed = parseCalendar(TEXT);
  if (parsed.is === 'refused') throw new Error(parsed.why);
  expect(businessDayMs(parsed.calendar)).toBe(10 * HOUR_MS);
});
