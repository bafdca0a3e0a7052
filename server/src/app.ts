// The server: what is plugged into what. Started in this order, stopped in reverse.
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import { DAY_MS } from '@fettle/shared/time';
import type { FastifyBaseLogger } from 'fastify';

import { type BackupPlan, Backups } from './backups.ts';
import { isLoopback } from './config/loopback.ts';
import { SYSTEM } from './domain/actor.ts';
import type { Outcome, WriterEvent } from './domain/event.ts';
import { type RuleBook, absenceRule, ruleBookAt, trendRule } from './domain/rule-book.ts';
import { type Pace, intervalsAt, paced, timesAt } from './domain/times.ts';
import { openerOf } from './external/open.ts';
import { startSync } from './external/sync.ts';
import { Hub } from './feed/hub.ts';
import { FeedSockets } from './feed/socket.ts';
import { Health } from './health.ts';
import { type Addresses, addressesOf } from './http/addresses.ts';
import type { Api } from './http/api.ts';
import { buildHttp } from './http/build.ts';
import { notFound } from './http/errors.ts';
import { checkHost } from './http/guard.ts';
import { createOwnMetrics } from './http/own-metrics.ts';
import { afterOf, feedGuest, refuseUpgrade } from './http/upgrade.ts';
import { Enrolment } from './ingest/enroll.ts';
import { Fleet } from './ingest/fleet.ts';
import { AgentSockets } from './ingest/sockets.ts';
import { ClockWatch } from './jobs/clock-watch.ts';
import { startJobs } from './jobs/jobs.ts';
import { SelfCheck } from './jobs/self-check.ts';
import { type NoticeOptions, Notices } from './notices.ts';
import { createOutcomeLog } from './outcome-log.ts';
import { watchRights } from './people/rights-watch.ts';
import { RulesInForce } from './rules-in-force.ts';
import { Stops } from './stops.ts';
import { lockFolder } from './store/folder-lock.ts';
import type { Ask } from './store/questions.ts';
import { type Threads, startThreads } from './thread/start.ts';

export type ServerOptions = {
  readonly folder: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly publicUrl: string | undefined;
  readonly isBehindProxy: boolean;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly pace: Pace;
  readonly retention: { readonly rawDays: number; readonly eventDays: number };
  readonly backups: BackupPlan;
  readonly notices: NoticeOptions;
  readonly consoleFolder: string;
  readonly log: FastifyBaseLogger;
  readonly version: string;
  /** A part that the server cannot be without has ended by itself. */
  readonly onDeath: (error: Error) => void;
};

export type Server = {
  readonly addresses: Addresses;
  readonly port: number;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly ask: Ask;
  readonly serverId: string;
  readonly isConnected: (device: string) => boolean;
  readonly close: () => Promise<void>;
};

/** @throws StoreError, or what listening throws (EADDRINUSE …); nothing is left running then */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const stops = new Stops();
  try {
    stops.add(lockFolder(options.folder));
    return await plug(options, stops);
  } catch (error) {
    await stops.run().catch((second: unknown) => options.log.error({ err: second }, 'a part did not stop'));
    throw error;
  }
};

const plug = async (options: ServerOptions, stops: Stops): Promise<Server> => {
  const core = await startCore(options, stops);
  const web = await startWeb(core, options, stops);
  startBackground(core, { ...options, url: () => web.addresses.url }, stops);
  const { commit, ask, serverId, fleet } = core;
  const isConnected = (device: string) => fleet.get(device)?.facts.isConnected ?? false;
  return { ...web, commit, ask, serverId, isConnected, close: () => stops.run() };
};

const nowMs = (): number => Date.now();

type Core = Awaited<ReturnType<typeof startCore>>;

/** What is kept, who is connected, who is told. */
const startCore = async (options: ServerOptions, stops: Stops) => {
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

/** The HTTP server, and the two kinds of WebSockets on it. */
const startWeb = async (core: Core, options: ServerOptions, stops: Stops) => {
  const { doors, commit, fleet, hub, own, agents, serverId, latestOf, readingsOf, health } = core;
  const isTls = options.tls !== undefined;
  const isLocal = isLoopback(options.host);
  let addresses = addressesOf({ ...options, isTls, isLoopback: isLocal });
  const told = { ...options.notices, ...options, count: own.noticeTried };
  const notices = new Notices({ ...told, commit, nowMs, url: () => addresses.url });
  stops.add(() => notices.close());
  const api: Api = {
    ...doors,
    testChannel: (channel) => notices.test(channel),
    latestOf,
    readingsOf,
    version: options.version,
    isHurry: options.pace.divisor > 1,
    pace: options.pace,
    isSecure: isTls || options.isBehindProxy,
    hosts: () => addresses.hosts,
    origins: () => addresses.origins,
    lastSeenMs: (device) => fleet.get(device)?.facts.lastSeenMs,
    tagged: (device, tags) => {
      fleet.tagged(device, tags);
      void agents.tellRules(); // another set may reach it now
    },
    health,
  };
  const enrolment = new Enrolment({ serverId, commit, nowMs });
  const http = await buildHttp({ ...options, api, hub, registry: own.registry, enrolment });
  agents.start();
  const feeds = new FeedSockets(hub, () => ({ version: api.version, hurry: api.isHurry, lastSeq: hub.lastSeq }));

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    checkHost(request.headers, addresses.hosts);
    const path = request.url?.split('?')[0];
    if (path === '/agent') return agents.accept(request, socket, head);
    if (path !== '/api/v1/feed') throw notFound('socket');
    const guest = await feedGuest(request, api, (header) => http.parseCookie(header));
    return feeds.accept(request, socket, head, { ...guest, after: afterOf(request) });
  };
  http.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head).catch((error: unknown) => refuseUpgrade(socket, error));
  });
  stops.add(async () => {
    feeds.close();
    await agents.close();
    await http.close();
  });
  await http.listen({ host: options.host, port: options.port });
  const port = portOf(http.server);
  addresses = addressesOf({ ...options, port, isTls, isLoopback: isLocal });
  notices.start();
  return { addresses, port };
};

const portOf = (server: { address: () => AddressInfo | string | null }): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** What is to be told to another ticket system waits at most this long. */
const SYNC_MS = 10_000;

/** What goes on by itself from here. */
const startBackground = (core: Core, options: ServerOptions & { readonly url: () => string }, stops: Stops): void => {
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
      context: (device) => ({
        nowMs: nowMs(),
        times,
        rule: absenceRule(device === undefined ? book : bookFor(device)),
        startedMs: clock.startedMs,
      }),
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
