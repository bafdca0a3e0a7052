// The time line of events and changes: days and weeks, over restarts and boots, never back.
//
// While the machine is up it goes on with the time since boot (sleep included), whatever is done to the wall clock: a
// clock set a year ahead and back moves nothing. Only how long the machine was off is asked of the wall clock, and that
// counts for a day at most: a wrong clock at a boot shifts these windows by no more, and a disk that lay in a drawer for a
// year was not steady for a year. A wall clock that went back says that no time has passed.
import { DAY_MS, HOUR_MS } from '@fettle/shared/time';

/** Where the line stood, when. `uptimeMs` is since boot, sleep included. */
export type CalendarMark = { readonly lineMs: number; readonly uptimeMs: number; readonly wallMs: number };

type Reading = { readonly uptimeMs: number; readonly wallMs: number };

const OFF_MAX_MS = DAY_MS;
/** A mark that old is to be kept anew: what passed since then would be lost by a power cut. */
const MARK_AGE_MS = 6 * HOUR_MS;

/** @param kept the last mark, and whether the machine was booted since */
export const resumed = (
  { lineMs, uptimeMs, wallMs }: CalendarMark,
  isSameBoot: boolean,
  now: Reading,
): CalendarMark => {
  const passedMs = isSameBoot
    ? Math.max(0, now.uptimeMs - uptimeMs)
    : now.uptimeMs + Math.min(OFF_MAX_MS, Math.max(0, now.wallMs - now.uptimeMs - wallMs));
  return { lineMs: lineMs + passedMs, ...now };
};

/** Of the same boot. The first one begins at the wall clock's time. */
export const advanced = (last: CalendarMark | undefined, now: Reading): CalendarMark =>
  last === undefined ? { lineMs: now.wallMs, ...now } : resumed(last, true, now);

export const isOld = (kept: CalendarMark | undefined, now: CalendarMark): boolean =>
  kept === undefined || now.lineMs - kept.lineMs >= MARK_AGE_MS;
