// The resident agent: puts the parts together, and takes them apart in time when told to stop.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { AgentLog } from '../agent-report.ts';
import { Agent } from '../agent.ts';
import { ServerClock } from '../collect/clock/server-clock.ts';
import { collectorsFor } from '../collect/collectors.ts';
import { spoolState } from '../collect/spool-state.ts';
import type { Config } from '../config/config.schema.ts';
import { systemClock } from '../host/clock.ts';
import { nodeFs } from '../host/fs.ts';
import { startHeartbeat } from '../host/heartbeat.ts';
import { lastCrashIn } from '../host/last-crash.ts';
import { folderMemory } from '../host/memory.ts';
import { keepEngineSmall } from '../host/small-engine.ts';
import { chooseTrustStore } from '../host/trust-store.ts';
import type { Identity } from '../identity/identity.ts';
import { delayMs } from '../link/backoff.ts';
import { webSocketDial } from '../link/socket.ts';
import { SeriesSets } from '../spool/series-sets.ts';
import { VERSION } from '../version.ts';
import { type Arguments, readConfig } from './arguments.ts';
import { type Token, configuredToken, enrollWith, forgetToken, readOrCreateIdentity } from './enroll.ts';
import { CliError, EXIT, type ExitCode } from './exit.ts';
import { type Log, stderrLog } from './log.ts';
import { openSpool } from './open-spool.ts';
import { type Order, Orders, listenTo } from './orders.ts';
import { deviceOf, filesOf, lockDataFolder, thisHost, wayTo } from './place.ts';

/** A read that hangs in the kernel keeps the process from ending by itself. */
const STOP_DEADLINE_MS = 4_000;
const ENROLL_SPREAD_MS = 10_000;

export const run = async (args: Arguments): Promise<ExitCode> => {
  keepEngineSmall();
  const { config } = readConfig(args);
  const log = stderrLog(config['log.level']);
  chooseTrustStore(process.env);
  const orders = ordersFor(args);
  const release = lockDataFolder(config);
  try {
    const identity = await readOrCreateIdentity(config);
    if (identity.enrolled) await forgetToken(config);
    const token = identity.enrolled ? undefined : neededToken(config);
    const watched: Watched = { agent: undefined };
    startHeartbeat(process.env, () => watched.agent?.isWatching ?? true);
    if (token) await enrollPatiently(config, identity, { token, log, signal: orders.over });
    if (!identity.enrolled) return EXIT.ok; // stopped before
    while (!orders.over.aborted) {
      if (orders.now === 'suspend') await orders.changed();
      else await runAs(identity, { config, log, orders, watched });
    }
  } finally {
    release();
  }
  log.info('stopped');
  return EXIT.ok;
};

/** The agent at work, once there is one. */
type Watched = { agent: Agent | undefined };
type RunParts = {
  readonly config: Config;
  readonly log: Log;
  readonly orders: Orders;
  readonly watched: Watched;
};

/** Until it is told to stop or that the machine sleeps, or to be another device, or can keep on the disk what it kept in memory. */
const runAs = async (identity: Identity, { config, log, orders, watched }: RunParts): Promise<void> => {
  const { promise: another, resolve: onAnother } = Promise.withResolvers<void>();
  const { agent, usable } = await compose(config, identity, log, onAnother);
  watched.agent = agent;
  await agent.start();
  const ended = new AbortController();
  await Promise.race([toldBy(orders), another, usable(ended.signal)]);
  ended.abort();
  if (!orders.over.aborted) return stopFor(agent, orders, watched);
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), STOP_DEADLINE_MS).unref();
  await agent.stop(await reasonOf(orders.now));
};

/** Also when the order came while the agent was started. */
const toldBy = (orders: Orders): Promise<void> => (orders.now === 'run' ? orders.changed() : Promise.resolve());

/** To start again: nobody has to see it at work meanwhile. */
const stopFor = async (agent: Agent, orders: Orders, watched: Watched): Promise<void> => {
  watched.agent = undefined;
  await agent.stop(orders.now === 'suspend' ? 'suspend' : 'stop');
};

