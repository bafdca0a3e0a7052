// What the server does by itself, by the clock. Short rounds by a timer; what belongs to an hour of the day by node-cron, in UTC.
import { DAY_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { schedule } from 'node-cron';

import { type Pace, paced } from '../domain/times.ts';
import { type PresenceParts, lookAtPresence, writeSeen } from './presence.ts';
import { type RetentionParts, expire } from './retention.ts';

export type JobParts = PresenceParts & RetentionParts & { readonly pace: Pace };

/** At a quiet hour, and not on the hour, when everybody else's jobs run. */
const NIGHTLY = '17 3 * * *';

/** @returns what stops them all */
export const startJobs = (parts: JobParts): (() => Promise<void>) => {
  const { pace, commit } = parts;
  const timers = [
    setInterval(() => lookAtPresence(parts), paced(pace, 5 * SECOND_MS)),
    setInterval(() => void commit({ type: 'due' }), paced(pace, 10 * SECOND_MS)),
    setInterval(() => void writeSeen(parts), MINUTE_MS),
  ];
  // a machine that sleeps or is switched off at night makes up for it
  const options = { timezone: 'UTC', name: 'retention', noOverlap: true, missedExecutionTolerance: DAY_MS };
  const nightly = schedule(NIGHTLY, () => expire(parts), options);
  void expire(parts);
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await nightly.destroy();
  };
};
