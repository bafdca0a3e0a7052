// How much of a stretch of time is working time, and when so much of it has gone by.
import type { Calendar, Opening } from './calendar.ts';

/** Round the clock, or the hours of a calendar. */
export type Hours = Calendar | 'always';

/** An opening as it comes about on one day. */
export type Span = { readonly startMs: number; readonly endMs: number };

/** Ten years: after so many days without the hours asked for there will be none. */
const DAYS_MAX = 3_660;

/** In ms; additive over any split of the stretch. */
export const businessMs = (hours: Hours, fromMs: number, toMs: number): number => {
  if (toMs <= fromMs) return 0;
  if (hours === 'always') return toMs - fromMs;
  let sum = 0;
  for (const { startMs, endMs } of openings(hours, fromMs)) {
    if (startMs >= toMs) break;
    sum += Math.min(endMs, toMs) - Math.max(startMs, fromMs);
  }
  return sum;
};

/**
 * The first moment by which `budgetMs` of working time have gone by since `fromMs`.
 * @returns undefined when that is not so within ten years
 */
export const dueAt = (hours: Hours, fromMs: number, budgetMs: number): number | undefined => {
  if (budgetMs <= 0) return fromMs;
  if (hours === 'always') return fromMs + budgetMs;
  let leftMs = budgetMs;
  for (const { startMs, endMs } of openings(hours, fromMs)) {
    const beginMs = Math.max(startMs, fromMs);
    if (leftMs <= endMs - beginMs) return beginMs + leftMs;
    leftMs -= endMs - beginMs;
  }
  return undefined;
};

/** @returns `atMs` itself when it is open then; undefined when it is not open again within ten years */
export const nextOpen = (hours: Hours, atMs: number): number | undefined => {
  if (hours === 'always') return atMs;
  const next = openings(hours, atMs).next();
  return next.done ? undefined : Math.max(next.value.startMs, atMs);
};

/** Those that end after `fromMs`, in order and apart, for ten years. */
export function* openings(calendar: Calendar, fromMs: number): Generator<Span, void> {
  let date = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(calendar.zone).toPlainDate();
  for (let day = 0; day < DAYS_MAX; day += 1) {
    for (const opening of openingsOn(calendar, date)) {
      const span = spanOf(opening, date, calendar.zone);
      if (span.endMs > fromMs && span.endMs > span.startMs) yield span;
    }
    date = date.add({ days: 1 });
  }
}

const openingsOn = ({ week, holidays }: Calendar, date: Temporal.PlainDate): readonly Opening[] =>
  date.toString() in holidays ? [] : (week[date.dayOfWeek - 1] ?? []);

const spanOf = ({ fromMinute, toMinute }: Opening, date: Temporal.PlainDate, zone: string): Span => ({
  startMs: instantOf(date, fromMinute, zone),
  endMs: instantOf(date, toMinute, zone),
});

/**
 * Of a time on the wall. One that comes twice is the first; one that the clocks leap over is the moment of the leap: so a later
 * time on the wall is never an earlier moment, and openings that do not overlap on paper do not overlap at all.
 */
const instantOf = (date: Temporal.PlainDate, minute: number, zone: string): number => {
  const onWall = date.toPlainDateTime().add({ minutes: minute });
  const zoned = onWall.toZonedDateTime(zone);
  if (zoned.toPlainDateTime().equals(onWall)) return zoned.epochMilliseconds;
  // the transition before a moment is never that moment itself
  const leap = zoned.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
  return leap?.epochMilliseconds ?? zoned.epochMilliseconds;
};
