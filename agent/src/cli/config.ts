import { withoutCredentials } from '@fettle/shared/words/credentials';

import { settings } from '../config/settings.ts';
import { type Arguments, readConfig } from './arguments.ts';
import { CliError, EXIT, type ExitCode, print, table } from './exit.ts';

/** In place of a secret. */
const SET = '(set)';

export const config = (args: Arguments): Promise<ExitCode> => {
  if (args.words[0] !== 'show') throw new CliError(EXIT.usage, 'usage: fettle-agent config show [--origin] [--json]');
  const loaded = readConfig(args);
  const shown = settings.map(({ key, env, about }) => ({
    key,
    value: key === 'enroll.token' && loaded.config[key] ? SET : (withoutPasswords(loaded.config[key]) ?? null),
    origin: loaded.origins[key] ?? 'not set',
    env: env ?? null,
    about,
  }));
  const isWithOrigin = args.switches.has('origin');
  const rows = shown.map(({ key, value, origin, about }) => [
    key,
    Array.isArray(value) ? JSON.stringify(value) : (value ?? '-'),
    ...(isWithOrigin ? [origin] : []),
    about,
  ]);
  print(args.isJson, shown, table(rows));
  return Promise.resolve(EXIT.ok);
};

/** A proxy's address may have one in it. */
const withoutPasswords = <T>(value: T): T | string => (typeof value === 'string' ? withoutCredentials(value) : value);
