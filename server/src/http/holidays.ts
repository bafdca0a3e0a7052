// Holidays from a calendar file, as governments and other programs give them out.
import ICAL from 'ical.js';

export type Holiday = { readonly date: string; readonly name: string };
export type ReadHolidays =
  | { readonly is: 'read'; readonly holidays: readonly Holiday[]; readonly skipped: number }
  | { readonly is: 'refused'; readonly why: string };

const EVENTS_MAX = 5_000;
/** Of one event: what recurs yearly since long ago has to be counted up to now. */
const OCCURRENCES_MAX = 300;
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
  let skipped = 0;
  for (const event of events) {
    const holidays = holidaysOf(event, year);
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
const holidaysOf = (component: ICAL.Component, year: number): readonly Holiday[] | undefined => {
  try {
    const event = new ICAL.Event(component);
    const days = event.duration.toSeconds() / 86_400;
    if (!event.startDate.isDate || days < 1 || days > DAYS_MAX) return undefined;
    const starts = event.isRecurring() ? yearly(event, year) : [dateOf(event.startDate)];
    const name = event.summary.slice(0, NAME_MAX);
    return starts?.flatMap((start) => datesFrom(start, days, year).map((date) => ({ date, name })));
  } catch {
    return undefined;
  }
};

const dateOf = ({ year, month, day }: ICAL.Time): Temporal.PlainDate =>
  Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' });

/** A holiday comes once a year, if it comes again. */
const yearly = (event: ICAL.Event, year: number): readonly Temporal.PlainDate[] | undefined => {
  const rules = event.component.getAllProperties('rrule').map((rule) => String(rule.getFirstValue()));
  if (!rules.every((rule) => rule.includes('FREQ=YEARLY'))) return undefined;
  const found: Temporal.PlainDate[] = [];
  const iterator = event.iterator();
  for (let count = 0; count < OCCURRENCES_MAX; count += 1) {
    const next: ICAL.Time | undefined = iterator.next();
    if (!next || next.year > year + YEARS_AHEAD) break;
    found.push(dateOf(next));
  }
  return found;
};

const datesFrom = (start: Temporal.PlainDate, days: number, year: number): readonly string[] =>
  Array.from({ length: days }, (_day, index) => start.add({ days: index }))
    .filter((date) => date.year >= year - 1 && date.year <= year + YEARS_AHEAD)
    .map(String);
