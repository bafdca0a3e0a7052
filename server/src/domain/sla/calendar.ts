// The hours in which somebody works: a time zone, what is open on each day of the week, and the days off.

/** Minutes since midnight by the clock on the wall: 0 to 1440. */
export type Opening = { readonly fromMinute: number; readonly toMinute: number };

export type Calendar = {
  readonly zone: string;
  /** Monday first, seven of them; those of one day in order and apart. */
  readonly week: readonly (readonly Opening[])[];
  /** By date, as "2026-12-25". */
  readonly holidays: Readonly<Record<string, string>>;
};

/** As people write it: "09:00" to "17:30"; "24:00" is the end of a day. */
export type CalendarText = {
  readonly zone: string;
  readonly week: readonly (readonly { readonly from: string; readonly to: string }[])[];
  readonly holidays: readonly { readonly date: string; readonly name: string }[];
};

export type ParsedCalendar =
  | { readonly is: 'calendar'; readonly calendar: Calendar }
  | { readonly is: 'refused'; readonly why: string };

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const DAY_MINUTES = 1_440;
export const HOLIDAYS_MAX = 1_000;
const OPENINGS_MAX = 8;

/** Nine to five from Monday to Friday, by UTC: until somebody says when they work. */
export const STANDARD: Calendar = {
  zone: 'UTC',
  week: DAYS.map((_day, index) => (index < 5 ? [{ fromMinute: 540, toMinute: 1_020 }] : [])),
  holidays: {},
};

/** Every fault, not the first alone: whoever wrote it mends it once. */
export const parseCalendar = ({ zone, week, holidays }: CalendarText): ParsedCalendar => {
  const days = week.map((ranges) =>
    ranges.map(({ from, to }) => ({ fromMinute: minuteOf(from), toMinute: minuteOf(to) })),
  );
  const faults = [
    ...zoneFaults(zone),
    ...week.flatMap((ranges, index) => dayFaults(ranges, days[index] ?? [], DAYS[index] ?? `Day ${index + 1}`)),
    ...(week.length === DAYS.length
      ? []
      : [`A week has ${DAYS.length} days, Monday first; this one has ${week.length}.`]),
    ...(days.some((ranges) => ranges.length > 0) ? [] : ['The calendar has no hours: open it on one day at least.']),
    ...holidayFaults(holidays),
  ];
  if (faults.length > 0) return { is: 'refused', why: faults.join(' ') };
  const sorted = days.map((ranges) => ranges.toSorted((one, other) => one.fromMinute - other.fromMinute));
  const named = Object.fromEntries(holidays.map(({ date, name }) => [date, name]));
  return { is: 'calendar', calendar: { zone, week: sorted, holidays: named } };
};

export const calendarText = ({ zone, week, holidays }: Calendar): CalendarText => ({
  zone,
  week: week.map((ranges) =>
    ranges.map(({ fromMinute, toMinute }) => ({ from: clockOf(fromMinute), to: clockOf(toMinute) })),
  ),
  holidays: Object.entries(holidays)
    .map(([date, name]) => ({ date, name }))
    .toSorted((one, other) => (one.date < other.date ? -1 : 1)),
});

/** Of the open days of a week, in ms: what "a business day" is worth. */
export const businessDayMs = ({ week }: Calendar): number => {
  const open = week.filter((ranges) => ranges.length > 0);
  const minutes = open.flat().reduce((sum, { fromMinute, toMinute }) => sum + toMinute - fromMinute, 0);
  return Math.round((minutes * 60_000) / open.length);
};

const CLOCK = /^(?<hours>[01]\d|2[0-4]):(?<minutes>[0-5]\d)$/;

/** NaN for what is no time of day. */
const minuteOf = (text: string): number => {
  const { hours, minutes } = CLOCK.exec(text)?.groups ?? {};
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= DAY_MINUTES ? minute : Number.NaN;
};

const two = (part: number): string => String(part).padStart(2, '0');
const clockOf = (minute: number): string => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;

const NAMED_ZONE = /^[A-Za-z]/;

/** An offset such as "+01:00" knows no summer time: only names are taken. */
const zoneFaults = (zone: string): readonly string[] => {
  const isKnown = NAMED_ZONE.test(zone) && isZone(zone);
  return isKnown ? [] : [`"${zone}" is no time zone. Name one of the IANA list, such as "Europe/Berlin".`];
};

const isZone = (zone: string): boolean => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
};

const dayFaults = (
  ranges: CalendarText['week'][number],
  parsed: readonly Opening[],
  day: string,
): readonly string[] => {
  const wrong = parsed.flatMap(({ fromMinute, toMinute }, index) =>
    fromMinute < toMinute
      ? []
      : [`${day}: "${ranges[index]?.from}" to "${ranges[index]?.to}" is no range. Write it as "09:00" to "17:00".`],
  );
  if (wrong.length > 0) return wrong;
  if (parsed.length > OPENINGS_MAX) return [`${day}: more than ${OPENINGS_MAX} ranges.`];
  const sorted = parsed.toSorted((one, other) => one.fromMinute - other.fromMinute);
  return sorted.flatMap(({ fromMinute }, index) => {
    const before = sorted[index - 1];
    return before && before.toMinute > fromMinute
      ? [`${day}: the ranges overlap at ${clockOf(fromMinute)}. Make one of them, or part them.`]
      : [];
  });
};

const holidayFaults = (holidays: CalendarText['holidays']): readonly string[] => {
  if (holidays.length > HOLIDAYS_MAX)
    return [`There are more than ${HOLIDAYS_MAX} holidays. Leave out those of years gone by.`];
  return holidays.flatMap(({ date }) =>
    isDate(date) ? [] : [`The holiday "${date}" is no date. Write it as "2026-12-25".`],
  );
};

const DATE = /^\d{4}-\d{2}-\d{2}$/;

const isDate = (text: string): boolean => {
  if (!DATE.test(text)) return false;
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
};
