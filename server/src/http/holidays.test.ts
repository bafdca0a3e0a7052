import { describe, expect, it } from 'vitest';

import { readHolidays } from './holidays.ts';

const event = (...lines: readonly string[]): string => ['BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT'].join('\r\n');
const file = (...events: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Test//EN', ...events, 'END:VCALENDAR'].join('\r\n');
const day = (date: string, name: string, ...more: readonly string[]): string =>
  event(`DTSTART;VALUE=DATE:${date}`, `SUMMARY:${name}`, ...more);
const read = (...events: readonly string[]) => readHolidays(file(...events), 2026);
const datesIn = (found: ReturnType<typeof readHolidays>) =>
  found.is === 'read' ? found.holidays.map(({ date, name }) => `${date} ${name}`) : found;

describe('the holidays of a calendar file', () => {
  it('are its whole days, in order, each once, of last year to five years ahead', () => {
    const found = read(
      day('20261225', 'Christmas'),
      day('20260101', 'New Year'),
      day('20260101', 'New Year again'),
      day('20240101', 'long ago'),
      day('20320101', 'far ahead'),
    );
    expect(datesIn(found)).toEqual(['2026-01-01 New Year again', '2026-12-25 Christmas']);
  });

  it('of several days are each of them', () => {
    expect(datesIn(read(day('20261224', 'Break', 'DTEND;VALUE=DATE:20261227')))).toEqual([
      '2026-12-24 Break',
      '2026-12-25 Break',
      '2026-12-26 Break',
    ]);
  });

  it('recur yearly by date and by weekday, also since long ago', () => {
    const found = read(
      day('19710501', 'May Day', 'RRULE:FREQ=YEARLY'),
      day('20251127', 'Thanksgiving', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3'),
    );
    const dates = datesIn(found);
    expect(dates).toContain('2026-05-01 May Day');
    expect(dates).toContain('2031-05-01 May Day');
    expect(dates).toEqual(expect.arrayContaining(['2025-11-27 Thanksgiving', '2026-11-26 Thanksgiving']));
    expect(dates).not.toContain('2028-11-23 Thanksgiving');
  });

  it('recur since longer ago than can be counted, as leap as then', () => {
    const found = read(
      day('19040229', 'Leap Day', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29'),
      day('20011231', 'Turn', 'DTEND;VALUE=DATE:20020103', 'RRULE:FREQ=YEARLY'),
      day('16010101', 'New Year', 'RRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1'),
      day('20030601', 'Third', 'RRULE:FREQ=YEARLY;INTERVAL=3'),
    );
    const dates = datesIn(found);
    expect(dates).toEqual(expect.arrayContaining(['2026-01-01 New Year', '2028-02-29 Leap Day', '2025-01-02 Turn']));
    expect(dates).toEqual(expect.arrayContaining(['2027-06-01 Third', '2030-06-01 Third']));
    expect(dates).not.toContain('2028-06-01 Third');
  });

  it('of a file in which hundreds recur are refused before anybody waits for them', () => {
    const many = (count: number) => Array.from({ length: count }, () => day('19700101', 'x', 'RRULE:FREQ=YEARLY'));
    expect(read(...many(300))).toEqual({ is: 'refused', why: 'Too much of the file recurs: give it in parts.' });
    expect(read(...many(100))).toMatchObject({ is: 'read' });
  });

  it('are no hours, no stays of months, nothing weekly, and nothing without a date: those are counted', () => {
    const found = read(
      event('DTSTART:20260101T100000Z', 'DTEND:20260101T110000Z', 'SUMMARY:Meeting'),
      day('20260101', 'Sabbatical', 'DTEND;VALUE=DATE:20260601'),
      day('20260105', 'Mondays', 'RRULE:FREQ=WEEKLY'),
      day('20260105', 'each second', 'RRULE:FREQ=SECONDLY'),
      event('SUMMARY:Someday'),
      day('20261003', 'Unity'),
    );
    expect([datesIn(found), found.is === 'read' && found.skipped]).toEqual([['2026-10-03 Unity'], 5]);
  });

  it.each([
    ['nothing', ''],
    ['words', 'hello'],
    ['half a file', 'BEGIN:VCALENDAR'],
    ['something else', 'BEGIN:VCARD\r\nEND:VCARD'],
    ['JSON', '{"holidays":[]}'],
    ['a rule that is none', file(day('20260105', 'never', 'RRULE:FREQ=YEARLY;BYMONTH=13'))],
  ])('of %s are refused', (_name, text) => {
    expect(readHolidays(text, 2026)).toEqual({
      is: 'refused',
      why: 'This is no calendar file that can be read. Export one in the iCalendar format (.ics).',
    });
  });

  it('of a file with too many events are refused', () => {
    const many = file(...Array.from({ length: 5_001 }, () => day('20260101', 'x')));
    expect(readHolidays(many, 2026)).toMatchObject({ is: 'refused', why: 'The file has more than 5000 events.' });
  });

  it('have names of a length that can be shown', () => {
    const found = read(day('20260101', 'x'.repeat(500)));
    expect(found.is === 'read' && found.holidays[0]?.name.length).toBe(100);
  });
});
