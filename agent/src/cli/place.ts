// Where the agent's files lie, and the machine that it stands on.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { messageOf } from '@fettle/shared/error';
import type { Device } from '@fettle/shared/rule/scope';

import { deviceClassOf } from '../collect/device-class.ts';
import type { Config } from '../config/config.schema.ts';
import type { Declared } from '../config/declared.schema.ts';
import { ChecksChild } from '../host/checks-child.ts';
import { systemClock } from '../host/clock.ts';
import type { Host, Memory } from '../host/host.ts';
import type { Way } from '../host/http.ts';
import { InstanceLockedError, lockInstance } from '../host/instance-lock.ts';
import { folderMemory, readOnly } from '../host/memory.ts';
import { nodeHost } from '../host/node.ts';
import { ProbeChild } from '../host/probe-child.ts';
import { proxyAgent } from '../host/proxy.ts';
import { CliError, EXIT } from './exit.ts';

export const filesOf = ({ data_dir: folder }: Config) => ({
  identity: join(folder, 'identity.json'),
  state: join(folder, 'state.json'),
  rules: join(folder, 'rules.json'),
  status: join(folder, 'status.json'),
  /** Written by the host that starts the agent. */
  lastCrash: join(folder, 'last-crash.json'),
  lock: join(folder, 'lock'),
  memory: join(folder, 'memory'),
  spool: join(folder, 'spool'),
});

/** This machine; readings that need a child start this same program again. What collectors remember is read, and kept by `run` alone. */
export const thisHost = (config: Config, kept?: Memory): Host => {
  const { memory: memoryFolder } = filesOf(config);
  const memory = kept ?? readOnly(folderMemory(memoryFolder, () => undefined));
  const self = { executable: process.execPath, leading: [...process.execArgv, process.argv[1] ?? ''] };
  const declared = declaredOf(config);
  const child = new ProbeChild({ self, memoryFolder, declared, keeps: kept !== undefined });
  const checks = new ChecksChild({ self, checks: declared.check });
  return nodeHost({
    clock: systemClock,
    declared,
    memory,
    probe: (id, signal) => child.ask(id, signal),
    checks: () => checks.news(),
  });
};

const declaredOf = (config: Config): Declared => ({
  'services.watch': config['services.watch'],
  'services.ignore': config['services.ignore'],
  'certificates.files': config['certificates.files'],
  disk: config.disk,
  backup: config.backup,
  check: config.check,
});

export const deviceOf = (config: Config, host: Host): Device => ({
  os: host.os,
  class: config.class ?? deviceClassOf(host),
});

/** The text of an own certificate authority, where one is set. @throws CliError */
const readCa = (config: Config): string | undefined => {
  const path = config['server.ca_file'];
  if (path === undefined) return undefined;
  try {
    const text = readFileSync(path, 'utf8');
    if (isCertificate(text)) return text;
  } catch (error) {
    throw new CliError(EXIT.failure, `server.ca_file: ${messageOf(error)}`);
  }
  throw new CliError(EXIT.failure, `server.ca_file: ${path} holds no certificate in PEM.`);
};

/** How the server is reached: by which authority, and through what. @throws CliError */
export const wayTo = (serverUrl: string, config: Config): Way => {
  const { proxy } = config;
  if (proxy !== undefined && proxy !== 'none' && !serverUrl.startsWith('https:'))
    throw new CliError(
      EXIT.failure,
      `proxy: it is for servers with TLS, and ${serverUrl} is without. Set https://… in server.url, or proxy to none.`,
    );
  return { ca: readCa(config), agent: proxyAgent(serverUrl, proxy, process.env) };
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
    throw new CliError(EXIT.failure, `data_dir: ${messageOf(error)}`);
  }
};
