// Is it the time that the clock says? What was written last was written in the past.
import { DAY_MS, MINUTE_MS } from '@fettle/shared/time';

import { type Finding, bad, ok } from '../../store/check/finding.ts';
import { readFettle } from '../../store/fettle.ts';

const WHAT = 'clock';
/** No clock is right that is before the first Fettle. */
const FIRST_MS = Date.UTC(2026, 10, 1);
const SLACK_MS = MINUTE_MS;

/** @returns undefined where nothing has happened yet, or the database cannot be read, which the check of it says */
export const newestEventMs = (folder: string): number | undefined => {
  try {
    const store = readFettle(folder);
    try {
      const [event] = store.events.page({ tenants: undefined, afterSeq: store.events.range().last - 1, limit: 1 });
      return event && Date.parse(event.at);
    } finally {
      store.db.close();
    }
  } catch {
    return undefined;
  }
};

export const tellClock = (newestMs: number | undefined, nowMs: number): Finding => {
  const now = new Date(nowMs).toISOString();
  const advice = 'Set it, and keep it right: systemd-timesyncd or chrony. Tickets and offline alerts go by it.';
  if (nowMs < FIRST_MS) return bad(WHAT, `it says ${now}, which cannot be`, advice);
  if (newestMs === undefined || newestMs <= nowMs + SLACK_MS) return ok(WHAT, now);
  const aheadMs = newestMs - nowMs;
  const ahead =
    aheadMs > DAY_MS ? `${Math.round(aheadMs / DAY_MS)} days` : `${Math.round(aheadMs / MINUTE_MS)} minutes`;
  return bad(WHAT, `it says ${now}, and the newest entry of the event log is ${ahead} later`, advice);
};
