import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

import type { Config } from '../config/config.schema.ts';
import { nodeFs } from '../host/fs.ts';
import { postJsonTo } from '../host/http.ts';
import { EnrollError, enroll } from '../identity/enroll.ts';
import { type Enrolled, Identity, IdentityError } from '../identity/identity.ts';
import { VERSION } from '../version.ts';
import { type Arguments, readConfig } from './arguments.ts';
import { CliError, EXIT, type ExitCode, print } from './exit.ts';
import { deviceOf, filesOf, readCa, thisHost } from './place.ts';

/** `--token-file FILE`, or `--token -` from stdin; never as a word of the command line, where others can read it. */
export const enrollVerb = async (args: Arguments): Promise<ExitCode> => {
  const { config } = readConfig(args);
  const path = filesOf(config).identity;
  const identity = (await readIdentity(config)) ?? (await atDataFolder(Identity.create(nodeFs, path)));
  if (identity.enrolled) {
    const { deviceId, serverUrl } = identity.enrolled;
    throw new CliError(
      EXIT.failure,
      `This machine is device ${deviceId} of ${serverUrl} already. To move it, remove ${path} first.`,
    );
  }
  const enrolled = await enrollWith(config, identity, await readToken(args, config));
  print(args.isJson, enrolled, [`enrolled at ${enrolled.serverUrl} as ${enrolled.deviceId}`]);
  return EXIT.ok;
};

/** @throws CliError */
export const readIdentity = (config: Config): Promise<Identity | undefined> =>
  atDataFolder(Identity.read(nodeFs, filesOf(config).identity));

/** What goes wrong with the files becomes a message that names the setting. */
export const atDataFolder = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof IdentityError) throw new CliError(EXIT.failure, error.message);
    throw new CliError(EXIT.failure, `data_dir: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** Deletes the token's file when it has been used. @throws CliError */
export const enrollWith = async (config: Config, identity: Identity, token: string): Promise<Enrolled> => {
  const serverUrl = config['server.url'];
  if (serverUrl === undefined) {
    throw new CliError(EXIT.usage, 'No server is set. Give --server https://… or server.url in the configuration.');
  }
  const host = thisHost();
  const enrolled = await explained(
    enroll({
      identity,
      serverUrl,
      token,
      post: postJsonTo(serverUrl, readCa(config)),
      device: deviceOf(config, host),
      hostname: host.hostname(),
      agentVersion: VERSION,
    }),
  );
  const file = config['enroll.token_file'];
  if (file !== undefined) await nodeFs.remove(file);
  return enrolled;
};

const explained = async (work: Promise<Enrolled>): Promise<Enrolled> => {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof EnrollError)) throw error;
    throw new CliError(error.kind === 'unreachable' ? EXIT.unreachable : EXIT.failure, error.message);
  }
};

const readToken = async ({ flags }: Arguments, config: Config): Promise<string> => {
  if (flags['token'] === '-') return (await text(process.stdin)).trim();
  if (flags['token'] !== undefined) {
    throw new CliError(
      EXIT.usage,
      'A token on the command line can be read by every user of this machine. Use --token-file FILE, or --token - and stdin.',
    );
  }
  const token = readTokenFile(config);
  if (token === undefined) throw new CliError(EXIT.usage, 'No token. Use --token-file FILE, or --token - and stdin.');
  return token;
};

/** @returns undefined when none is set or the file is gone; @throws CliError when it cannot be read */
export const readTokenFile = (config: Config): string | undefined => {
  const path = config['enroll.token_file'];
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new CliError(EXIT.failure, `enroll.token_file: ${error instanceof Error ? error.message : String(error)}`);
  }
};
