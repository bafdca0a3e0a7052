// What is kept, who is connected, who is told: the server without its doors.
import { DAY_MS } from '@fettle/shared/time';
import type { FastifyBaseLogger } from 'fastify';

import { Backups } from './backups.ts';
import { SYSTEM } from './domain/actor.ts';
import type { Outcome, WriterEvent } from './domain/event.ts';
import { type RuleBook, absenceRule, ruleBookAt } from './domain/rule-book.ts';
import { intervalsAt, timesAt } from './domain/times.ts';
import { Hub } from './feed/hub.ts';
import { Health } from './health.ts';
import { createOwnMetrics } from './http/own-metrics.ts';
import { Fleet } from './ingest/fleet.ts';
import { AgentSockets } from './ingest/sockets.ts';
import { createOutcomeLog } from './outcome-log.ts';
import { RulesInForce } from './rules-in-force.ts';
import type { ServerOptions } from './server-options.ts';
import type { Stops } from './stops.ts';
import type { Ask } from './store/questions.ts';
import { type Threads, startThreads } from './thread/start.ts';

export const nowMs = (): number => Date.now();

export type Core = Awaited<ReturnType<typeof startCore>>;

export const startCore = async (options: ServerOptions, stops: Stops) => {
  const { folder, pace, onDeath, log } = options;
  const [book, times] = [ruleBookAt(pace), timesAt(pace)];
  const threads = await startThreads({ folder, divisor: pace.divisor }, onDeath, (events) => hub.publish(events));
  stops.add(() => threads.close());
  const ask = loggedAsk(threads.ask, log);
  const fleet = await loadFleet(ask, book);
  const rules = new RulesInForce({
    ask,
    book,
    log,
    judgeOf: (id) => fleet.get(fleet.get(id)?.watched?.by ?? id),
    onChange: () => void agents.tellRules(),
  });
  stops.add(() => rules.close());
  const { backups, health, note } = startCare(options, threads, () => {
    setImmediate(() => agents.release()); // a session of the same group does not know yet that it is held
  });
  stops.add(() => backups.close());
  const heard = async (event: WriterEvent, outcome: Outcome): Promise<void> => {
    note(event, outcome);
    if (event.type === 'change rules') await rules.look();
    await follow(outcome);
  };
  const commit = committedIn(threads, log, heard);
  const follow = followIn(fleet, ask, (device) => sendAway(device, agents, { fleet, commit: threads.commit }));

  const latestOf = (device: string) => fleet.latestOf(device);
  const readingsOf = (device: string) => fleet.summaryOf(device);
  const hub: Hub = new Hub({
    since: (actor, afterSeq, limit) => ask('events', actor, { afterSeq, limit }),
    range: () => ask('event range', SYSTEM, {}),
    tenantOf: (device) => fleet.get(device)?.tenant,
    latestOf,
    readingsOf,
    watchDevice: (device, everyMs, forMs) => agents.watch(device, everyMs, forMs),
    nowMs,
  });
  stops.add(() => hub.close());
  await hub.start();

  const counts = { agents: () => agents.count, viewers: () => hub.size, waiting: () => threads.waiting() };
  const own = createOwnMetrics({ ...counts, devices: () => fleet.size, notices: noticesIn(ask) });
  const serverId = await ask('server id', SYSTEM, {});
  const intervals = () => intervalsAt(pace, fleet.size);
  const doors = { ask, commit, nowMs, intervals, book, bookFor: rules.bookFor, shelf: () => rules.shelf };
  const agents: AgentSockets = new AgentSockets(
    {
      ...doors,
      serverId,
      fleet,
      count: (what) => own.ingested(what),
      onReadings: (device) => {
        hub.readingsChanged(device);
        for (const { id } of fleet.targetsOf(device)) hub.readingsChanged(id);
      },
    },
    options.isBehindProxy,
  );
  await rules.start();
  return { ...doors, doors, times, fleet, hub, own, agents, serverId, latestOf, readingsOf, backups, health };
};

const noticesIn = (ask: Ask) => () => ask('notice counts', SYSTEM, { sinceMs: nowMs() - DAY_MS });

/** It is done, whoever has heard of it: nobody waits for more than that. */
const committedIn =
  (threads: Threads, log: FastifyBaseLogger, heard: (event: WriterEvent, outcome: Outcome) => Promise<void>) =>
  async (event: WriterEvent): Promise<Outcome> => {
    const outcome = await threads.commit(event);
    await heard(event, outcome).catch((err: unknown) => log.error({ err }, 'the fleet has not heard of a change'));
    return outcome;
  };

/** What looks after the files. Damaged ones are written no more: what agents keep can still come into a restored backup. */
const startCare = ({ folder, backups: plan, log }: ServerOptions, { commit }: Threads, onRoom: () => void) => {
  const health: Health = new Health({ backup: () => backups.last, nowMs, onRoom });
  const onDamage = (what: readonly string[]): void => {
    const why = `${what.join('; ')}. Stop the server and restore a backup: fettle-server restore`;
    log.error({ damage: what }, 'the data are damaged: nothing is written any more, and agents keep what they have');
    health.damaged(what);
    void commit({ type: 'stop writing', why });
  };
  const backups = new Backups({ dataFolder: folder, plan, log, nowMs, onDamage });
  const logOutcome = createOutcomeLog(log);
  const note = (event: WriterEvent, outcome: Outcome): void => {
    logOutcome(event, outcome);
    health.note(event, outcome);
  };
  return { backups, health, note };
};

/** Those who ask do without an answer; the reason is told here, once. */
const loggedAsk =
  (ask: Ask, log: FastifyBaseLogger): Ask =>
  (kind, actor, question) =>
    ask(kind, actor, question).catch((err: unknown) => {
      log.error({ err, kind }, 'a question was not answered');
      throw err;
    });

const loadFleet = async (ask: Ask, book: RuleBook): Promise<Fleet> => {
  const fleet = new Fleet();
  const alerting = new Set(await ask('devices alerting', SYSTEM, { rule: absenceRule(book)?.id ?? '' }));
  for (const device of await ask('all devices', SYSTEM, {})) fleet.add(device, alerting);
  return fleet;
};

type Left = { readonly fleet: Fleet; readonly commit: Threads['commit'] };

const sendAway = (device: string, agents: AgentSockets, { fleet, commit }: Left): void => {
  agents.end(device);
  fleet.remove(device);
  void commit({ type: 'forget device', device });
};

/** Who comes to the fleet and who leaves it, by what was kept. */
const followIn = (fleet: Fleet, ask: Ask, dismiss: (device: string) => void) => {
  const enter = async (id: string): Promise<void> => {
    const device = await ask('device', SYSTEM, { id });
    if (device) fleet.add(device, new Set());
    else dismiss(id);
  };
  return async (outcome: Outcome): Promise<void> => {
    if (outcome.is === 'enrolled' && !fleet.get(outcome.deviceId)) await enter(outcome.deviceId);
    if (outcome.is === 'done') for (const device of outcome.watches ?? []) await enter(device);
    if (outcome.is === 'removed') for (const device of outcome.devices) dismiss(device);
  };
};
