// The command line: a verb, its flags, and every setting as a flag too.
import { parseArgs } from 'node:util';

import { messageOf } from '@fettle/shared/error';

import type { Config } from '../config/config.schema.ts';
import { ConfigError, loadConfig, settings } from '../config/config.ts';

export const EXIT = { ok: 0, failure: 1, usage: 2 } as const;

/** Ends the program with one line on stderr. */
export class CliError extends Error {
  readonly exitCode: 1 | 2;
  constructor(exitCode: 1 | 2, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export type Arguments = {
  readonly switches: ReadonlySet<string>;
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** The words beside the flags, of a verb that takes some. */
  readonly operands: readonly string[];
};

export type Syntax = {
  /** Flags with a value, beside the settings. */
  readonly texts: readonly string[];
  /** Flags without. */
  readonly switches: readonly string[];
  /** Words beside the flags, at most. */
  readonly operands: number;
};

/** @throws CliError */
export const readArguments = (argv: readonly string[], { texts, switches, operands }: Syntax): Arguments => {
  const named = [...texts, 'config', ...settings.map(({ flag }) => flag)];
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: operands > 0,
      options: {
        ...Object.fromEntries(named.map((name) => [name, { type: 'string' as const }])),
        ...Object.fromEntries(switches.map((name) => [name, { type: 'boolean' as const }])),
      },
    });
    const flags = Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
    const extra = positionals[operands];
    if (extra !== undefined) throw new CliError(EXIT.usage, `One word too many: ${extra}`);
    return { switches: new Set(switches.filter((name) => values[name] === true)), flags, operands: positionals };
  } catch (error) {
    throw new CliError(EXIT.usage, messageOf(error));
  }
};

/** @throws CliError for what is no number from 1 to the largest */
export const count = (text: string | undefined, flag: string, fallback: number, max: number): number => {
  const value = Number(text ?? fallback);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new CliError(EXIT.usage, `${flag} ${text}: expected a number from 1 to ${max}.`);
};

/** A ConfigError ends the program like any other wrong word on the command line. */
export const orExplain = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    throw error instanceof ConfigError ? new CliError(EXIT.failure, error.message) : error;
  }
};

export const readConfig = ({ flags }: Pick<Arguments, 'flags'>, overrides: Partial<Config>): Config =>
  orExplain(() => loadConfig(flags, process.env, overrides));
