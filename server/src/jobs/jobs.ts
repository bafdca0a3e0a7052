// What the server does by itself, by the clock. Short rounds by a timer; what belongs to an hour of the day by node-cron, in UTC.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { schedule } from 'node-cron';

import { type Pace, paced } from '../domain/times.ts';
import { type ForecastParts, forecaster } from './forecast.ts';
import { type OrphanParts, forgetOrphans } from './orphans.ts';
import { type PresenceParts, lookAtPresence, writeSeen } from './presence.ts';
import { type RetentionParts, expire } from './retention.ts';

export type JobParts = PresenceParts &
  RetentionParts &
  OrphanParts &
  ForecastParts & {
    readonly pace: Pace;
    /** Has somebody set the clock? Asked before each look at who is there. */
    readonly lookAtClock: () => void;
    readonly backUp: (kind: 'hourly' | 'daily') => Promise<void>;
    /** The backup that was missed while no server ran. */
    readonly backUpIfMissed: () => Promise<void>;
  };

/** At a quiet hour, and not on the hour, when everybody else's jobs run. */
const NIGHTLY = '17 3 * * *';
/** A server that starts has other things to do. */
const FIRST_BACKUP_MS = MINUTE_MS;

/** @returns what stops them all */
export const startJobs = (parts: JobParts): (() => Promise<void>) => {
  const { pace, commit } = parts;
  const lookAhead = forecaster(parts);
  const timers = [
    setInterval(() => look(parts), paced(pace, 5 * SECOND_MS)),
    setInterval(() => void commit({ type: 'due' }), SECOND_MS),
    setInterval(() => void writeSeen(parts), MINUTE_MS),
    setInterval(() => void commit({ type: 'look for room' }), 5 * SECOND_MS),
    setInterval(() => void lookAhead(), MINUTE_MS),
    setTimeout(() => void parts.backUpIfMissed(), FIRST_BACKUP_MS),
    setInterval(() => void parts.backUp('hourly'), HOUR_MS),
  ];
  // a machine that sleeps or is switched off at night makes up for it
  const options = { timezone: 'UTC', name: 'night', noOverlap: true, missedExecutionTolerance: DAY_MS };
  const nightly = schedule(NIGHTLY, () => spendNight(parts), options);
  void tidy(parts);
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await nightly.destroy();
  };
};

const look = (parts: JobParts): void => {
  parts.lookAtClock();
  lookAtPresence(parts);
};

/** The copy of the day is made of what is left. */
const spendNight = async (parts: JobParts): Promise<void> => {
  await tidy(parts);
  await parts.backUp('daily');
};

const tidy = async (parts: JobParts): Promise<void> => {
  await expire(parts);
  await forgetOrphans(parts);
};
