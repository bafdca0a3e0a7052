// How long things wait on the server, and the rhythm that agents are given: from one place, so that hurry divides them all.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { INTERVALS } from '@fettle/shared/wire/intervals';
import type { Intervals } from '@fettle/shared/wire/server-message.schema';

/** For trying out: durations divided by 60, none under a second. */
export const HURRY = 60;

/** What every duration is divided by, and the shortest that comes of it. */
export type Pace = { readonly divisor: number; readonly leastMs?: number };

export const paced = ({ divisor, leastMs = SECOND_MS }: Pace, ms: number): number =>
  divisor === 1 || ms === 0 ? ms : Math.max(leastMs, Math.round(ms / divisor));

export type Times = {
  /** An alert that fires again within this is the same row. */
  readonly alertReopenMs: number;
  /** A ticket that nobody touched resolves itself when its alerts have been clear this long. */
  readonly ticketResolveMs: number;
  /** A resolved ticket is reopened by its problem within this, and closed after it. */
  readonly ticketReopenMs: number;
  /** So many reopenings within this make a ticket recurring. */
  readonly recurringMs: number;
  /** After a start of the server nobody is called offline. */
  readonly startHoldMs: number;
  /** A server whose agent was stopped by hand. */
  readonly stoppedMs: number;
  /** Time for a reboot or an update, by the agent's own word. */
  readonly rebootMs: number;
  /** What an agent read of its targets is true for this long: two batches, and then some. */
  readonly targetFreshMs: number;
};

export const timesAt = (pace: Pace): Times => ({
  alertReopenMs: paced(pace, DAY_MS),
  ticketResolveMs: paced(pace, 30 * MINUTE_MS),
  ticketReopenMs: paced(pace, 72 * HOUR_MS),
  recurringMs: paced(pace, 7 * DAY_MS),
  startHoldMs: paced(pace, 3 * MINUTE_MS),
  stoppedMs: paced(pace, 15 * MINUTE_MS),
  rebootMs: paced(pace, 10 * MINUTE_MS),
  targetFreshMs: paced(pace, 5 * MINUTE_MS),
});

/** A person signs in again after this long without a request, and after this long in any case. No hurry shortens it. */
export const SESSION_IDLE_MS = 30 * MINUTE_MS;
export const SESSION_LIFE_MS = 12 * HOUR_MS;

/** Connections a second that this server takes without strain. */
const RECONNECTS_PER_SECOND = 300;

/** @param devices in the fleet: a large one is spread over up to 30 s when it has to come back */
export const intervalsAt = (pace: Pace, devices: number): Intervals => ({
  fast: paced(pace, INTERVALS.fast),
  minute: paced(pace, INTERVALS.minute),
  slow: paced(pace, INTERVALS.slow),
  daily: paced(pace, INTERVALS.daily),
  batch: paced(pace, INTERVALS.batch),
  digest: paced(pace, INTERVALS.digest),
  reconnectSpread: Math.min(
    INTERVALS.reconnectSpread,
    Math.max(SECOND_MS, Math.ceil((devices / RECONNECTS_PER_SECOND) * SECOND_MS)),
  ),
});
