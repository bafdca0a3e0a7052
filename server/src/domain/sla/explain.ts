// A ticket's time, stretch by stretch: what each clock did in it, and why.
import { type Hours, type Span, openings } from './hours.ts';
import type { Phase } from './phases.ts';
import { type ClockName, type Contract, changesOf, hoursAt } from './terms.ts';

export type Explained = {
  readonly fromMs: number;
  readonly toMs: number;
  /** "open hours", "outside hours", "holiday: Christmas", "waiting for the customer", "resolved" … */
  readonly why: string;
  readonly response: Moment;
  readonly resolution: Moment;
};

/** How the clock went, and how much it had used at the end. */
export type Moment = { readonly state: 'runs' | 'stands' | 'over'; readonly usedMs: number };

/** The newest of so many; of an old ticket the rest is counted. */
export const STRETCHES_MAX = 500;

type Cut = { readonly fromMs: number; readonly toMs: number; readonly phase: Phase; readonly hours: Hours };

/** To the millisecond: each stretch begins where the one before it ends, the last ends now. */
export const explain = (
  phases: readonly Phase[],
  contract: Contract,
  nowMs: number,
): { readonly stretches: readonly Explained[]; readonly leftOut: number } => {
  const cuts = cutsOf(phases, contract, nowMs).flatMap(byHours);
  const used = { response: 0, resolution: 0 };
  let round = 0;
  const stretches = cuts.map(({ isOpen, why, fromMs, toMs, phase }): Explained => {
    if (phase.round !== round) [round, used.response] = [phase.round, 0];
    const moment = (clock: ClockName): Moment => {
      const state = stateOf(phase[clock], isOpen);
      if (state === 'runs') used[clock] += toMs - fromMs;
      return { state, usedMs: used[clock] };
    };
    return { fromMs, toMs, why, response: moment('response'), resolution: moment('resolution') };
  });
  const kept = stretches.slice(-STRETCHES_MAX);
  return { stretches: kept, leftOut: stretches.length - kept.length };
};

const stateOf = (run: Phase['response'], isOpen: boolean): Moment['state'] => {
  if (run === 'stopped' || run === 'cancelled') return 'over';
  return run === 'running' && isOpen ? 'runs' : 'stands';
};

const cutsOf = (phases: readonly Phase[], contract: Contract, nowMs: number): readonly Cut[] => {
  const changes = changesOf(contract);
  return phases.flatMap((phase, index) => {
    const endMs = Math.min(phases[index + 1]?.fromMs ?? nowMs, nowMs);
    const times = [phase.fromMs, ...changes.filter((at) => at > phase.fromMs && at < endMs), endMs];
    return times.slice(1).flatMap((toMs, at) => {
      const fromMs = times[at] ?? phase.fromMs;
      return toMs > fromMs ? [{ fromMs, toMs, phase, hours: hoursAt(contract, phase.priority, fromMs) }] : [];
    });
  });
};

type Reasoned = Cut & { readonly isOpen: boolean; readonly why: string };

const byHours = (cut: Cut): readonly Reasoned[] => {
  const { phase, hours } = cut;
  const reason = reasonOf(phase);
  if (reason !== undefined) return [{ ...cut, isOpen: true, why: reason }];
  if (hours === 'always') return [{ ...cut, isOpen: true, why: 'round the clock' }];
  const found: Reasoned[] = [];
  let atMs = cut.fromMs;
  const close = (toMs: number): void => {
    if (toMs > atMs)
      found.push({ ...cut, fromMs: atMs, toMs, isOpen: false, why: closedWhy(hours, { startMs: atMs, endMs: toMs }) });
  };
  for (const { startMs, endMs } of openings(hours, cut.fromMs)) {
    if (startMs >= cut.toMs) break;
    close(startMs);
    const [fromMs, toMs] = [Math.max(startMs, cut.fromMs), Math.min(endMs, cut.toMs)];
    found.push({ ...cut, fromMs, toMs, isOpen: true, why: 'open hours' });
    atMs = toMs;
  }
  close(cut.toMs);
  return found;
};

const WAITS = {
  customer: 'waiting for the customer',
  vendor: 'waiting for a vendor',
  scheduled: 'waiting for its date',
  hold: 'on hold',
} as const;

/** Why no hours matter; undefined when they do. */
const reasonOf = ({ isResolved, waitsFor, response, resolution }: Phase): string | undefined => {
  if (isResolved) return 'resolved';
  if (resolution === 'cancelled') return 'merged into another ticket';
  return waitsFor === null || response === 'running' ? undefined : WAITS[waitsFor];
};

const closedWhy = ({ zone, holidays }: Exclude<Hours, 'always'>, { startMs, endMs }: Span): string => {
  const dateAt = (ms: number): string =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate().toString();
  const [from, to] = [dateAt(startMs), dateAt(endMs - 1)];
  const names = Object.entries(holidays).flatMap(([date, name]) => (date >= from && date <= to ? [name] : []));
  return names.length === 0 ? 'outside hours' : `outside hours, with ${[...new Set(names)].join(', ')}`;
};
