// Windows in which nobody is told of what happens, because somebody works there. Once, or each week by the clock of a place.
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';

import type { Device } from '../device.ts';

export type WindowScope =
  | { readonly kind: 'tenant' }
  | { readonly kind: 'site' | 'device'; readonly id: string }
  | { readonly kind: 'tag'; readonly tag: string };

export type WindowTime =
  | { readonly kind: 'once'; readonly startMs: number; readonly endMs: number }
  | {
      readonly kind: 'weekly';
      /** IANA: the clock on the wall there, whatever it does in spring and autumn. */
      readonly zone: string;
      /** ISO 8601: 1 is Monday. */
      readonly days: readonly number[];
      /** "22:00" */
      readonly from: string;
      readonly minutes: number;
      /** Never beyond this. */
      readonly untilMs: number;
    };

export type MaintenanceWindow = {
  readonly id: string;
  readonly tenant: string;
  readonly scope: WindowScope;
  readonly time: WindowTime;
  readonly reason: string;
  readonly by: string;
};

/** Longer ones want a reason. */
const UNREASONED_MAX_MS = 72 * HOUR_MS;
const REASON_LEAST = 10;
const WEEK_MINUTES = 7 * 24 * 60;

export const endOf = ({ time }: Pick<MaintenanceWindow, 'time'>): number =>
  time.kind === 'once' ? time.endMs : time.untilMs;

/** @returns what is wrong with it, for whoever declared it */
export const windowProblem = ({ time, reason }: Pick<MaintenanceWindow, 'time' | 'reason'>, nowMs: number) => {
  if (time.kind === 'weekly') return weeklyProblem(time);
  if (time.endMs <= time.startMs) return 'time.endMs: the window ends before it begins.';
  if (time.endMs <= nowMs) return 'time.endMs: the window is over already.';
  if (time.endMs - time.startMs > UNREASONED_MAX_MS && reason.trim().length < REASON_LEAST)
    return `reason: a window of more than 72 hours needs one, of at least ${REASON_LEAST} characters.`;
  return undefined;
};

const weeklyProblem = (time: WindowTime & { kind: 'weekly' }): string | undefined => {
  try {
    Temporal.PlainTime.from(time.from);
  } catch {
    return `time.from: "${time.from}" is no time of day; write 22:00.`;
  }
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(time.zone);
  } catch {
    return `time.zone: "${time.zone}" is no time zone; write one as Europe/Berlin.`;
  }
  if (time.days.length * time.minutes >= WEEK_MINUTES) return 'time.minutes: the windows of a week cover all of it.';
  return undefined;
};

/** When it is on at this moment. Both are ms since 1970, `endMs` is not in it any more. */
export const spanAt = ({ time }: Pick<MaintenanceWindow, 'time'>, nowMs: number) => {
  if (time.kind === 'once') return isIn(time, nowMs) ? { startMs: time.startMs, endMs: time.endMs } : undefined;
  if (nowMs >= time.untilMs) return undefined;
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(time.zone).toPlainDate();
  const daysBack = Math.ceil(time.minutes / (24 * 60)) + 1;
  const begins = Array.from({ length: daysBack + 1 }, (_, days) => today.subtract({ days }));
  return begins
    .filter((date) => time.days.includes(date.dayOfWeek))
    .map((date) => spanFrom(date, time))
    .find((span) => isIn(span, nowMs));
};

const spanFrom = (date: Temporal.PlainDate, { zone, from, minutes, untilMs }: WindowTime & { kind: 'weekly' }) => {
  // a time that a day does not have is the one after the gap; one that it has twice is the first
  const begin = date.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(from) });
  const startMs = begin.epochMilliseconds;
  return { startMs, endMs: Math.min(startMs + minutes * MINUTE_MS, untilMs) };
};

const isIn = ({ startMs, endMs }: { startMs: number; endMs: number }, nowMs: number): boolean =>
  startMs <= nowMs && nowMs < endMs;

const covers = ({ scope, tenant }: MaintenanceWindow, device: Device): boolean => {
  if (tenant !== device.tenant) return false;
  switch (scope.kind) {
    case 'tenant':
      return true;
    case 'site':
      return scope.id === device.site;
    case 'device':
      return scope.id === device.id;
    case 'tag':
      return device.tags.includes(scope.tag);
  }
};

/**
 * The window that keeps things quiet now, where there is one: the one that does so longest.
 * @param settleMs after its end things come back by themselves, and nobody is told in that time either
 */
export const windowOver = (
  device: Device,
  windows: readonly MaintenanceWindow[],
  { nowMs, settleMs }: { readonly nowMs: number; readonly settleMs: number },
): { readonly id: string; readonly untilMs: number } | undefined =>
  windows
    .filter((window) => covers(window, device))
    .flatMap((window) => {
      const span = spanAt(window, nowMs) ?? spanAt(window, nowMs - settleMs);
      return span ? [{ id: window.id, untilMs: span.endMs + settleMs }] : [];
    })
    .toSorted((a, b) => b.untilMs - a.untilMs)[0];
