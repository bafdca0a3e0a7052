// `npm start`: the server, the agent of this machine, and the console, on this machine alone.
import { join, resolve } from 'node:path';

import { type Server, startServer } from '@fettle/server/app';
import { writeState } from '@fettle/server/cli/state-file';
import { DEFAULTS, backupFolderOf } from '@fettle/server/config/config';
import { SYSTEM } from '@fettle/server/domain/actor';
import { HOME } from '@fettle/server/domain/home';
import { HURRY } from '@fettle/server/domain/times';
import { LOGIN_LINK_MS } from '@fettle/server/people/actors';
import { hashOf, newSecret } from '@fettle/server/people/secrets';
import { StoreError } from '@fettle/server/store/store-error';
import { VERSION } from '@fettle/server/version';
import { DAY_MS } from '@fettle/shared/time';
import pino from 'pino';

import { buildAgent } from './build/agent.ts';
import { buildConsole, consoleFolder } from './build/console.ts';
import { DATA_FOLDER } from './data-folder.ts';
import { box } from './start/box.ts';
import { startDemo } from './start/demo.ts';
import { type LocalAgent, startLocalAgent } from './start/local-agent.ts';
import { type StartOptions, UsageError, parseOptions } from './start/options.ts';
import { choosePort } from './start/port.ts';

const main = async (): Promise<void> => {
  const options = parseOptions(process.argv.slice(2));
  const folder = resolve(options.dataDir ?? DATA_FOLDER);
  buildConsole();
  await buildAgent();
  const server = await serve(options, folder);
  const agent = await startLocalAgent(server, join(folder, 'agent'), HOME.site);
  const stopDemo = options.demo === undefined ? undefined : await startDemo(server, options.demo, options.isHurry);
  const forget = writeState(folder, server.addresses.url);
  stopOnSignals([() => Promise.all([stopDemo?.(), agent.stop()]), () => server.close(), forget]);
  await announce(options, folder, server, agent);
};

const serve = async (options: StartOptions, folder: string): Promise<Server> => {
  const server = await startServer({
    folder,
    host: '127.0.0.1',
    port: await choosePort(options.port),
    publicUrl: undefined,
    isBehindProxy: false,
    tls: undefined,
    pace: { divisor: options.isHurry ? HURRY : 1 },
    retention: { rawDays: DEFAULTS['retention.raw_days'], eventDays: DEFAULTS['retention.event_days'] },
    backups: {
      folder: backupFolderOf({ data_dir: folder }),
      hourly: DEFAULTS['backup.hourly'],
      daily: DEFAULTS['backup.daily'],
    },
    notices: { smtp: undefined, privateHosts: new Set(), heartbeatUrl: undefined },
    consoleFolder,
    log: pino(
      { level: process.env['FETTLE_LOG_LEVEL'] ?? 'warn', base: null },
      pino.destination({ fd: 2, sync: true }),
    ),
    version: VERSION,
    onDeath: (error) => {
      throw error;
    },
  });
  await server.commit({ type: 'create site', actor: SYSTEM, ...HOME });
  return server;
};

const announce = async (options: StartOptions, folder: string, server: Server, agent: LocalAgent): Promise<void> => {
  const nowMs = Date.now();
  const [link, token] = [newSecret('fl'), newSecret('fk')];
  await server.commit({
    type: 'create login link',
    actor: SYSTEM,
    hash: hashOf(link),
    expiresMs: nowMs + LOGIN_LINK_MS,
  });
  const apiToken = { hash: hashOf(token), name: 'npm start', expiresMs: nowMs + 30 * DAY_MS };
  await server.commit({ type: 'create api token', actor: SYSTEM, ...apiToken });
  const { url } = server.addresses;
  const login = `${url}/login#${link}`;
  const deviceId = await agent.connected;
  if (deviceId === undefined) process.stderr.write('the local agent has not connected; its messages are above\n');
  if (options.isJson) {
    process.stdout.write(
      `${JSON.stringify({ url, login, token, deviceId: deviceId ?? null, dataDir: folder, pid: process.pid })}\n`,
    );
  } else {
    process.stdout.write(box({ url, login, deviceId, folder, options }));
  }
};

/** In this order, once. */
const stopOnSignals = (stops: readonly (() => unknown)[]): void => {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    for (const one of stops) await one();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
};

process.env['TZ'] = 'UTC';
try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof StoreError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
