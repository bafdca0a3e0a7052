// Holidays from a calendar file, as governments and other programs give them out.
import ICAL from 'ical.js';

export type Holiday = { readonly date: string; readonly name: string };
export type ReadHolidays =
  | { readonly is: 'read'; readonly holidays: readonly Holiday[]; readonly skipped: number }
  | { readonly is: 'refused'; readonly why: string };

const EVENTS_MAX = 5_000;
/** Of a file: each takes a tenth of a millisecond, in which nobody else is answered. */
const OCCURRENCES_MAX = 2_000;
const DAYS_MAX = 31;
const YEARS_AHEAD = 5;
const NAME_MAX = 100;

/** Whole-day events of last year to five years ahead; RFC 5545. @param year that it is now */
export const readHolidays = (text: string, year: number): ReadHolidays => {
  const events = eventsOf(text);
  if (events === undefined)
    return {
      is: 'refused',
      why: 'This is no calendar file that can be read. Export one in the iCalendar format (.ics).',
    };
  if (events.length > EVENTS_MAX) return { is: 'refused', why: `The file has more than ${EVENTS_MAX} events.` };
  const byDate = new Map<string, Holiday>();
  const left = { occurrences: OCCURRENCES_MAX };
  let skipped = 0;
  for (const event of events) {
    const holidays = holidaysOf(event, year, left);
    if (left.occurrences === 0) return { is: 'refused', why: 'Too much of the file recurs: give it in parts.' };
    if (!holidays) skipped += 1;
    for (const holiday of holidays ?? []) byDate.set(holiday.date, holiday);
  }
  const holidays = [...byDate.values()].toSorted((one, other) => (one.date < other.date ? -1 : 1));
  return { is: 'read', holidays, skipped };
};

const eventsOf = (text: string): readonly ICAL.Component[] | undefined => {
  try {
    const root = ICAL.Component.fromString(text);
    return root.name === 'vcalendar' ? root.getAllSubcomponents('vevent') : undefined;
  } catch {
    return undefined;
  }
};

/** @returns undefined for what is no whole day, or nothing that can be understood */
const holidaysOf = (component: ICAL.Component, year: number, left: Left): readonly Holiday[] | undefined => {
  try {
    const event = new ICAL.Event(component, { exceptions: [] }); // else each looks through all others for some
    const days = event.duration.toSeconds() / 86_400;
    if (!event.startDate.isDate || days < 1 || days > DAYS_MAX) return undefined;
    const starts = event.isRecurring() ? yearly(event, year, left) : [dateOf(event.startDate)];
    const name = event.summary.slice(0, NAME_MAX);
    return starts?.flatMap((start) => datesFrom(start, days, year).map((date) => ({ date, name })));
  } catch {
    return undefined;
  }
};

const dateOf = ({ year, month, day }: ICAL.Time): Temporal.PlainDate =>
  Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' });

type Left = { occurrences: number };

/** A holiday comes once a year, if it comes again. */
const yearly = (event: ICAL.Event, year: number, left: Left): readonly Temporal.PlainDate[] | undefined => {
  const rules = event.component.getAllProperties('rrule').map((rule) => String(rule.getFirstValue()));
  if (!rules.every((rule) => rule.includes('FREQ=YEARLY'))) return undefined;
  const found: Temporal.PlainDate[] = [];
  const iterator = event.iterator(beginOf(event, rules, year));
  for (; left.occurrences > 0; left.occurrences -= 1) {
    const next: ICAL.Time | undefined = iterator.next();
    if (!next || next.year > year + YEARS_AHEAD) break;
    found.push(dateOf(next));
  }
  return found;
};

/** What counts from its first time, or from the weekday of that. */
const BY_FIRST = /COUNT|INTERVAL|BYWEEKNO/;

/** The first time, or for what came each year since one in the years before last, as leap as that. */
const beginOf = ({ startDate }: ICAL.Event, rules: readonly string[], year: number): ICAL.Time => {
  const begin = startDate.clone();
  const years = Math.floor((year - 2 - begin.year) / 4) * 4;
  if (years > 0 && rules.length > 0 && !rules.some((rule) => BY_FIRST.test(rule))) begin.year += years;
  return begin;
};

const datesFrom = (start: Temporal.PlainDate, days: number, year: number): readonly string[] =>
  Array.from({ length: days }, (_day, index) => start.add({ days: index }))
    .filter((date) => date.year >= year - 1 && date.year <= year + YEARS_AHEAD)
    .map(String);
