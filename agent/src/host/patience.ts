// Questions that can hang, so that they cannot take the agent down with them. A hung mount (a dead NFS server, a stopped FUSE
// daemon) or a stuck sensor holds a thread of Node's pool for ever and cannot be cancelled: so one question per path at a time,
// few that hang in all, and a pause before one that hung is asked again, longer each time.
import { type Clock, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';

import { HostError } from './host.ts';

const DEADLINE_MS = 3_000;
/** Of the pool's four threads. */
const HUNG_MAX = 2;
const PAUSE_MS = MINUTE_MS;
const PAUSE_MAX_MS = HOUR_MS;
/** A beat comes a little early or late: a pause of a minute is over with the next minute's beat. */
const SLACK_MS = 5_000;
/** More that hung one after another: the first are forgotten. */
const REMEMBERED_MAX = 100;

/** How often in a row a path did not answer in time, and when it may be asked again. */
type Trouble = { readonly times: number; readonly notBeforeMs: number };

/** @returns asks `work` about a path. @throws HostError `timeout`, or what `work` throws */
export const createPatience = (clock: Clock) => {
  const hung = new Set<string>();
  const troubles = new Map<string, Trouble>();
  return async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    refuse(path, hung, pauseOf(troubles.get(path), clock.monoMs()));
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = clock.after(DEADLINE_MS, () => {
      hung.add(path);
      note(troubles, path, clock.monoMs());
      reject(new HostError('timeout', `${path} did not answer within ${DEADLINE_MS / 1000} s`));
    });
    const answer = work().finally(() => {
      cancel();
      if (!hung.delete(path)) troubles.delete(path);
    });
    return Promise.race([answer, late]);
  };
};

/** @throws HostError `timeout` when the path is not to be asked now */
const refuse = (path: string, hung: ReadonlySet<string>, pauseMs: number): void => {
  if (hung.has(path)) throw new HostError('timeout', `${path} still does not answer`);
  if (pauseMs > 0) {
    const minutes = Math.ceil(pauseMs / MINUTE_MS);
    throw new HostError('timeout', `${path} answered too late and is asked again within ${minutes} min`);
  }
  if (hung.size >= HUNG_MAX) {
    throw new HostError('timeout', `${path} was not asked: ${[...hung].join(', ')} do not answer`);
  }
};

const pauseOf = (trouble: Trouble | undefined, monoMs: number): number => (trouble ? trouble.notBeforeMs - monoMs : 0);

const note = (troubles: Map<string, Trouble>, path: string, monoMs: number): void => {
  const times = (troubles.get(path)?.times ?? 0) + 1;
  const pauseMs = Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** (times - 1)) - SLACK_MS;
  troubles.delete(path);
  troubles.set(path, { times, notBeforeMs: monoMs + pauseMs });
  for (const [oldest] of troubles) {
    if (troubles.size <= REMEMBERED_MAX) break;
    troubles.delete(oldest);
  }
};
