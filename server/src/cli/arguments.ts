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
  /** The one word beside the flags, of a verb that takes one. */
  readonly operand: string | undefined;
};

export type Syntax = {
  /** Flags with a value, beside the settings. */
  readonly texts: readonly string[];
  /** Flags without. */
  readonly switches: readonly string[];
  readonly hasOperand: boolean;
};

/** @throws CliError */
export const readArguments = (argv: readonly string[], { texts, switches, hasOperand }: Syntax): Arguments => {
  const named = [...texts, 'config', ...settings.map(({ flag }) => flag)];
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: hasOperand,
      options: {
        ...Object.fromEntries(named.map((name) => [name, { type: 'string' as const }])),
        ...Object.fromEntries(switches.map((name) => [name, { type: 'boolean' as const }])),
      },
    });
    const flags = Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
    const [operand, extra] = positionals;
    if (extra !== undefined) throw new CliError(EXIT.usage, `One word too many: ${extra}`);
    return { switches: new Set(switches.filter((name) => values[name] === true)), flags, operand };
  } catch (error) {
    throw new CliError(EXIT.usage, messageOf(error));
  }
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
