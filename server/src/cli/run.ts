import { existsSync } from 'node:fs';

import { codeOf } from '@fettle/shared/error';
import pino from 'pino';

import { startServer } from '../app.ts';
import type { Config } from '../config/config.schema.ts';
import { backupFolderOf, checkListening } from '../config/config.ts';
import { smtpOf } from '../config/smtp.ts';
import { CONSOLE } from '../console-folder.ts';
import { SYSTEM } from '../domain/actor.ts';
import { HOME } from '../domain/home.ts';
import { HURRY } from '../domain/times.ts';
import { StoreError } from '../store/store-error.ts';
import { VERSION } from '../version.ts';
import { type Arguments, CliError, EXIT, orExplain, readConfig } from './arguments.ts';
import { writeState } from './state-file.ts';

/** The server, until it is told to stop. */
export const run = async ({ flags, switches }: Arguments, overrides: Partial<Config>): Promise<number> => {
  const config = readConfig({ flags }, overrides);
  orExplain(() => checkListening(config));
  const log = pino({ level: config['log.level'], base: null }, pino.destination({ fd: 2, sync: true }));
  const { promise: stopped, resolve: stop, reject: die } = Promise.withResolvers<void>();
  const server = await explained(start(config, switches.has('hurry'), log, die));
  await server.commit({ type: 'create site', actor: SYSTEM, ...HOME });
  const forget = writeState(config.data_dir, server.addresses.url);
  log.info({ url: server.addresses.url, data: config.data_dir }, 'listening');
  if (!existsSync(CONSOLE)) log.warn('the console is not built; npm start builds it');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop());
  await stopped;
  forget();
  await server.close();
  log.info('stopped');
  return EXIT.ok;
};

const start = (config: Config, isHurry: boolean, log: pino.Logger, onDeath: (error: Error) => void) => {
  const [certFile, keyFile] = [config['tls.cert_file'], config['tls.key_file']];
  return startServer({
    folder: config.data_dir,
    host: config['listen.host'],
    port: config['listen.port'],
    publicUrl: config.public_url,
    isBehindProxy: config.behind_proxy,
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    pace: { divisor: isHurry ? HURRY : 1 },
    retention: { rawDays: config['retention.raw_days'], eventDays: config['retention.event_days'] },
    backups: { folder: backupFolderOf(config), hourly: config['backup.hourly'], daily: config['backup.daily'] },
    notices: {
      smtp: smtpOf(config),
      privateHosts: config['notices.private_hosts'],
      heartbeatUrl: config['heartbeat.url'],
    },
    consoleFolder: CONSOLE,
    log,
    version: VERSION,
    onDeath,
  });
};

/** What an administrator can mend, in one line. */
const explained = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof StoreError) throw new CliError(EXIT.failure, error.message);
    if (code === 'EADDRINUSE')
      throw new CliError(EXIT.failure, `${String(error)}. Another program listens there: set listen.port.`);
    if (code === 'EACCES' || code === 'ENOENT' || code === 'EADDRNOTAVAIL')
      throw new CliError(EXIT.failure, String(error));
    throw error;
  }
};
