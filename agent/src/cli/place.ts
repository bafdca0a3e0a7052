// Where the agent's files lie, and the machine that it stands on.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Device } from '@fettle/shared/rule/scope';

import { deviceClassOf } from '../collect/device-class.ts';
import type { Config } from '../config/config.schema.ts';
import { systemClock } from '../host/clock.ts';
import type { Host } from '../host/host.ts';
import { InstanceLockedError, lockInstance } from '../host/instance-lock.ts';
import { nodeHost } from '../host/node.ts';
import { CliError, EXIT } from './exit.ts';

export const filesOf = ({ data_dir: folder }: Config) => ({
  identity: join(folder, 'identity.json'),
  state: join(folder, 'state.json'),
  rules: join(folder, 'rules.json'),
  status: join(folder, 'status.json'),
  lock: join(folder, 'lock'),
});

/** This machine; readings that need a child start this same program again. */
export const thisHost = (): Host =>
  nodeHost(systemClock, {
    executable: process.execPath,
    leading: [...process.execArgv, process.argv[1] ?? ''],
  });

export const deviceOf = (config: Config, host: Host): Device => ({
  os: host.os,
  class: config.class ?? deviceClassOf(host),
});

/** The text of an own certificate authority, where one is set. @throws CliError */
export const readCa = (config: Config): string | undefined => {
  const path = config['server.ca_file'];
  if (path === undefined) return undefined;
  try {
    const text = readFileSync(path, 'utf8');
    if (isCertificate(text)) return text;
  } catch (error) {
    throw new CliError(EXIT.failure, `server.ca_file: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new CliError(EXIT.failure, `server.ca_file: ${path} holds no certificate in PEM.`);
};

/** TLS passes over what is none, and then trusts nobody without a word of why. */
const isCertificate = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).subject !== '';
  } catch {
    return false;
  }
};

/** One agent at a time has the data folder. @returns what releases it. @throws CliError */
export const lockDataFolder = (config: Config): (() => void) => {
  try {
    return lockInstance(filesOf(config).lock);
  } catch (error) {
    if (error instanceof InstanceLockedError) throw new CliError(EXIT.failure, error.message);
    throw new CliError(EXIT.failure, `data_dir: ${error instanceof Error ? error.message : String(error)}`);
  }
};
