// Everything that keeps a server from doing its work, in it and around it: `doctor`. Beside a running server or without one.
import { existsSync } from 'node:fs';

import type { Config } from '../config/config.schema.ts';
import { ConfigError, backupFolderOf, checkListening, loadConfig } from '../config/config.ts';
import { CONSOLE } from '../console-folder.ts';
import { type Finding, bad, ok } from '../store/check/finding.ts';
import { checkFolder } from '../store/check/folder.ts';
import { isFolderLocked } from '../store/folder-lock.ts';
import type { Perform } from './acts.ts';
import { checkAddress } from './doctor/address.ts';
import { newestEventMs, tellClock } from './doctor/clock.ts';
import { probePort, tellPort } from './doctor/port.ts';
import { readRights, tellRights } from './doctor/rights.ts';
import { checkCertificate } from './doctor/tls.ts';
import { becomeOwnerOf } from './owner.ts';
import { printFindings } from './print.ts';

export const doctor: Perform = async (args, overrides) => {
  const config = settingsOf(() => loadConfig(args.flags, process.env, overrides));
  if ('level' in config) return printFindings(args, '', [config]);
  const listening = settingsOf(() => {
    checkListening(config);
    return config;
  });
  const findings = [
    'level' in listening ? listening : ok('settings'),
    ...checkData(config),
    ...(await checkDoors(config)),
    checkConsole(),
  ];
  return printFindings(args, config.data_dir, findings);
};

const settingsOf = <T>(read: () => T): T | Finding => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return bad('settings', error.message, 'No server starts with these. Mend them, and look again.');
  }
};

/** The rights first, as whoever looks; then the data, as whoever they belong to. */
const checkData = (config: Config): readonly Finding[] => {
  const [folder, nowMs] = [config.data_dir, Date.now()];
  const rights = tellRights(readRights(folder), process.getuid?.());
  if (rights.some(({ level }) => level === 'bad')) return rights;
  becomeOwnerOf(folder);
  const found = checkFolder({ folder, backupFolder: backupFolderOf(config), nowMs });
  return [...rights, ...found, tellClock(newestEventMs(folder), nowMs)];
};

const checkDoors = async (config: Config): Promise<readonly Finding[]> => {
  const [host, port] = [config['listen.host'], config['listen.port']];
  const runs = isFolderLocked(config.data_dir);
  return [
    tellPort({ host, port, isOurs: runs, probed: await probePort(host, port) }),
    ...checkCertificate(config, Date.now()),
    await checkAddress(config.public_url, runs),
  ];
};

const checkConsole = (): Finding =>
  existsSync(CONSOLE)
    ? ok('console')
    : bad('console', `there is none in ${CONSOLE}`, 'Install the package again; in a checkout, npm start builds it.');
