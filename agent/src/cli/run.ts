// The resident agent: puts the parts together, and takes them apart in time when told to stop.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { Agent, type AgentLog } from '../agent.ts';
import { ServerClock } from '../collect/clock/server-clock.ts';
import { collectorsFor } from '../collect/collectors.ts';
import { spoolState } from '../collect/spool-state.ts';
import type { Config } from '../config/config.schema.ts';
import { systemClock } from '../host/clock.ts';
import { nodeFs } from '../host/fs.ts';
import { folderMemory } from '../host/memory.ts';
import { keepEngineSmall } from '../host/small-engine.ts';
import { chooseTrustStore } from '../host/trust-store.ts';
import type { Identity } from '../identity/identity.ts';
import { delayMs } from '../link/backoff.ts';
import { webSocketDial } from '../link/socket.ts';
import { SeriesSets } from '../spool/series-sets.ts';
import { VERSION } from '../version.ts';
import { type Arguments, readConfig } from './arguments.ts';
import { enrollWith, readOrCreateIdentity, readTokenFile } from './enroll.ts';
import { CliError, EXIT, type ExitCode } from './exit.ts';
import { type Log, stderrLog } from './log.ts';
import { openSpool } from './open-spool.ts';
import { deviceOf, filesOf, lockDataFolder, wayTo, thisHost } from './place.ts';

/** A read that hangs in the kernel keeps the process from ending by itself. */
const STOP_DEADLINE_MS = 4_000;
const ENROLL_SPREAD_MS = 10_000;

export const run = async (args: Arguments): Promise<ExitCode> => {
  keepEngineSmall();
  const { config } = readConfig(args);
  const log = stderrLog(config['log.level']);
  chooseTrustStore(process.env);
  const stopped = untilStopped(args);
  const release = lockDataFolder(config);
  try {
    const identity = await readOrCreateIdentity(config);
    if (!identity.enrolled) await enrollPatiently(config, identity, log, stopped.signal);
    if (!identity.enrolled) return EXIT.ok; // stopped before
    while (!stopped.signal.aborted) await runAs(identity, { config, log, stopped });
  } finally {
    release();
  }
  log.info('stopped');
  return EXIT.ok;
};

type RunParts = { readonly config: Config; readonly log: Log; readonly stopped: ReturnType<typeof untilStopped> };

/** Until it is told to stop, or to be another device, or can keep on the disk what it kept in memory. */
const runAs = async (identity: Identity, { config, log, stopped }: RunParts): Promise<void> => {
  const { promise: another, resolve: onAnother } = Promise.withResolvers<void>();
  const { agent, usable } = await compose(config, identity, log, onAnother);
  await agent.start();
  const ended = new AbortController();
  await Promise.race([stopped.promise, another, usable(ended.signal)]);
  ended.abort();
  if (!stopped.signal.aborted) return agent.stop('stop');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), STOP_DEADLINE_MS).unref();
  const { endingOf } = await import('../host/ending.ts');
  await agent.stop(await endingOf());
};

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

/** A server that cannot be reached is asked again; one that says no is not. */
const enrollPatiently = async (config: Config, identity: Identity, log: Log, signal: AbortSignal): Promise<void> => {
  const token = readTokenFile(config);
  if (token === undefined) {
    throw new CliError(
      EXIT.notEnrolled,
      'This machine is not enrolled. Run: fettle-agent enroll --server URL --token-file FILE',
    );
  }
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

const untilStopped = ({ switches }: Arguments) => {
  const aborter = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = () => {
    aborter.abort();
    resolve();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (switches.has('stop-on-eof')) process.stdin.resume().once('end', stop).once('error', stop);
  return { promise, signal: aborter.signal };
};
