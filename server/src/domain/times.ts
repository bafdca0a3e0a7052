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
  /** What was clear this long is told to be over. */
  readonly settleMs: number;
  /** Fires that count together. */
  readonly flappingMs: number;
  /** Without a change for so long, what flapped has made up its mind. */
  readonly quietMs: number;
  /** The first days of a device, in which what was so before is nobody's emergency. */
  readonly baselineMs: number;
  /** Half of everybody silent for so long is told. */
  readonly selfCheckMs: number;
  /** Windows that installs updates takes its time. */
  readonly longRebootMs: number;
  /** Devices that go silent within it went together. */
  readonly outageMs: number;
  /** A ticket that nobody touched resolves itself when its alerts have been clear this long. */
  readonly ticketResolveMs: number;
  /** A resolved ticket is reopened by its problem within this, and closed after it. */
  readonly ticketReopenMs: number;
  /** A ticket's timeline says at most so often that its alert fired again. */
  readonly fireNoteMs: number;
  /** So many reopenings within this make a ticket recurring. */
  readonly recurringMs: number;
  /** After a start of the server nobody is called offline. */
  readonly startHoldMs: number;
  /** A server whose agent was stopped by hand. */
  readonly stoppedMs: number;
  /** What people take home and switch off should have been here by then. */
  readonly overdueMs: number;
  /** Time for a reboot or an update, by the agent's own word. */
  readonly rebootMs: number;
  /** A ticket that another system has, too, is looked at there this often; and told again this long after it first failed. */
  readonly externalLookMs: number;
  /** What an agent read of its targets is true for this long: two batches, and then some. */
  readonly targetFreshMs: number;
  /** Of what is promised to tenants. */
  readonly slaPace: Pace;
  /** A first notice waits for others of its group; the next one comes no sooner than the interval after it. */
  readonly noticeWaitMs: number;
  readonly noticeIntervalMs: number;
  /** Told again until a person acknowledges it. */
  readonly repeatCriticalMs: number;
  readonly repeatWarningMs: number;
  /** A message that was not taken: the first wait, which doubles up to the greatest. */
  readonly noticeRetryMs: number;
  readonly noticeRetryMaxMs: number;
  /** What a minute of a setting is: of an escalation. */
  readonly minuteMs: number;
};

export const timesAt = (pace: Pace): Times => ({
  alertReopenMs: paced(pace, DAY_MS),
  settleMs: paced(pace, 10 * MINUTE_MS),
  flappingMs: paced(pace, 6 * HOUR_MS),
  quietMs: paced(pace, 2 * HOUR_MS),
  baselineMs: paced(pace, 7 * DAY_MS),
  selfCheckMs: paced(pace, 5 * MINUTE_MS),
  longRebootMs: paced(pace, 30 * MINUTE_MS),
  outageMs: paced(pace, MINUTE_MS),
  ticketResolveMs: paced(pace, 30 * MINUTE_MS),
  ticketReopenMs: paced(pace, 72 * HOUR_MS),
  fireNoteMs: paced(pace, HOUR_MS),
  recurringMs: paced(pace, 7 * DAY_MS),
  startHoldMs: paced(pace, 3 * MINUTE_MS),
  stoppedMs: paced(pace, 15 * MINUTE_MS),
  overdueMs: paced(pace, 14 * DAY_MS),
  rebootMs: paced(pace, 10 * MINUTE_MS),
  externalLookMs: paced(pace, MINUTE_MS),
  targetFreshMs: paced(pace, 5 * MINUTE_MS),
  slaPace: pace,
  noticeWaitMs: paced(pace, 30 * SECOND_MS),
  noticeIntervalMs: paced(pace, 5 * MINUTE_MS),
  repeatCriticalMs: paced(pace, 4 * HOUR_MS),
  repeatWarningMs: paced(pace, DAY_MS),
  noticeRetryMs: paced(pace, 10 * SECOND_MS),
  noticeRetryMaxMs: paced(pace, HOUR_MS),
  minuteMs: paced(pace, MINUTE_MS),
});

/** A person signs in again after this long without a request, and after this long in any case. No hurry shortens it. */
export const SESSION_IDLE_MS = 30 * MINUTE_MS;
export const SESSION_LIFE_MS = 12 * HOUR_MS;

/** A resolved alert is kept so long: thirteen months, so that a month can be seen beside that of the year before. */
export const ALERT_LIFE_MS = 400 * DAY_MS;

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