const reasonOf = async (order: Order) =>
  order === 'shutdown' ? order : (await import('../host/ending.ts')).endingOf();

const compose = async (config: Config, identity: Identity, log: Log, onAnother: () => void) => {
  const { enrolled } = identity;
  if (!enrolled) throw new CliError(EXIT.notEnrolled, 'not enrolled');
  const files = filesOf(config);
  const memory = folderMemory(files.memory, (problem) => log.warn('a memory is not kept', { detail: problem }));
  const host = thisHost(config, memory);
  const serverClock = new ServerClock();
  const writeStatus = statusWriter(files.status, log);
  const serverUrl = config['server.url'] ?? enrolled.serverUrl;
  const sets = new SeriesSets();
  const onTrouble = (detail: string) => log.warn('spool', { detail });
  const lastCrash = await lastCrashIn(nodeFs, files.lastCrash);
  if (lastCrash) log.warn('the agent before crashed', lastCrash.crash);
  const { spool, lanes, usable } = await openSpool({ folder: files.spool, bootId: host.bootId(), sets, onTrouble });
  const agent = new Agent({
    clock: systemClock,
    rng: Math.random,
    fs: nodeFs,
    host,
    net: { dial: webSocketDial(serverUrl, wayTo(serverUrl, config)), clock: systemClock },
    sets,
    spool,
    collectors: () => [...collectorsFor(host.os, serverClock), spoolState(lanes)],
    serverClock,
    self: {
      deviceId: enrolled.deviceId,
      serverId: enrolled.serverId,
      sign: (text) => identity.sign(text),
      newNonce: () => randomBytes(16).toString('base64url'),
      device: deviceOf(config, host),
      hostname: host.hostname(),
      agentVersion: VERSION,
      bootId: host.bootId(),
    },
    files,
    ownKey: {
      make: () => identity.newKey(),
      become: async (device) => {
        await identity.become(device);
        onAnother();
      },
    },
    lastCrash,
    onStatus: (status) => {
      const content = {
        ...status,
        spool: lanes().filter(({ why }) => why !== undefined),
        pid: process.pid,
        version: VERSION,
        deviceId: enrolled.deviceId,
        serverUrl,
      };
      writeStatus(JSON.stringify(content));
    },
    log: (entry) => write(log, entry),
  });
  return { agent, usable };
};

/** For `status`. A disk that is full says so once, not each minute. */
const statusWriter = (path: string, log: Log) => {
  let isFailing = false;
  return (content: string): void => {
    nodeFs.replaceLoosely(path, content).then(
      () => {
        isFailing = false;
      },
      (error: unknown) => {
        if (!isFailing)
          log.warn(`${path} cannot be written: "fettle-agent status" will not be up to date`, {
            detail: String(error),
          });
        isFailing = true;
      },
    );
  };
};

const write = (log: Log, { event, ...rest }: AgentLog): void => {
  if (event === 'open' || event === 'alert') log.info(event, rest);
  else log.warn(event, rest);
};

/** @throws CliError without one: there is nothing to wait for */
const neededToken = (config: Config): Token => {
  const token = configuredToken(config);
  if (token) return token;
  throw new CliError(
    EXIT.notEnrolled,
    'This machine is not enrolled. Run: fettle-agent enroll --server URL --token-file FILE',
  );
};

/** A server that cannot be reached is asked again; one that says no is not. */
const enrollPatiently = async (
  config: Config,
  identity: Identity,
  { token, log, signal }: { readonly token: Token; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> => {
  for (let attempt = 0; !identity.enrolled && !signal.aborted; attempt += 1) {
    try {
      await enrollWith(config, identity, token);
    } catch (error) {
      if (!(error instanceof CliError) || error.exitCode !== EXIT.unreachable) throw error;
      log.warn('not enrolled yet', { detail: error.message });
      await sleep(delayMs(attempt, Math.random(), ENROLL_SPREAD_MS), undefined, { signal }).catch(() => undefined);
    }
  }
};

const ordersFor = ({ switches }: Arguments): Orders => {
  const orders = new Orders();
  const stop = () => orders.give('stop');
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (switches.has('stop-on-eof')) listenTo(process.stdin, orders);
  return orders;
};
