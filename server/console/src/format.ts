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

const instantFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** "23 Nov 2026, 14:02:05 CET", in the reader's time zone. */
export const formatInstant = (atMs: number): string => instantFormat.format(atMs);

/** "14:02" */
export const formatClock = (atMs: number): string => clockFormat.format(atMs);
