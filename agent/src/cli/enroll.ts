import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

import { codeOf, messageOf } from '@fettle/shared/error';

import type { Config } from '../config/config.schema.ts';
import { nodeFs } from '../host/fs.ts';
import { postJsonTo } from '../host/http.ts';
import { EnrollError, enroll } from '../identity/enroll.ts';
import { type Enrolled, Identity, IdentityError } from '../identity/identity.ts';
import { VERSION } from '../version.ts';
import { type Arguments, readConfig } from './arguments.ts';
import { asOwnerOf } from './as-owner.ts';
import { CliError, EXIT, type ExitCode, print } from './exit.ts';
import { deviceOf, filesOf, lockDataFolder, wayTo, thisHost } from './place.ts';

/** The text, and the file to delete once it was used. */
export type Token = { readonly text: string; readonly file?: string };

/** `--token-file FILE`, or `--token -` from stdin; never as a word of the command line, where others can read it. */
export const enrollVerb = async (args: Arguments): Promise<ExitCode> => {
  const { config } = readConfig(args);
  refuseSecond(await readIdentity(config), config);
  const token = await readToken(args, config);
  const enrolled = await asOwnerOf(config.data_dir, () => enrollAlone(config, token.text));
  if (token.file !== undefined) await removeToken(token.file);
  print(args.isJson, enrolled, [`enrolled at ${enrolled.serverUrl} as ${enrolled.deviceId}`]);
  return EXIT.ok;
};

/** A key is made once: of two at the same time, the second would put its own in place of the one that was enrolled. */
const enrollAlone = async (config: Config, token: string): Promise<Enrolled> => {
  const release = lockDataFolder(config);
  try {
    const identity = await readOrCreateIdentity(config);
    refuseSecond(identity, config);
    return await enrollWith(config, identity, { text: token });
  } finally {
    release();
  }
};

const refuseSecond = (identity: Identity | undefined, config: Config): void => {
  if (!identity?.enrolled) return;
  const { deviceId, serverUrl } = identity.enrolled;
  throw new CliError(
    EXIT.failure,
    `This machine is device ${deviceId} of ${serverUrl} already. To move it, remove ${filesOf(config).identity} first.`,
  );
};

/** Only for who has the lock of the data folder. @throws CliError */
export const readOrCreateIdentity = async (config: Config): Promise<Identity> =>
  (await readIdentity(config)) ?? (await atDataFolder(Identity.create(nodeFs, filesOf(config).identity)));

/** @throws CliError */
export const readIdentity = (config: Config): Promise<Identity | undefined> =>
  atDataFolder(Identity.read(nodeFs, filesOf(config).identity));

/** What goes wrong with the files becomes a message that names the setting. */
const atDataFolder = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof IdentityError) throw new CliError(EXIT.failure, error.message);
    throw new CliError(EXIT.failure, `data_dir: ${messageOf(error)}`);
  }
};

/** Deletes the token's file when it has been used. @throws CliError */
export const enrollWith = async (config: Config, identity: Identity, token: Token): Promise<Enrolled> => {
  const serverUrl = config['server.url'];
  if (serverUrl === undefined) {
    throw new CliError(EXIT.usage, 'No server is set. Give --server https://… or server.url in the configuration.');
  }
  const host = thisHost(config);
  const enrolled = await explained(
    enroll({
      identity,
      serverUrl,
      token: token.text,
      post: postJsonTo(serverUrl, wayTo(serverUrl, config)),
      device: deviceOf(config, host),
      hostname: host.hostname(),
      agentVersion: VERSION,
      tags: config.tags,
    }),
  );
  if (token.file !== undefined) await removeToken(token.file);
  return enrolled;
};

/** An installer may be given one again, for a machine that needs none; what it may not remove, it leaves. */
export const forgetToken = async (config: Config): Promise<void> => {
  const file = config['enroll.token_file'];
  if (file !== undefined) await nodeFs.remove(file).catch(() => undefined);
};

/** The machine is enrolled all the same. */
const removeToken = async (file: string): Promise<void> => {
  try {
    await nodeFs.remove(file);
  } catch (error) {
    const detail = messageOf(error);
    process.stderr.write(`The token was used, but its file stays: ${detail}. Delete it.\n`);
  }
};

const explained = async (work: Promise<Enrolled>): Promise<Enrolled> => {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof EnrollError)) return atDataFolder(Promise.reject(error));
    throw new CliError(error.kind === 'unreachable' ? EXIT.unreachable : EXIT.failure, error.message);
  }
};

const readToken = async ({ flags }: Arguments, config: Config): Promise<Token> => {
  if (flags['token'] === '-') return { text: (await text(process.stdin)).trim() };
  if (flags['token'] !== undefined) {
    throw new CliError(
      EXIT.usage,
      'A token on the command line can be read by every user of this machine. Use --token-file FILE, or --token - and stdin.',
    );
  }
  const token = configuredToken(config);
  if (token) return token;
  const file = config['enroll.token_file'];
  if (file !== undefined) throw new CliError(EXIT.failure, `enroll.token_file: ${file} is not there.`);
  throw new CliError(EXIT.usage, 'No token. Use --token-file FILE, or --token - and stdin.');
};

/** @returns undefined when none is set or the file is gone; @throws CliError when there is no token in it */
export const configuredToken = (config: Config): Token | undefined => {
  const own = config['enroll.token'];
  return readTokenFile(config) ?? (own === undefined ? undefined : { text: own });
};

const readTokenFile = (config: Config): Token | undefined => {
  const file = config['enroll.token_file'];
  const content = file === undefined ? undefined : readIfThere(file);
  if (file === undefined || content === undefined) return undefined;
  if (content.trim() === '') throw new CliError(EXIT.failure, `enroll.token_file: ${file} is empty.`);
  return { text: content.trim(), file };
};

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new CliError(EXIT.failure, `enroll.token_file: ${messageOf(error)}`);
  }
};
