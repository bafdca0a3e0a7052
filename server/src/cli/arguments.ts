// The command line: a verb, its flags, and every setting as a flag too.
import { parseArgs } from 'node:util';

import { ConfigError, settings } from '../config/config.ts';

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
};

/** @param texts further flags with a value; @param switches flags without. @throws CliError */
export const readArguments = (
  argv: readonly string[],
  texts: readonly string[],
  switches: readonly string[],
): Arguments => {
  const named = [...texts, 'config', ...settings.map(({ flag }) => flag)];
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        ...Object.fromEntries(named.map((name) => [name, { type: 'string' as const }])),
        ...Object.fromEntries(switches.map((name) => [name, { type: 'boolean' as const }])),
      },
    });
    const flags = Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
    return { switches: new Set(switches.filter((name) => values[name] === true)), flags };
  } catch (error) {
    throw new CliError(EXIT.usage, error instanceof Error ? error.message : String(error));
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
