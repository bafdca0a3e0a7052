// A machine's runs on the evaluator's clocks: since when it is booted, and where its calendar of days and weeks stands.
import { type CalendarMark, advanced, resumed } from '@fettle/agent/rules/calendar';
import type { Now } from '@fettle/agent/rules/entry';

import type { Session } from './life.ts';

export type Run = Session & {
  readonly bootedMs: number;
  /** Of calendar.ts, at `fromMs`. */
  readonly lineMs: number;
};

export const runsOf = (sessions: readonly Session[]): readonly Run[] => {
  let bootedMs = 0;
  let mark: CalendarMark | undefined;
  return sessions.map((session) => {
    const isBoot = session.begin === 'boot' || mark === undefined;
    if (isBoot) bootedMs = session.fromMs;
    const reading = (atMs: number) => ({ uptimeMs: atMs - bootedMs, wallMs: atMs });
    const begun =
      isBoot && mark ? resumed(mark, false, reading(session.fromMs)) : advanced(mark, reading(session.fromMs));
    mark = advanced(begun, reading(session.toMs));
    return { ...session, bootedMs, lineMs: begun.lineMs };
  });
};

/** Its clocks are right: a wrong one is a reading like any other here. */
export const nowOf = ({ fromMs, lineMs }: Run, atMs: number): Now => ({
  monoMs: atMs,
  wallMs: atMs,
  calendarMs: lineMs + atMs - fromMs,
});
