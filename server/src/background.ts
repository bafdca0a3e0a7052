// What goes on by itself once the server runs.
import { type Core, nowMs } from './core.ts';
import { SYSTEM } from './domain/actor.ts';
import { silenceIn, trendRule } from './domain/rule-book.ts';
import { paced } from './domain/times.ts';
import { openerOf } from './external/open.ts';
import { startSync } from './external/sync.ts';
import type { Fleet } from './ingest/fleet.ts';
import { ClockWatch } from './jobs/clock-watch.ts';
import { startJobs } from './jobs/jobs.ts';
import { SelfCheck } from './jobs/self-check.ts';
import { watchRights } from './people/rights-watch.ts';
import type { ServerOptions } from './server-options.ts';
import type { Stops } from './stops.ts';
import type { Ask } from './store/questions.ts';

/** What is to be told to another ticket system waits at most this long. */
const SYNC_MS = 10_000;

export const startBackground = (
  core: Core,
  options: ServerOptions & { readonly url: () => string },
  stops: Stops,
): void => {
  const { pace, retention, log, url, notices } = options;
  const { fleet, ask, commit, book, bookFor, times, backups, hub, serverId } = core;
  const selfCheck = new SelfCheck({ members: () => fleet.all(), connected: () => fleet.connectedCount, commit });
  const clock = new ClockWatch({
    clocks: () => ({ wallMs: nowMs(), steadyMs: performance.now() }),
    followers: [fleet, selfCheck],
    warn: ({ byMs }) => log.warn({ byMs }, 'the clock of this machine was set, or it slept'),
  });
  const { smtp, privateHosts: allowed } = notices;
  const open = openerOf({ url, smtp, allowed, nowMs, deadlineMs: SYNC_MS });
  stops.add(startSync({ ask, commit, nowMs, serverId, lookMs: times.externalLookMs, open }, paced(pace, SYNC_MS)));
  stops.add(watchRights({ changes: () => ask('rights changes', SYSTEM, {}), lookAgain: (who) => hub.lookAgain(who) }));
  stops.add(
    startJobs({
      pace,
      commit,
      nowMs,
      retention,
      trend: trendRule(book),
      outlooks: (id, { signal }, atMs) => ask('outlooks', SYSTEM, { id, signal, nowMs: atMs }),
      orphans: () => ask('orphan readings', SYSTEM, {}),
      backUp: (kind) => backups.make(kind),
      backUpIfMissed: () => backups.makeIfMissed(),
      members: () => fleet.all(),
      watch: (id, sinceMs) => fleet.watchOf(id, sinceMs),
      heard: (id, atMs) => fleet.heard(id, atMs),
      moved: (id, change) => fleet.moved(id, change),
      context: () => ({ nowMs: nowMs(), times, startedMs: clock.startedMs }),
      silence: (device) => silenceIn(bookFor(device)),
      selfCheck,
      lookAtClock: () => clock.look(),
    }),
  );
  restoreReadings(fleet, ask).catch((error: unknown) => log.warn({ err: error }, 'readings of before are not shown'));
};

/** The newest of each device, as it was before this server started. */
const restoreReadings = async (fleet: Fleet, ask: Ask): Promise<void> => {
  for (const { id, latest } of fleet.all())
    latest.restore(await ask('newest readings', SYSTEM, { device: id }), nowMs());
};
