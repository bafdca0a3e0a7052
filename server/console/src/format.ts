// Points in time as people read them.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { NBSP } from '@fettle/shared/words/format';

/** One unit, for columns that tick: "now", "45 s", "12 min", "3 h", "5 d". */
export const formatAge = (ageMs: number): string => {
  if (ageMs < 5 * SECOND_MS) return 'now';
  if (ageMs < MINUTE_MS) return `${Math.floor(ageMs / SECOND_MS)}${NBSP}s`;
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)}${NBSP}min`;
  if (ageMs < DAY_MS) return `${Math.floor(ageMs / HOUR_MS)}${NBSP}h`;
  return `${Math.floor(ageMs / DAY_MS)}${NBSP}d`;
};

/** Hours and minutes of working time: "45 min", "3 h 20 min", "12 h". */
export const formatWorkTime = (ms: number): string => {
  const minutes = Math.floor(ms / MINUTE_MS);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest}${NBSP}min`;
  return rest === 0 ? `${hours}${NBSP}h` : `${hours}${NBSP}h ${rest}${NBSP}min`;
};

const instantFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** "23 Nov 2026, 14:02:05 CET", in the reader's time zone. */
export const formatInstant = (atMs: number): string => instantFormat.format(atMs);

/** "14:02" */
export const formatClock = (atMs: number): string => clockFormat.format(atMs);

const dayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const farDayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** Days of the calendar from one moment to another, where the reader is: 1 is tomorrow, also when a clock changes between. */
const daysBetween = (fromMs: number, toMs: number): number => {
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  return Math.round((to.setHours(12, 0, 0, 0) - from.setHours(12, 0, 0, 0)) / DAY_MS);
};

/** A moment to come, as short as it is clear: "14:05", "tomorrow 08:00", "Thu 3 Dec 08:00", "3 Dec 2027". */
export const formatUntil = (atMs: number, nowMs: number): string => {
  const days = daysBetween(nowMs, atMs);
  if (days === 0) return formatClock(atMs);
  if (days === 1) return `tomorrow ${formatClock(atMs)}`;
  const isNear = days > 0 && days < 180;
  return isNear ? `${dayFormat.format(atMs)} ${formatClock(atMs)}` : farDayFormat.format(atMs);
};

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g;

/** A sentence of the server, with its moments as the reader's clock has them. */
export const inReadersTime = (sentence: string, nowMs: number): string =>
  sentence.replaceAll(INSTANT, (instant) => formatUntil(Date.parse(instant), nowMs));
