// The command line: a verb, its flags, and every setting as a flag too.

import { parseArgs } from 'node:util';

import { messageOf } from '@fettle/shared/error';

import { ConfigError, type LoadedConfig, loadConfig } from '../config/config.ts';
import { settings } from '../config/settings.ts';
import { HostError } from '../host/host.ts';
import { readManagedPreferences } from '../host/managed-preferences.ts';
import { CliError, EXIT } from './exit.ts';

export type Arguments = {
  readonly words: readonly string[];
  readonly isJson: boolean;
  readonly switches: ReadonlySet<string>;
  readonly flags: Readonly<Record<string, string | undefined>>;
};

const SWITCHES = ['json', 'once', 'origin', 'stop-on-eof'] as const;

/** @throws CliError for a flag that does not exist or lacks its value */
export const readArguments = (argv: readonly string[]): Arguments => {
  const texts = ['config', 'token', 'out', ...settings.flatMap(({ flag }) => flag ?? [])];
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(texts.map((name) => [name, { type: 'string' as const }])),
        ...Object.fromEntries(SWITCHES.map((name) => [name, { type: 'boolean' as const }])),
      },
    });
    const flags = Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
    const switches = new Set(SWITCHES.filter((name) => values[name] === true));
    return { words: positionals, isJson: switches.has('json'), switches, flags };
  } catch (error) {
    throw new CliError(EXIT.usage, messageOf(error));
  }
};

/** @throws CliError naming file and key */
export const readConfig = ({ flags }: Arguments): LoadedConfig => {
  try {
    const managed = process.platform === 'darwin' ? readManagedPreferences() : undefined;
    return loadConfig({ flags, env: process.env, platform: process.platform, managed });
  } catch (error) {
    if (error instanceof HostError)
      throw new CliError(EXIT.failure, [error.message, error.fix ?? []].flat().join('; '));
    if (error instanceof ConfigError) throw new CliError(EXIT.failure, error.message);
    throw error;
  }
};
