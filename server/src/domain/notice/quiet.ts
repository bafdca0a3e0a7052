// Hours in which people are left alone, by the clock of where they live.
import type { QuietHours } from '@fettle/shared/api/notice.schema';

/** @returns when they end, in ms since 1970; undefined: it is not quiet */
export const quietUntil = (quiet: QuietHours | null, nowMs: number): number | undefined => {
  if (!quiet) return undefined;
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(quiet.zone);
  const ends = [now.toPlainDate().subtract({ days: 1 }), now.toPlainDate()].flatMap((day) => endOf(quiet, day, nowMs));
  return ends.length === 0 ? undefined : Math.max(...ends);
};

/** Of the hours that begin on this day, if it is within them now. */
const endOf = (quiet: QuietHours, day: Temporal.PlainDate, nowMs: number): readonly number[] => {
  if (!quiet.days.includes(day.dayOfWeek)) return [];
  const at = (date: Temporal.PlainDate, time: string): number =>
    date.toZonedDateTime({ timeZone: quiet.zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds;
  const fromMs = at(day, quiet.from);
  const toMs = at(quiet.to > quiet.from ? day : day.add({ days: 1 }), quiet.to);
  return fromMs <= nowMs && nowMs < toMs ? [toMs] : [];
};
