// A new server: `init [--config FILE] [--SETTING VALUE …]`.
import { chownSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { codeOf, messageOf } from '@fettle/shared/error';
import { HOUR_MS } from '@fettle/shared/time';

import type { Config } from '../config/config.schema.ts';
import { FILE, checkListening, chosenFile } from '../config/config.ts';
import { isLoopback } from '../config/loopback.ts';
import { SYSTEM } from '../domain/actor.ts';
import { HOME } from '../domain/home.ts';
import { addressesOf } from '../http/addresses.ts';
import { hashOf, newSecret } from '../people/secrets.ts';
import { ensureFolder } from '../store/ensure-folder.ts';
import { lockFolder } from '../store/folder-lock.ts';
import { StoreError } from '../store/store-error.ts';
import type { Perform } from './acts.ts';
import { CliError, EXIT, orExplain, readConfig } from './arguments.ts';
import { commitTo } from './change.ts';
import { becomeOwnerOf } from './owner.ts';
import { print } from './print.ts';
import { draftSettings } from './settings-draft.ts';

/** The server is not even started: longer than that of a link for a running one. */
const LINK_MS = HOUR_MS;

type Flags = Readonly<Record<string, string | undefined>>;

export const init: Perform = (args, overrides) => {
  const chosen = chosenFile(args.flags, process.env);
  const file = chosen ?? (existsSync(FILE) ? FILE : undefined);
  const config = file === undefined ? checked(args.flags, overrides) : settle(file, args.flags, overrides);
  const expiresMs = Date.now() + LINK_MS;
  const login = `${urlOf(config)}/login#${setUp(config.data_dir, expiresMs)}`;
  const expires = new Date(expiresMs).toISOString();
  print(args, { dataDir: config.data_dir, config: file ?? null, login, expires }, [
    `The server is set up. Its data are in ${config.data_dir}, its settings ${file === undefined ? 'in no file: name one by --config' : `in ${file}`}.`,
    'Start it: systemctl enable --now fettle-server (or, without systemd: fettle-server run)',
    `Then sign in within an hour, by this link, which works once:`,
    login,
  ]);
  return Promise.resolve(EXIT.ok);
};

/** Read and checked as the server will read them, before the file has its name. @throws CliError; the file is as it was then */
const settle = (file: string, flags: Flags, overrides: Partial<Config>): Config => {
  const { text, refused } = orSayFile(file, () => draftSettings(textOf(file), flags));
  if (refused)
    throw new CliError(
      EXIT.failure,
      `${file} has settings already: change them there, and leave out ${refused.join(' ')}.`,
    );
  if (text === undefined) return checked({ ...flags, config: file }, overrides);
  const draft = `${file}.new`;
  return orSayFile(file, () => {
    try {
      writeFileSync(draft, text, { mode: 0o640, flag: 'wx' });
      const config = checked({ ...flags, config: draft }, overrides);
      keepRights(file, draft, config.data_dir);
      renameSync(draft, file);
      return config;
    } finally {
      rmSync(draft, { force: true });
    }
  });
};

/** As the file in its place; a new one may be read by whoever the data belong to. */
const keepRights = (file: string, draft: string, folder: string): void => {
  if (process.getuid?.() !== 0) return;
  const held = statSync(file, { throwIfNoEntry: false });
  const data = statSync(folder, { throwIfNoEntry: false });
  chownSync(draft, held?.uid ?? 0, held?.gid ?? data?.gid ?? 0);
};

/** @throws CliError for settings that no server starts with, and where there is a server already */
const checked = (flags: Flags, overrides: Partial<Config>): Config => {
  const config = readConfig({ flags }, overrides);
  orExplain(() => checkListening(config));
  if (config['listen.port'] === 0 && config.public_url === undefined)
    throw new CliError(
      EXIT.failure,
      'listen.port: name a port, or a public_url: nobody would find a server on any port.',
    );
  if (existsSync(join(config.data_dir, 'fettle.db')))
    throw new CliError(
      EXIT.failure,
      `${config.data_dir} has the data of a server already, and nothing was changed. To sign in: fettle-server login-link`,
    );
  return config;
};

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const orSayFile = <T>(file: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(EXIT.failure, `${file} cannot be used for the settings: ${messageOf(error).split('\n')[0]}`);
  }
};

/** @returns the secret of a link for the first owner */
const setUp = (folder: string, expiresMs: number): string => {
  const secret = newSecret('fl');
  try {
    ensureFolder(folder);
    becomeOwnerOf(folder);
    const unlock = lockFolder(folder);
    try {
      commitTo(folder, [
        { type: 'create site', actor: SYSTEM, ...HOME },
        { type: 'create login link', actor: SYSTEM, hash: hashOf(secret), expiresMs },
      ]);
    } finally {
      unlock();
    }
    return secret;
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (error instanceof StoreError) throw new CliError(EXIT.failure, error.message);
    throw new CliError(EXIT.failure, `data_dir: ${messageOf(error)}`);
  }
};

const urlOf = (config: Config): string => {
  const host = config['listen.host'];
  const isTls = config['tls.cert_file'] !== undefined;
  const { public_url: publicUrl } = config;
  return addressesOf({ host, isLoopback: isLoopback(host), port: config['listen.port'], isTls, publicUrl }).url;
};
