// The command line of `npm start`.
import { parseArgs } from 'node:util';

import { messageOf } from '@fettle/shared/error';

export type StartOptions = {
  /** undefined: the usual one, or the next that is free. */
  readonly port: number | undefined;
  readonly dataDir: string | undefined;
  readonly isJson: boolean;
  readonly isHurry: boolean;
  /** Simulated devices: undefined: as they are; 0 removes them. */
  readonly demo: number | undefined;
};

export class UsageError extends Error {}

const DEMO_MAX = 2_000;

/** @throws UsageError */
export const parseOptions = (argv: readonly string[]): StartOptions => {
  const values = read(argv);
  return {
    port: number(values.port, '--port', 65_535),
    dataDir: values.data,
    isJson: values.json ?? false,
    isHurry: values.hurry ?? false,
    demo: number(values.demo, '--demo', DEMO_MAX),
  };
};

const read = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        json: { type: 'boolean' },
        hurry: { type: 'boolean' },
        demo: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(
      `${messageOf(error)}\nusage: npm start -- [--port N] [--data DIR] [--json] [--hurry] [--demo N]`,
    );
  }
};

const number = (text: string | undefined, flag: string, max: number): number | undefined => {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > max) throw new UsageError(`${flag} ${text}: expected a number from 0 to ${max}.`);
  return value;
};
